#!/bin/sh
# Looking without touching, giving up, going on, and two at once.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

everything() {
  refs_now
  git ls-files -s -v
  cat ./*.txt .git/HEAD
  git worktree list --porcelain
  cksum <.git/index
}

two_that_conflict() {
  base one.txt two.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line two.txt 2 B'
  waiting c 'line one.txt 2 C'
}

dry_run() {
  two_that_conflict
  echo mine >>two.txt
  echo staged >staged.txt
  git add staged.txt
  echo untracked >untracked.txt
  git chant list >/dev/null
  everything >"$HOME/before"
  must_fail 1 git chant reconcile --dry-run >"$HOME/out"
  must_fail 1 git chant reconcile --dry-run --json >"$HOME/json"
  must_fail 1 git chant conflicts >"$HOME/conflicts"
  everything >"$HOME/after"
  cmp "$HOME/before" "$HOME/after"
  has one.txt "$HOME/out"
  has '"order": [' "$HOME/json"
}

# A gate that waits until it is told.
slow_gate() {
  mkfifo "$HOME/began" "$HOME/go"
  printf '#!/bin/sh\necho >%s/began\nread -r line <%s/go\n' "$HOME" "$HOME" >"$HOME/gate"
  chmod +x "$HOME/gate"
}

two_at_once() {
  two_that_conflict
  slow_gate
  git chant reconcile --gate "$HOME/gate" >"$HOME/first" 2>&1 &
  first=$!
  read -r line <"$HOME/began"
  must_fail 128 git chant reconcile 2>"$HOME/second"
  has 'another reconcile is at work here: process ' "$HOME/second"
  git chant reconcile --status >"$HOME/status"
  has 'is reconciling' "$HOME/status"
  echo >"$HOME/go"
  must_fail 1 wait "$first"
  is_state a completed
  git chant reconcile --status >"$HOME/status"
  has 'no reconcile is under way' "$HOME/status"
}

interrupted() {
  two_that_conflict
  refs_now >"$HOME/refs"
  everything | grep -v 'refs/chant/' >"$HOME/before"
  slow_gate
  git-chant reconcile --gate "$HOME/gate" >"$HOME/first" 2>&1 &
  first=$!
  read -r line <"$HOME/began"
  kill -INT "$first"
  must_fail 130 wait "$first"
  has interrupted "$HOME/first"
  has 'git chant reconcile --continue' "$HOME/first"
  git chant reconcile --status >"$HOME/status"
  has 'has not come to its end' "$HOME/status"
  cp -R . ../copy
  git chant reconcile --abort
  refs_now >"$HOME/after"
  diff "$HOME/refs" "$HOME/after"
  must_fail 128 git chant reconcile --abort
  cd ../copy
  echo true >"$HOME/gate"
  must_fail 1 git chant reconcile --continue
  is_state a completed
  is_state c needs_attention
}

skipped() {
  two_that_conflict
  git chant reconcile --skip c >"$HOME/out"
  has 'c left out: skipped' "$HOME/out"
  is_state a completed
  is_state b completed
  is_state c finished || is_state c ready
}

# What it depends on is left out, so it is not brought in by the back door.
skipped_dependency() {
  base one.txt
  waiting a 'line one.txt 2 A'
  FROM=chant/a waiting b 'echo b >b.txt' 'depends_on: [a]'
  waiting c 'echo c >c.txt'
  must_fail 1 git chant reconcile --skip a >"$HOME/out"
  has "b needs 'a', which did not land" "$HOME/out"
  is_state c completed
  is_state b needs_attention
  test ! -f b.txt
  lacks A one.txt
  git chant reconcile a
  is_state b ready || is_state b finished
  git chant reconcile
  is_state b completed
}

# The gate takes one out; whoever needs it stays, also when the rest goes round again.
red_dependency() {
  base one.txt
  waiting a 'echo bad >bad.txt'
  FROM=chant/a waiting b 'echo b >b.txt' 'depends_on: [a]'
  waiting c 'line one.txt 2 C'
  waiting d 'line one.txt 2 D'
  must_fail 1 git chant reconcile --gate 'test ! -f bad.txt' >"$HOME/out"
  has "Parked b (dependency): needs 'a', which did not land" "$HOME/out"
  is_state c completed
  same "$(ls)" "$(printf 'one.txt\nstart.txt')"
}

aliased() {
  two_that_conflict
  git chant merge a b >"$HOME/out"
  has 'Summary: 2 landed, 0 parked' "$HOME/out"
  git log --format=%s -n 1 | grep -q '^Merge chant/'
}

bad_usage() {
  two_that_conflict
  must_fail 129 git chant reconcile --order best
  must_fail 129 git chant reconcile --strategy octopus
  must_fail 129 git chant reconcile --batch 0
  must_fail 129 git chant reconcile --land half
  must_fail 129 git chant reconcile --abort --continue
  must_fail 129 git chant reconcile --gate x --no-gate
  must_fail 129 git chant reconcile nothing-like-it
  must_fail 128 git chant reconcile --onto nowhere
  must_fail 128 git chant reconcile --abort
}

check 'a dry run changes nothing at all' dry_run
check 'a second reconcile says who is at work' two_at_once
check 'an interrupted reconcile goes on or gives up' interrupted
check '--skip leaves one out' skipped
check 'who depends on a skipped one stays' skipped_dependency
check 'who depends on a red one stays' red_dependency
check 'merge is reconcile' aliased
check 'what cannot be meant is refused' bad_usage
finish
