#!/bin/sh
# git chant plan: how a list was read, what can start, what waits for what; every task once.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

tracks_and_groups() {
  kettle
  git chant plan kettle >../out 2>../err
  has 'documentation/features/kettle/tasks.md: read as specflow (' ../out
  has 'Execution Plan for feature: kettle' ../out
  has 'Ready to Execute (Group 1):
- Track A: Task 2 (1 task)
- Track B: Tasks 4-5 (2 tasks)' ../out
  sed -n '/^Waiting/,/^$/p' ../out >../waiting
  has '- Group 2: Tasks 3, 6 (depends on ' ../waiting
  has 'Done: Task 1 (1 task)' ../out
  has 'Total: 6 tasks, 1 done, 5 open' ../out
  same "$(cat ../err)" ''
  git chant plan documentation/features/kettle/tasks.md >../other
  cmp ../out ../other
  same "$(git status --porcelain)" ''
}

verbose() {
  kettle
  git chant plan --verbose kettle >../out
  for title in 'Buy the kettle' 'Heat the water' 'Pick the leaves' 'Dry the leaves' 'Pour'; do
    same "$(grep -c "$title" ../out)" 1
  done
  has '- 3: Heat the water (needs 2 (line ' ../out
  has 'No tasks:' ../out
  has 'The tea is good' ../out
}

one_track() {
  kettle
  git chant plan --track b kettle >../out
  has 'Total: 6 tasks' ../out
  has '- Track B: Tasks 4-5 (2 tasks)' ../out
  has 'In other tracks: Tasks 2-3, 6 (3 tasks)' ../out
  must_fail 1 git chant plan --track=C kettle >../out
  has '  - 6: Pour (needs ' ../out
  has 'tracks A, B were not asked for' ../out
  must_fail 129 git chant plan --track Z kettle 2>../err
  has "no track 'Z'" ../err
  has 'A, B, C' ../err
}

# Without tracks and groups each task is a line.
in_order() {
  repo
  printf '# Release\n\n- [x] Write notes\n- [ ] Tag\n- [ ] Tell everyone\n' >RELEASE.md
  git chant plan RELEASE.md >../out
  has 'RELEASE.md: read as github (' ../out
  has 'It declares no order: the order of the list is the order.' ../out
  has 'It is not committed as it is here: git chant work commits it first.' ../out
  has '- Tag (' ../out
  has '- Tell everyone (needs ' ../out
  has "Done: Task 'Write notes' (1 task)" ../out
}

json() {
  kettle
  git chant plan --json kettle >../json
  valid_json ../json
  has '"version": 1' ../json
  has '"spec": "kettle.3"' ../json
  same "$(grep -c '"place": "ready"' ../json)" 3
  same "$(grep -c '"place": "waiting"' ../json)" 2
  same "$(grep -c '"place": "done"' ../json)" 1
  has '"given": false' ../json
}

# What cannot be understood is said with file and line, and only that is not run.
not_understood() {
  repo
  mkdir -p documentation/features/odd
  printf '%s\n' '### Track A: Water (No Dependencies)' '' '- [ ] 1. **Fill**' '- [ ] 2. **Heat**' \
    '  - _Dependencies: when it is filled_' '- [ ] 3. **Pour**' '  - _Dependencies: Task 2_' \
    '- [ ] 4. **Drink**' '  - _Dependencies: Task 9_' '- [ ] 4. **Drink again**' \
    >documentation/features/odd/tasks.md
  must_fail 1 git chant plan odd >../out 2>../err
  has 'error: documentation/features/odd/tasks.md:5: ' ../err
  has 'when it is filled' ../err
  sed -n '/^Cannot be run:/,/^$/p' ../out >../refused
  for id in 2 3 4; do has "- $id: " ../refused; done
  has '- Track A: Tasks 1, 4 (2 tasks)' ../out
  has '2 tasks have the id 4 (lines 8, 10)' ../out
}

circle() {
  repo
  mkdir -p documentation/features/odd
  printf '%s\n' '### Track A: Water' '' '- [ ] 1. **Fill**' '  - _Dependencies: Task 2_' \
    '- [ ] 2. **Heat**' '  - _Dependencies: Task 1_' >documentation/features/odd/tasks.md
  must_fail 1 git chant plan odd >../out 2>../err
  has 'tasks.md:4: a ring, so none of it can run: 1 needs 2 (line 4), 2 needs 1 (line 6)' ../err
}

# Two tables of tracks: one counts, and it is said where they differ.
contradictions() {
  kettle
  sed -i 's/(Tasks 1-3)/(Tasks 1-2)/; s/(Tasks 4-5)/(Tasks 3-5)/' "$KETTLE/tasks.md"
  git chant plan kettle >../out
  sed -n '/^Contradictions:/,$p' ../out >../last
  has '- line 4: puts 3 in track B, line 27 in track A: the latter counts' ../last
}

forced() {
  repo
  printf -- '- [ ] 1. One\n- [ ] 2. Two\n' >list.md
  git chant plan --format openspec list.md >../out
  has 'list.md: read as openspec (--format)' ../out
  must_fail 129 git chant plan --format nonsense list.md 2>../err
  has 'one of specflow, ' ../err
}

named() {
  kettle
  mkdir -p .kiro/specs/kettle below
  printf -- '- [ ] 1. One\n' >.kiro/specs/kettle/tasks.md
  must_fail 129 git chant plan kettle 2>../err
  has "'.kiro/specs/kettle/tasks.md'" ../err
  must_fail 129 git chant plan kettel 2>../err
  (cd documentation/features && git chant plan kettle/tasks.md) >../out
  (cd documentation/features/kettle && git chant plan tasks.md) >../other
  cmp ../out ../other
  (cd below && must_fail 129 git chant plan ../../outside.md) 2>../err
  must_fail 129 git chant plan
}

hostile() {
  repo
  printf -- '# \033]0;owned\007T\n\n- [ ] 1. \033[2JOne \302\2331m\n- [ ] 2. Two\n  - _Depends: \033[31mx_\n' \
    >list.md
  for option in '' --verbose --json; do
    # shellcheck disable=SC2086 # no word when it is empty
    git chant plan $option list.md >../out 2>&1 || :
    clean ../out
  done
}

# What is known from earlier runs is in the plan.
after_a_run() {
  four
  plan 001-demo.T002 'exit 1'
  must_fail 1 git chant work --feature demo --continue-on-error >../run 2>&1
  git chant plan demo >../out
  has '- T002: Do two (' ../out
  has 'failed before: ' ../out
  has 'Total: 4 tasks, 3 done, 1 open' ../out
  has 'Approval: ' ../out
}

check 'a list with tracks and groups is shown by these' tracks_and_groups
check 'a line for each task with the reason for its place' verbose
check 'only one track' one_track
check 'a list that declares no order' in_order
check 'the plan as JSON' json
check 'text that is no dependency is an error at its line' not_understood
check 'a circle is printed' circle
check 'a list that says two things' contradictions
check 'the form can be said' forced
check 'a feature is found by name and by path' named
check 'nothing of a list reaches the terminal raw' hostile
check 'tasks that failed before are told' after_a_run
finish
