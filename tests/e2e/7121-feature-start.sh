#!/bin/sh
# What is asked, said and refused before the tasks of a feature are worked on, and what is kept after.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

unapproved() {
  agent main "$AGENTS/planned"
  kettle
  must_fail 128 git chant work --feature kettle >../out 2>../err
  has "error: 'documentation/features/kettle/tasks.md' has not been approved" ../err
  has 'hint: git chant approve documentation/features/kettle/tasks.md' ../err
  same "$(boxes kettle)" 1
  same "$(git chant runs)" ''
  git chant approve kettle >/dev/null
  sed -i 's/Heat the water/Boil the water/' "$KETTLE/tasks.md"
  must_fail 128 git chant work --feature kettle 2>../err
  has 'and has been changed since' ../err
}

# At a terminal the plan is shown and it is asked; a no changes nothing.
asked() {
  needs_terminal
  agent main "$AGENTS/planned"
  kettle
  echo n >../answer
  script -qec 'git chant work --feature kettle' ../typescript <../answer >/dev/null || :
  has 'Execution Plan for feature: kettle' ../typescript
  has "Approve 'documentation/features/kettle/tasks.md' and work on it? [y/N]" ../typescript
  same "$(boxes kettle)" 1
  must_fail 1 git chant approve --show kettle >../out
  echo y >../answer
  script -qec 'git chant work --feature kettle' ../typescript <../answer >/dev/null
  same "$(boxes kettle)" '1 2 3 4 5 6'
  git chant approve --show kettle >../out
}

# A list that is not committed as it is here is committed first, that path alone.
committed_first() {
  agent main "$AGENTS/planned"
  kettle
  git rm -q --cached "$KETTLE/tasks.md"
  git commit -qm 'no list'
  echo mine >mine.txt
  echo staged >staged.txt
  git add staged.txt
  git chant approve kettle >/dev/null
  git chant work --feature kettle >../out 2>&1 || { cat ../out; return 1; }
  has "committed 'documentation/features/kettle/tasks.md' to 'main' first (" ../out
  same "$(git log --format=%s --diff-filter=A main -- "$KETTLE/tasks.md" | head -n 1)" \
    'chant: add the task list documentation/features/kettle/tasks.md'
  same "$(boxes kettle)" '1 2 3 4 5 6'
  same "$(git status --porcelain)" 'A  staged.txt
?? mine.txt'
}

changed_here() {
  agent main "$AGENTS/planned"
  kettle
  sed -i 's/^## Task Dep/- [ ] 7. **Drink**\n\n&/' "$KETTLE/tasks.md"
  echo more >>"$KETTLE/design.md"
  git chant approve kettle >/dev/null
  git chant work --feature kettle >../out 2>&1 || { cat ../out; return 1; }
  has "committed 'documentation/features/kettle/tasks.md' to 'main' first (" ../out
  has "warning: 'documentation/features/kettle/design.md' is not committed as it is here" ../out
  same "$(boxes kettle)" '1 2 3 4 5 6 7'
  same "$(git status --porcelain)" " M $KETTLE/design.md"
}

ignored_list() {
  agent main "$AGENTS/planned"
  kettle
  git rm -rq --cached documentation
  echo documentation >.gitignore
  git add .gitignore
  git commit -qm 'no list'
  git chant approve "$KETTLE/tasks.md" >/dev/null
  must_fail 128 git chant work --feature "$KETTLE/tasks.md" 2>../err
  has 'is ignored by git, but what is done is recorded in it' ../err
}

# On another branch the list must be on the target as it is here.
elsewhere() {
  agent main "$AGENTS/planned"
  kettle
  git config chant.target main
  git checkout -q -b side
  sed -i 's/Heat the water/Boil the water/' "$KETTLE/tasks.md"
  git commit -qam side
  git chant approve kettle >/dev/null
  must_fail 128 git chant work --feature kettle 2>../err
  has "is not on 'main' as it is here" ../err
}

