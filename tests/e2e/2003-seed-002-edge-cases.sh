# The acceptance criteria of the seed "Improve parallel execution - isolate specs with git
# worktrees" that are about edge cases, each by a test named after it.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

conflict_is_graceful() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c; do plain_spec "$id"; done
  plan a 'echo a >start.txt'
  gate gate
  plan b 'echo b >start.txt; read -r _ <"$HOME/gate"'
  must_fail 1 react 'Finalized a' open_gate --parallel
  has "[b] ✗ Needs attention (conflict): conflicts with 'main' in 'start.txt'" ../out
  has 'Summary: 2 completed, 0 failed, 1 needs attention' ../out
  has 'git merge spec/b' ../out
  same "$(git show main:start.txt) $(git show spec/b:start.txt) $(cat start.txt)" 'a b a'
  same "$(git status --porcelain)" ''
  same "$(ls "$WORKTREES")" ''
  same "$(state a) $(state b) $(state c)" 'completed needs_attention completed'
  must_fail 1 git merge -q spec/b
  echo both >start.txt
  git commit -qam 'Merge spec/b'
  same "$(state b)" completed
}

works_in_checkout() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'pwd >a.txt; git symbolic-ref HEAD >>a.txt; git worktree list | wc -l >>a.txt
    git for-each-ref --format="%(refname)" refs/heads >>a.txt'
  git chant work a
  same "$(cat a.txt)" "$PWD
refs/heads/main
1
refs/heads/main"
  [ ! -e "$WORKTREES" ]
  same "$(field a status)" completed
  same "$(git status --porcelain)" ''
}

# What is there already is neither used nor removed nor followed.
creation_and_cleanup() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c; do
    plain_spec "$id"
    plan "$id" 'pwd >$CHANT_SPEC_ID.txt'
  done
  mkdir -p "$WORKTREES/chant-a" ../elsewhere
  echo mine >"$WORKTREES/chant-a/file"
  ln -s "$PWD/../elsewhere" "$WORKTREES/chant-b"
  git chant work --parallel
  same "$(cat a.txt b.txt c.txt)" "$WORKTREES/chant-a-2
$WORKTREES/chant-b-2
$WORKTREES/chant-c"
  same "$(ls "$WORKTREES")" 'chant-a
chant-b'
  same "$(cat "$WORKTREES/chant-a/file")" mine
  [ -L "$WORKTREES/chant-b" ]
  same "$(ls ../elsewhere)" ''
  same "$(git worktree list | wc -l)" 1
}

check 'Handle merge conflicts gracefully' conflict_is_graceful
check 'Existing sequential `chant work` unchanged (no worktree)' works_in_checkout
check 'Add tests for worktree creation/cleanup' creation_and_cleanup
finish
