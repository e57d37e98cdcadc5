# Two specs that change the same line: the first lands, the second needs attention.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# Everything of the user's checkout except the files below .git that git itself keeps.
checkout_state() {
  git symbolic-ref HEAD
  git rev-parse main
  git ls-files --stage
  git status --porcelain
  find . -path ./.git -prune -o -type f -printf '%p %i %T@ %m\n' | sort
}

note_checkout() { checkout_state >../after_a; open_gate; }

# `b` waits until `a` has landed; both started from the same commit.
run_both() {
  agent main "$AGENTS/planned"
  repo
  for id in a b; do plain_spec "$id"; done
  echo '# user' >>.chant/config.yaml
  git commit -qam 'a line of the user'
  echo unrelated >untracked.txt
  gate gate
  plan a 'echo a >start.txt'
  plan b 'echo begin >b.txt; git add b.txt; git commit -qm "chant(b): begin"; echo b >start.txt
    read -r _ <"$HOME/gate"'
  must_fail 1 react 'Finalized a' note_checkout --parallel
}

first_lands() {
  run_both
  same "$(field a status)" completed
  same "$(git show main:start.txt)" a
  same "$(cat start.txt)" a
}

second_needs_attention() {
  run_both
  same "$(state b)" needs_attention
  has "[b] ✗ Needs attention (conflict): conflicts with 'main' in 'start.txt'" ../out
  has 'Summary: 1 completed, 0 failed, 1 needs attention (' ../out
  git chant status >../status
  has "⚠ b  needs_attention: conflicts with 'main' in 'start.txt'" ../status
  has 'git merge spec/b' ../status
}

branch_is_whole() {
  run_both
  same "$(git log --format=%s spec/b --not main)" 'chant(b): finalize
chant(b): do it
chant(b): begin'
  same "$(git show spec/b:start.txt) $(git show spec/b:b.txt)" 'b begin'
  same "$(git show spec/b:.chant/specs/b.md | sed -n 's/^status: //p')" completed
  same "$(git rev-parse refs/chant/spec/b/tip)" "$(git rev-parse spec/b)"
}

main_and_checkout_untouched() {
  run_both
  checkout_state >../after
  cmp ../after_a ../after
  same "$(field b status)" pending
  [ ! -e .git/MERGE_HEAD ]
  [ ! -e b.txt ]
}

# What the tool suggests works: merging by hand carries the record along.
resolved_by_hand() {
  run_both
  must_fail 1 git merge -q spec/b
  echo both >start.txt
  git commit -qam 'Merge spec/b'
  same "$(state a) $(state b)" 'completed completed'
  git chant work --parallel >../again
  has 'nothing is ready' ../again
}

# A conflict is not tried again by itself, and not worked again over the branch.
stays_until_reset() {
  run_both
  tip=$(branch_at spec/b)
  git chant work --parallel >../again
  has 'nothing is ready' ../again
  same "$(branch_at spec/b)" "$tip"
  git chant reset b
  same "$(state b) $(branch_at spec/b)" 'ready '
  plan b 'echo "b too" >>start.txt'
  git chant work --parallel
  same "$(cat start.txt)" 'a
b too'
  git for-each-ref --format='%(objectname)' refs/chant/spec/b >../kept
  has "$tip" ../kept
}

check 'the first lands' first_lands
check 'the second needs attention and is told how to go on' second_needs_attention
check 'the branch of the second is whole' branch_is_whole
check "main and the user's checkout are untouched by the second" main_and_checkout_untouched
check 'the branch merged by hand completes the second' resolved_by_hand
check 'the second stays as it is until it is reset' stays_until_reset
finish
