#!/bin/sh
# Seed 003, the options and instructions of the parallel execution command: a test for each, named
# after it. The rules are in 7131.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

max_agents() {
  big
  for id in 1 2 3; do held "$id"; done
  ready_to_run big
  start_big --max-agents=3
  until_held 1 2 3
  same "$(working)" 3
  let_go 1 2 3
  ended 0
  same "$(boxes big)" "$(seq -s ' ' 30)"
}

six() {
  big
  for id in 1 2 3 11 12 13 21 22 23; do held "$id"; done
  ready_to_run big
  start_big
  until_held 1 2 3 11 12 13
  same "$(working)" 6
  let_go 1 2 3
  until_held 21 22 23
  same "$(working)" 6
  let_go 11 12 13 21 22 23
  ended 0
}

dry_run() {
  kettle_ready
  git for-each-ref >../refs
  work kettle --dry-run
  has 'Execution Plan for feature: kettle' ../out
  has 'Agents: at most 6 at once' ../out
  work kettle --dry-run --max-agents=9
  has 'Agents: at most 8 at once' ../out
  git for-each-ref | diff - ../refs
  same "$(git chant runs)" ''
  same "$(boxes kettle)" 1
}

continue_on_error() {
  kettle_ready
  plan kettle.2 'exit 1'
  must_fail 1 git chant work --feature kettle --continue-on-error >../out 2>&1
  same "$(boxes kettle)" '1 4 5'
}

track() {
  kettle_ready
  work kettle --track=B
  same "$(boxes kettle)" '1 4 5'
  has '2 of 2 tasks complete' ../out
}

exists_and_approved() {
  agent main "$AGENTS/planned"
  kettle
  must_fail 129 git chant work --feature other 2>../err
  must_fail 128 git chant work --feature kettle 2>../err
  has 'has not been approved' ../err
}

reads_location() {
  kettle_ready
  git chant plan kettle >../out
  has 'documentation/features/kettle/tasks.md: read as specflow' ../out
}

context() {
  kettle_ready
  plan kettle.2 "cat $KETTLE/requirements.md $KETTLE/design.md >seen.txt"
  work kettle
  has 'Requirement 1.1: tea.' seen.txt
  has 'The design of the kettle.' seen.txt
}

pending_tasks() {
  kettle_ready
  work kettle
  [ ! -e kettle.1.txt ]
  for id in 2 3 4 5 6; do [ -e "kettle.$id.txt" ]; done
}

plan_display() {
  big
  git chant plan big >../out
  sed -n '/^Ready/,/^$/p' ../out >../ready
  printf '%s\n' 'Ready to Execute (Group 1):' '- Track A: Tasks 1-3 (3 tasks)' \
    '- Track B: Tasks 11-13 (3 tasks)' '- Track C: Tasks 21-23 (3 tasks)' '' | diff - ../ready
  sed -n '/^Waiting/,/^$/p' ../out >../waiting
  printf '%s\n' 'Waiting on Dependencies:' \
    '- Group 2: Tasks 4-6, 14-16, 24-26 (depends on Group 1)' \
    '- Group 3: Tasks 7-8, 17-18, 27-28 (depends on Group 2)' \
    '- Group 4: Tasks 9-10, 19-20, 29-30 (depends on Group 3)' '' | diff - ../waiting
  has 'Total: 30 tasks, 0 done, 30 open, in 4 waves' ../out
}

# What the agent of a task is told.
# shellcheck disable=SC2016 # the agent expands it, and the prompt has such quotes
template() {
  agent main "$HOME/reads"
  printf '#!/bin/sh\ncat >"$HOME/told.$CHANT_SPEC_ID"\nexec "%s" </dev/null\n' "$AGENTS/planned" >"$HOME/reads"
  chmod +x "$HOME/reads"
  kettle
  git chant approve kettle >/dev/null
  work kettle
  told=$HOME/told.kettle.2
  has 'You are executing task 2 for the kettle feature: Buy the kettle.' "$told"
  has 'Context files are in `documentation/features/kettle`:' "$told"
  has '- documentation/features/kettle/requirements.md' "$told"
  has '- documentation/features/kettle/design.md' "$told"
  has 'One that can hold a litre.' "$told"
  has 'Requirements: 1.1' "$told"
  has 'Follow existing code patterns' "$told"
  has 'IMPORTANT: Only work on the assigned task. Do not proceed to other tasks.' "$told"
  has 'Do not edit `documentation/features/kettle/tasks.md`' "$told"
  lacks 'Heat the water' "$told"
}

own_template() {
  kettle_ready
  printf 'Task {{task_id}} of {{feature_name}}:\n{{task_description}}\n' >.chant/prompts/task.md
  git add .chant
  git commit -qm 'a prompt'
  must_fail 128 git chant work --feature kettle 2>../err
  has 'git chant trust' ../err
  git chant trust --yes >/dev/null
  work kettle
  has "Working with prompt 'task' on agent 'main'" ../out
}

progress() {
  kettle_ready
  work kettle
  has 'Progress: 1/6 tasks complete; active: Track ' ../out
  has 'Progress: 6/6 tasks complete; active: None; failed: None; ' ../out
  for line in 'Progress: 6/6 tasks complete' 'Active: None' 'Completed: Tasks 1-6' 'Failed: None'; do
    grep -qxF "$line" ../out
  done
  grep -q '^Time Elapsed: [0-9]*s$' ../out
}

live_progress() {
  needs_terminal
  kettle_ready
  TERM=xterm script -qec 'git chant work --feature kettle' ../typescript </dev/null >/dev/null
  grep -q "$(printf '\033')\[5A$(printf '\033')\[J" ../typescript
  has 'Active: Track A (Task 2), Track B (Tasks 4-5)' ../typescript
}

check '--max-agents=N: maximum number of parallel agents' max_agents
check '--max-agents: default: 6' six
check '--dry-run: show execution plan without running tasks' dry_run
check '--continue-on-error: continue executing other tasks if one fails' continue_on_error
check '--track=TRACK: execute only specific track' track
check 'Ensure tasks.md exists and is approved' exists_and_approved
check 'Read tasks.md from documentation/features/{feature-name}/' reads_location
check 'Load requirements.md and design.md for agent context' context
check 'Identify all pending tasks (marked with [ ])' pending_tasks
check 'Parse groups, dependencies and tracks; display the execution plan' plan_display
check 'Agent instructions template' template
check 'The template can be replaced' own_template
check 'Provide regular progress updates' progress
check 'Progress is live on a terminal' live_progress
finish
