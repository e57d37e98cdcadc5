#!/bin/sh
# A feature of 30 tasks through the end of its process, by a kill or by Ctrl-C, and beside another run.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

# Killed in the middle: no task is done twice, none is lost.
killed() {
  big
  held 5
  held 15
  ready_to_run big
  git-chant work --feature big --max-agents 2 >../out 2>&1 &
  run=$!
  until_held 5 15
  kill -9 "$run"
  wait "$run" || :
  rm "$HOME/5.up" "$HOME/15.up"
  before=$(boxes big | wc -w | tr -d ' ')
  git chant plan big >../plan
  has "Total: 30 tasks, $before done, $((30 - before)) open" ../plan
  git chant work --feature big >../out 2>&1 || { cat ../out; return 1; }
  same "$(boxes big)" "$(seq -s ' ' 30)"
  all_landed_once big 30
  same "$(git status --porcelain)" ''
}

interrupted() {
  big
  held 5
  held 15
  ready_to_run big
  git-chant work --feature big --max-agents 2 >../out 2>&1 &
  run=$!
  until_held 5 15
  kill -INT "$run"
  must_fail 130 wait "$run"
  has 'run: 1, interrupted' ../out
  rm "$HOME/5.up" "$HOME/15.up"
  git chant work --feature big >../out 2>&1 || { cat ../out; return 1; }
  all_landed_once big 30
}

# Two runs at once share the tasks.
two_runs() {
  big
  held 2
  ready_to_run big
  start_big --max-agents 3
  until_held 2
  git chant work --feature big --max-agents 3 >../second 2>&1 &
  second=$!
  let_go 2
  # Each ends when what is left is the other one's, or waits for that.
  for one in "$run" "$second"; do
    code=0
    wait "$one" || code=$?
    [ "$code" -le 1 ] || { cat ../out ../second; return 1; }
  done
  for output in ../out ../second; do lacks 'Issues detected' "$output"; done
  git chant work --feature big >../third 2>&1 || { cat ../third; return 1; }
  same "$(boxes big)" "$(seq -s ' ' 30)"
  all_landed_once big 30
}

check 'a run that is killed is continued by the next one' killed
check 'a run that is interrupted is continued by the next one' interrupted
check 'two runs at once share the tasks' two_runs
finish
