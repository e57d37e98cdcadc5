#!/bin/sh
# git chant import --report: a list, or the tool that keeps it, is told what is done of its tasks.
# shellcheck disable=SC2016 # nothing of a list is expanded
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/importing.sh
. "$(dirname "$0")/importing.sh"

there_and_back() {
  agent main "$AGENTS/planned"
  repo
  list docs/tasks.md
  git chant import docs/tasks.md >../out
  for task in 2 3; do plan "$(spec_of "$task")" "echo $task >$task.txt"; done
  git chant work --parallel "$(spec_of 2)" "$(spec_of 3)"
  same "$(field "$(spec_of 2)" status)" completed
  has 'path: docs/tasks.md' ".chant/specs/$(spec_of 2).md"
  git chant import --report >../out 2>../err
  has 'docs/tasks.md (github): 3 tasks imported, 2 completed, 0 of them done in the list before' ../out
  has '  to tick  2 Parse the settings' ../out
  has 'hint: git chant import --report --write-back' ../err
  same "$(git status --porcelain -- docs)" ''
  echo '- [ ] 5. More' >>docs/tasks.md
  (cd docs && git chant import --report --write-back tasks.md) >../out
  has '  ticked  3 Write them' ../out
  git diff -U0 docs/tasks.md | grep '^[-+]- ' >../diff
  same "$(cat ../diff)" '-- [ ] 2. Parse the settings
+- [x] 2. Parse the settings
-- [ ] 3. Write them
+- [x] 3. Write them
+- [ ] 5. More'
  git chant import --report --json >../json
  valid_json ../json
  same "$(grep -c '"in_list": "done"' ../json)" 2
}

taskmaster() {
  repo
  mkdir -p app/.taskmaster/tasks
  printf '{"tasks":[{"id":1,"title":"One","status":"pending"},{"id":2,"title":"Two","status":"pending","dependencies":[1]},{"id":"3 --status=x","title":"Three","status":"pending"}]}' \
    >app/.taskmaster/tasks/tasks.json
  git add app && git commit -qm list
  before=$(git hash-object app/.taskmaster/tasks/tasks.json)
  git chant import app/.taskmaster/tasks/tasks.json >../out
  has_done 1 2
  git chant import --report >../out
  has '    (cd app/ && task-master set-status --id=1 --status=done)' ../out
  must_fail 1 git chant import --report --write-back --yes >../out
  has "'task-master' is not installed" ../out
  tool task-master
  must_fail 128 git chant import --report --write-back 2>../err
  has '2 commands would be run, and there is no terminal to ask on' ../err
  [ ! -e "$HOME/told" ]
  has_done '3 --status=x'
  must_fail 1 git chant import --report --write-back --yes >../out 2>../err
  same "$(tr '\n' ' ' <"$HOME/told")" 'app set-status --id=1 --status=done app set-status --id=2 --status=done '
  has 'told  1 One' ../out
  has 'the list does not show it yet' ../out
  has 'failed  3 --status=x Three' ../out
  same "$(git hash-object app/.taskmaster/tasks/tasks.json)" "$before"
  tool task-master 3
  must_fail 1 git chant import --report --write-back --yes >../out
  has 'exit 3: Error: cannot do it' ../out
  clean ../out
  rm "$TEST_ROOT/bin/task-master"
}

asked_first() {
  repo
  list TODO.md
  mkdir -p .taskmaster/tasks
  printf '{"dev":{"tasks":[{"id":1,"title":"One","status":"pending"}]},"ops":{"tasks":[{"id":1,"title":"Uno","status":"pending"}]}}' \
    >.taskmaster/tasks/tasks.json
  printf '{"currentTag":"dev"}' >.taskmaster/state.json
  git add .taskmaster && git commit -qm list
  git chant import TODO.md >../out
  git chant import .taskmaster/tasks/tasks.json >../out
  has_done 2 dev/1 ops/1
  printf '#!/bin/sh\necho "$TASKMASTER_TAG $*" >>"$HOME/tag"\n' >"$TEST_ROOT/bin/task-master"
  chmod +x "$TEST_ROOT/bin/task-master"
  # The boxes of the other list wait for the answer, too.
  must_fail 128 git chant import --report --write-back 2>../err
  same "$(git status --porcelain)" ''
  must_fail 1 env TASKMASTER_TAG=ops git chant import --report --write-back --yes >../out
  same "$(cat "$HOME/tag")" 'dev set-status --id=1 --status=done'
  has 'Taskmaster has chosen another tag: task-master use-tag ops' ../out
  has '- [x] 2. Parse the settings' TODO.md
  rm "$TEST_ROOT/bin/task-master"
}

beads() {
  repo
  mkdir .beads
  {
    printf '{"id":"bd-1","title":"One \\u001b[31m","description":"d","status":"open","priority":0,"issue_type":"task"}\n'
    printf '{"id":"-rf","title":"$(touch x)","description":"---","status":"open","priority":2,"issue_type":"task"}\n'
  } >.beads/issues.jsonl
  git add .beads && git commit -qm list
  git chant import .beads/issues.jsonl >../out
  clean ../out
  git chant lint
  has 'priority: 2' ".chant/specs/$(spec_of bd-1).md"
  has_done bd-1 '-rf'
  tool bd
  must_fail 1 git chant import --report --write-back --yes .beads/issues.jsonl >../out 2>../err
  same "$(tr '\n' ' ' <"$HOME/told")" 'repo close bd-1 '
  has 'no command is known' ../out
  clean ../out
  [ ! -e x ]
  rm "$TEST_ROOT/bin/bd"
}

check 'what is done of the specs is ticked in the list' there_and_back
check 'Taskmaster is told by its own command' taskmaster
check 'nothing is told before the answer, and no other tag' asked_first
check 'beads is told by its own command, and nothing of a list is run' beads
finish
