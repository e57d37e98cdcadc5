#!/bin/sh
# A feature of 30 tasks, three tracks and four groups: to the end in one command, and through
# failures.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

to_the_end() {
  big
  ready_to_run big
  git chant work --feature big >../out 2>&1 || { cat ../out; return 1; }
  same "$(boxes big)" "$(seq -s ' ' 30)"
  all_landed_once big 30
  for id in $(seq 30); do same "$(cat "$id.txt")" "$id"; done
  same "$(git for-each-ref refs/heads --format='%(refname:short)')" main
  same "$(git status --porcelain)" ''
  has 'Progress: 30/30 tasks complete' ../out
  has 'Completed: Tasks 1-30' ../out
  has '30 of 30 tasks complete: 30 in this run' ../out
  git chant work --feature big >../out
  has '30 of 30 tasks complete already' ../out
  has 'nothing is left to do' ../out
  same "$(git chant runs | wc -l | tr -d ' ')" 1
}

# A failure in group 2: what runs comes to its end, nothing new starts.
stops() {
  big
  plan big.5 'echo words >&2; exit 1'
  ready_to_run big
  must_fail 1 git chant work --feature big --max-agents 1 >../out 2>&1
  same "$(boxes big | wc -w | tr -d ' ')" 10
  has 'Failed: Task 5' ../out
  has 'big.5 was not completed, and --continue-on-error was not given' ../out
  has '- Task 5: Make file 5; ' ../out
  has 'next: git chant work --feature documentation/features/big/tasks.md (does what is left)' ../out
}

# With --continue-on-error only what waits for it is skipped.
continues() {
  big
  sed -i 's/^- Track C: Tasks 27-28/& - needs 24-26/; s/^- Track C: Tasks 29-30/& - needs 27-28/' "$BIG/tasks.md"
  plan big.5 'exit 1'
  ready_to_run big
  must_fail 1 git chant work --feature big --continue-on-error >../out 2>&1
  same "$(boxes big)" '1 2 3 4 6 11 12 13 14 15 16 21 22 23 24 25 26 27 28 29 30'
  has 'depends on big.5, which was not completed' ../out
  has '21 of 30 tasks complete: 21 in this run, 1 failed, 8 skipped' ../out
  # A second start does what is left, and only that.
  rm "$HOME/plan/big.5"
  git chant plan big >../plan
  has '- 5: Make file 5 (' ../plan
  has 'failed before: ' ../plan
  git chant work --feature big >../out 2>&1 || { cat ../out; return 1; }
  has '21 of 30 tasks complete already, 9 left' ../out
  has '30 of 30 tasks complete: 9 in this run, 21 before' ../out
  same "$(boxes big)" "$(seq -s ' ' 30)"
  same "$(git chant show-run --json 1 | grep -c '"spec": "big\.')" 22
  same "$(git chant show-run --json 2 | grep -c '"spec": "big\.')" 9
}

check 'thirty tasks come to their end in one command' to_the_end
check 'a failure stops new starts' stops
check 'with --continue-on-error only dependents are skipped; a second start does the rest' continues
finish
