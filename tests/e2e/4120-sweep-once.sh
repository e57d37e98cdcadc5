# The sweep twice, at once, and in two clones: what is recorded is recorded once.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

merge() { clock; git merge -q --no-edit "$@"; }
seals() { git log --format=%s "$1" | grep -c "^chant($2): finalize" || :; }

# Everything that a sweep could change.
facts() { git rev-parse main; git ls-files -s; git status --porcelain; git for-each-ref; git stash list; }

twice() {
  start "$flavour" none
  diverge
  merge --squash spec/a
  commit 'the work'
  git chant list >../list
  facts >../first
  rm .git/chant/seen
  git chant list --all 2>../err
  git chant status
  "$CHANT_BINARY" hook post-merge 0
  "$CHANT_BINARY" hook post-commit
  facts >../second
  cmp ../first ../second
  same "$(cat ../err)" ''
  is_recorded "$flavour" completed squash
}

many_at_once() {
  start unsealed none
  diverge
  merge spec/a spec/b
  for n in 1 2 3 4; do
    git chant list --all >"../list$n" 2>&1 &
    "$CHANT_BINARY" hook post-merge 0 >"../hook$n" 2>&1 &
  done
  wait
  git chant list --all >../last
  same "$(seals main a) $(seals main b)" '1 1'
  same "$(state a) $(state b)" 'completed completed'
  same "$(git status --porcelain)" ''
  is_recorded unsealed completed branch
  cat ../list? ../hook? >../said
  same "$(grep -c 'finalized a' ../said)" 1
  same "$(grep -c '^error\|^fatal' ../said || :)" 0
}

# clone_too: another clone, of the same state, with the branch.
clone_too() {
  git push -q origin spec/a
  git clone -q ../origin.git ../second
  git -C ../second branch -q spec/a origin/spec/a
  [ "$flavour" = unsealed ] || git push -q ../second 'refs/chant/*:refs/chant/*'
}
in_second() { (cd ../second && "$@"); }
state_in_second() { (cd ../second && state a); }

two_clones() {
  start "$flavour" hooks
  clone_too
  (cd ../second && hooks)
  forge remote_main
  forge pr_squash
  pull
  in_second pull
  git chant list >../list
  in_second git chant list >../list
  upstream=$(git rev-parse origin/main)
  same "$(git rev-parse main) $(git -C ../second rev-parse main)" "$upstream $upstream"
  if [ "$flavour" = sealed ]; then
    same "$(state a) $(state_in_second)" 'completed completed'
    return
  fi
  same "$(state a)" needs_attention
  git chant finalize a
  same "$(seals main a)" 1
  git push -q
  in_second pull
  in_second git chant list --all >../list
  same "$(git -C ../second rev-parse main)" "$(git rev-parse main)"
  same "$(state a) $(state_in_second)" 'completed completed'
  is_recorded unsealed completed squash
}

# Both have commits of their own, so that a merge is made in each.
two_clones_that_merge() {
  start unsealed hooks
  clone_too
  (cd ../second && hooks)
  forge remote_main
  forge pr_merge
  diverge
  (cd ../second && change second.txt 2 && commit 'on main of the second')
  pull --no-rebase
  in_second pull --no-rebase
  git chant list >../list
  in_second git chant list >../list
  same "$(seals main a)" 0
  same "$(cd ../second && seals main a)" 0
}

# Landed here, seen, then pushed: the other clone has what it needs.
landed_here_pulled_there() {
  start unsealed hooks
  clone_too
  diverge
  merge --squash spec/a
  commit 'the work'
  is_recorded unsealed completed squash
  git push -q
  in_second pull
  in_second git chant list --all >../list
  same "$(git -C ../second rev-parse main)" "$(git rev-parse main)"
  same "$(state_in_second)" completed
  git chant list >../list
  same "$(git rev-parse main)" "$(git rev-parse origin/main)"
}

# Pushed before anything of ours ran: it landed here all the same.
pushed_before_swept() {
  start unsealed none
  diverge
  merge spec/a
  git push -q
  git chant list >../list
  is_recorded unsealed completed branch
  same "$(git log --format=%s origin/main..main)" 'chant(a): finalize'
}

template sealed
template unsealed
for flavour in sealed unsealed; do
  check "a second sweep changes nothing, $flavour" twice
  check "two clones that pull the same landing make no commit, $flavour" two_clones
done
check 'of many at once one records' many_at_once
check 'two clones that merge what they pull make no commit' two_clones_that_merge
check 'what landed here is recorded once, also for who pulls it' landed_here_pulled_there
check 'what landed here and was pushed at once is recorded' pushed_before_swept
finish