# A track that waits for open tasks of another one cannot be run alone.
outside() {
  agent main "$AGENTS/planned"
  kettle
  git chant approve kettle >/dev/null
  must_fail 128 git chant work --feature kettle --track C 2>../err
  has 'the chosen tracks need open tasks of others: 6 needs ' ../err
  same "$(boxes kettle)" 1
  git chant work --feature kettle --track A --track c --track B >../out 2>&1
  same "$(boxes kettle)" '1 2 3 4 5 6'
}

kept_report() {
  agent main "$AGENTS/planned"
  kettle
  git chant approve kettle >/dev/null
  git chant work --feature kettle --track A >../out 2>&1 || { cat ../out; return 1; }
  has '# Completion Report: kettle' ../out
  has '3 of 3 tasks complete: 2 in this run, 1 before' ../out
  has '- Tasks 4-6: in other tracks' ../out
  commit=$(git log --format=%h --abbrev=7 --grep='chant(kettle.2): do it' main | head -n 1)
  has "- Task 2: Buy the kettle; agent main; commit $commit; " ../out
  git chant show-run >../shown
  sed -n '/^# Completion Report/,$p' ../shown >../kept
  sed -n '/^# Completion Report/,/^- Tasks 4-6/p' ../out | diff - ../kept
  has "report $(git rev-parse --path-format=absolute --git-common-dir)/chant/runs/1/report.md" ../shown
  git chant show-run --json >../json
  valid_json ../json
  has '"report": "' ../json
  has '"mode": "feature"' ../json
  git chant runs >../runs
  has '  feature  ' ../runs
}

usage() {
  kettle
  must_fail 129 git chant work --feature kettle some-id
  must_fail 129 git chant work --parallel --track A
  must_fail 129 git chant work --max-agents 3 some-id
  must_fail 129 git chant work --feature kettle --max-agents 0
  must_fail 129 git chant work --feature nothing
  must_fail 129 git chant work --feature kettle --format nothing
}

# Two features may have one name, and a spec the id of a task.
same_names() {
  kettle_ready
  work kettle --track A --branch
  mkdir -p docs/features/kettle .chant/specs
  sed 's/Heat the water/Heat the milk/' "$KETTLE/tasks.md" >docs/features/kettle/tasks.md
  git chant approve docs/features/kettle/tasks.md >/dev/null
  must_fail 128 git chant work --feature docs/features/kettle/tasks.md 2>../err
  has "'chant/kettle.2' has work of '$KETTLE/tasks.md'" ../err
  plain_spec kettle.5
  must_fail 128 git chant work --feature "$KETTLE/tasks.md" 2>../err
  has "'kettle.5' is the id of a spec, too" ../err
}

# Fields that only their own tools write.
fields() {
  repo
  mkdir -p .taskmaster/tasks
  echo '{"tasks":[{"id":1,"title":"One","status":"pending","dependencies":[],"subtasks":[]}]}' \
    >.taskmaster/tasks/tasks.json
  git chant plan .taskmaster/tasks/tasks.json >../out
  has 'read as taskmaster' ../out
  must_fail 128 git chant work --feature .taskmaster/tasks/tasks.json 2>../err
  has 'hint: git chant import .taskmaster/tasks/tasks.json' ../err
}

check 'a list that is not approved is refused without a terminal' unapproved
check 'at a terminal it is asked' asked
check 'a list that is not committed is committed first, alone' committed_first
check 'a list that was changed is committed first, its documents are not' changed_here
check 'a list that git ignores is refused' ignored_list
check 'a list that is another one on the target is refused' elsewhere
check 'a track that needs open tasks of others is refused with their names' outside
check 'the completion report is kept with the run' kept_report
check 'options that do not belong together' usage
check 'names that two things have' same_names
check 'lists that keep what is done in fields of their own' fields
finish
