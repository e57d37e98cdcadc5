#!/bin/sh
# Seed 003, coordination, special considerations and rules: a test for each, named after it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

# landed ID: how many landings had come when this one had.
landed() { git log --first-parent --reverse --format=%s main | grep -nF "spec/kettle.$1:" | cut -d : -f 1; }

concurrent() {
  big
  held 1
  held 11
  held 21
  ready_to_run big
  start_big --max-agents 9
  until_held 1 11 21
  let_go 1 11 21
  ended 0
}

# As soon as what it needs is done, not when a whole group is.
as_satisfied() {
  agent main "$AGENTS/planned" 8
  kettle
  sed -i 's/^- Track A: Task 3 (Water)/& - needs 2/' "$KETTLE/tasks.md"
  git commit -qam 'what 3 needs'
  git chant approve kettle >/dev/null
  gate 4
  plan kettle.4 'read -r _ <~/4; echo 4 >4.txt'
  gate 3
  plan kettle.3 'echo up >~/3; echo 3 >3.txt'
  timeout 60 git chant work --feature kettle >../out 2>&1 &
  run=$!
  heard "$HOME/3"
  same "$(boxes kettle | grep -cw 4 || :)" 0
  open_gate 4
  wait "$run"
  same "$(boxes kettle)" '1 2 3 4 5 6'
}

logged() {
  kettle_ready
  plan kettle.2 'echo the reason; exit 7'
  must_fail 1 git chant work --feature kettle --continue-on-error >../out 2>&1
  has 'Failed (failed): the agent ended with exit 7' ../out
  git chant log kettle.2 >../log
  has 'the reason' ../log
  has '## Failed' ../out
  has '- Task 2: Buy the kettle; agent main; ' ../out
}

marked_as_failed() {
  kettle_ready
  plan kettle.2 'exit 1'
  must_fail 1 git chant work --feature kettle --continue-on-error >../out 2>&1
  has 'Failed: Task 2' ../out
  same "$(state kettle.2)" failed
  # Not in the file.
  same "$(git show "main:$KETTLE/tasks.md" | grep -c '^- \[ \] 2\.')" 1
}

skip_dependents() {
  kettle_ready
  plan kettle.2 'exit 1'
  must_fail 1 git chant work --feature kettle --continue-on-error >../out 2>&1
  has 'Skipped: Tasks 3, 6' ../out
  has '- Task 3: Heat the water; depends on kettle.2, which was not completed' ../out
}

critical_failure() {
  kettle_for 1
  plan kettle.2 'exit 1'
  must_fail 1 git chant work --feature kettle >../out 2>&1
  has '--continue-on-error was not given' ../out
  same "$(boxes kettle | grep -cw 3 || :)" 0
}

# Small tasks of one track go to one agent, one after the other, and land one by one.
# shellcheck disable=SC2016 # the agent expands it
batched() {
  agent main "$HOME/counts" 8
  printf '#!/bin/sh\npwd >>"$HOME/where"\nexec "%s" </dev/null\n' "$AGENTS/planned" >"$HOME/counts"
  chmod +x "$HOME/counts"
  kettle
  git tag planned
  git chant approve kettle >/dev/null
  work kettle --batch-tracks
  same "$(boxes kettle)" '1 2 3 4 5 6'
  all_landed_once kettle 5
  same "$(sort -u "$HOME/where" | wc -l | tr -d ' ')" 3
}

completion() {
  kettle_ready
  plan kettle.5 'exit 1'
  must_fail 1 git chant work --feature kettle --continue-on-error >../out 2>&1
  rm "$HOME/plan/kettle.5"
  work kettle
  same "$(boxes kettle)" '1 2 3 4 5 6'
  has '# Completion Report: kettle' ../out
  has '6 of 6 tasks complete: 2 in this run, 4 before' ../out
}

respects_dependencies() {
  kettle_ready
  for id in 3 6; do plan "kettle.$id" "ls *.txt >$id.seen; echo $id >kettle.$id.txt"; done
  work kettle
  has kettle.2.txt 3.seen
  for id in 2 3 4 5; do has "kettle.$id.txt" 6.seen; done
  [ "$(landed 2)" -lt "$(landed 3)" ]
  [ "$(landed 3)" -lt "$(landed 6)" ]
}

independent() {
  kettle_ready
  for id in 2 4 5; do
    plan "kettle.$id" "pwd >$id.where; git branch --show-current >$id.branch; echo $id >$id.txt"
  done
  work kettle
  same "$(cat 2.where 4.where 5.where | sort -u | wc -l | tr -d ' ')" 3
  same "$(cat 2.branch 4.branch 5.branch | tr '\n' ' ')" 'spec/kettle.2 spec/kettle.4 spec/kettle.5 '
}

marked_complete() {
  kettle_ready
  git tag planned
  work kettle
  all_landed_once kettle 5
  git show "planned:$KETTLE/tasks.md" >../before
  same "$(cmp -l "$KETTLE/tasks.md" ../before | wc -l | tr -d ' ')" 5
}

handles_failures() {
  agent main "$AGENTS/fails"
  kettle
  git chant approve kettle >/dev/null
  must_fail 1 git chant work --feature kettle --continue-on-error >../out 2>&1
  same "$(git status --porcelain)" ''
  same "$(boxes kettle)" 1
  has '1 of 6 tasks complete: 0 in this run, 1 before, 3 failed, 2 skipped' ../out
}

check 'Use multiple agents concurrently' concurrent
check 'Launch agents for tasks whose dependencies are now met' as_satisfied
check 'Log the error with task details' logged
check 'Mark task as failed in tracking' marked_as_failed
check 'Skip dependent tasks if parent fails' skip_dependents
check 'Critical path failures should stop execution' critical_failure
check 'Small related tasks in the same track can be batched to a single agent' batched
check 'Completion criteria: all tasks marked, summary report, success only if all complete' completion
check 'Always respect task dependencies' respects_dependencies
check 'Each agent must work independently' independent
check 'Tasks must be marked complete in tasks.md' marked_complete
check 'Handle failures gracefully' handles_failures
finish
