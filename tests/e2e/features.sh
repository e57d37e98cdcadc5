# Features of the kind that seed 003 describes, for the tests of plans and runs: sourced after lib.sh.

KETTLE=documentation/features/kettle

# kettle: a repository with a feature of six tasks in three tracks and two groups, the first done,
# committed and not approved.
kettle() {
  repo
  mkdir -p "$KETTLE"
  echo 'Requirement 1.1: tea.' >"$KETTLE/requirements.md"
  echo 'The design of the kettle.' >"$KETTLE/design.md"
  cat >"$KETTLE/tasks.md" <<'TASKS'
# Tasks: Kettle

- **Track A**: Water (Tasks 1-3)
- **Track B**: Leaves (Tasks 4-5)
- **Track C**: Tea (Task 6)

- [x] 1. **Plan the kitchen**
  - _Requirements: 1.1_
- [ ] 2. **Buy the kettle**
  - One that can hold a litre.
  - _Dependencies: Task 1_
  - _Requirements: 1.1_
- [ ] 3. **Heat the water**
  - _Dependencies: Task 2_
- [ ] 4. **Pick the leaves**
- [ ] 5. **Dry the leaves**
- [ ] 6. **Pour**
  - _Dependencies: Tasks 3, 5_

## Task Dependencies & Parallel Execution

**Group 1 (Independent)**
- Track A: Tasks 1-2 (Kettle)
- Track B: Tasks 4-5 (Leaves)

**Group 2 (Depends on Group 1)**
- Track A: Task 3 (Water)
- Track C: Task 6 (Tea)

## Completion Checklist

- [ ] The tea is good
TASKS
  git add documentation
  git commit -qm 'the plan'
}

BIG=documentation/features/big

# big: a repository with a feature of 30 tasks in three tracks of ten (A: 1-10, B: 11-20, C: 21-30)
# and four groups, committed. Each task carries its work as a script, which does what the test wrote
# to ~/plan/big.N, else leaves a file; the list is not approved and the scripts are not trusted.
# Nine agents may run such scripts at once, whatever machine this is.
big() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  printf 'parallel:\n  agents:\n    - {name: script, profile: script, max_concurrent: 9}\n' \
    >"$XDG_CONFIG_HOME/git-chant/config.yaml"
  repo
  mkdir -p "$BIG"
  echo 'Requirement 1.1: thirty files.' >"$BIG/requirements.md"
  echo 'The design: a file for each task.' >"$BIG/design.md"
  { big_tasks; big_groups; } >"$BIG/tasks.md"
  git add documentation
  git commit -qm 'the plan'
  git tag planned
}

# shellcheck disable=SC2016 # the shell of the task expands it
big_tasks() {
  printf '# Tasks: Big\n'
  for track in A B C; do
    printf '\n### Track %s: Part %s\n\n' "$track" "$track"
    case $track in A) first=1 ;; B) first=11 ;; C) first=21 ;; esac
    for id in $(seq "$first" $((first + 9))); do
      printf -- '- [ ] %s. **Make file %s**\n  - Write `%s.txt`.\n  - _Requirements: 1.1_\n\n' "$id" "$id" "$id"
      printf '  ```sh run\n  id=%s\n' "$id"
      printf '  if [ -f ~/plan/big.$id ]; then . ~/plan/big.$id; else echo $id >$id.txt; fi\n  ```\n\n'
    done
  done
}

big_groups() {
  printf '\n## Task Dependencies & Parallel Execution\n'
  group=0
  for last in 3 6 8 10; do
    group=$((group + 1))
    case $group in 1) needs=Independent first=1 ;; *) needs="Depends on Group $((group - 1))" ;; esac
    printf '\n**Group %s (%s)**\n' "$group" "$needs"
    for track in A B C; do
      case $track in A) add=0 ;; B) add=10 ;; C) add=20 ;; esac
      printf -- '- Track %s: Tasks %s-%s\n' "$track" $((first + add)) $((last + add))
    done
    first=$((last + 1))
  done
}

# ready_to_run NAME: its list is approved, and what its tasks run is trusted.
ready_to_run() {
  git chant approve "$1" >/dev/null
  git chant trust --yes --feature "$1" >/dev/null
}

# boxes NAME [COMMIT]: the ids of its tasks that are ticked on main, in one line.
boxes() {
  git show "${2:-main}:documentation/features/$1/tasks.md" |
    sed -n 's/^- \[x\] \([0-9]*\)\..*/\1/p' | tr '\n' ' ' | sed 's/ $//'
}

# all_landed_once NAME COUNT: so many tasks landed since `planned`, each once, each with its byte.
all_landed_once() {
  git log --first-parent --format=%H planned..main >../landed
  same "$(wc -l <../landed | tr -d ' ')" "$2"
  same "$(git diff --numstat planned main -- "documentation/features/$1/tasks.md" | cut -f 1)" "$2"
  same "$(git log --first-parent --format=%s planned..main | sort | uniq -d)" ''
}

# working: how many tasks are in progress.
working() { git chant list --porcelain | awk -F '\t' '$2 == "in_progress"' | wc -l | tr -d ' '; }

# held ID: the agent of task ID of `big` says so, and waits until `let_go ID`.
held() {
  gate "$1.up"
  gate "$1.go"
  mkdir -p "$HOME/plan"
  printf 'if [ -p ~/%s.up ]; then echo up >~/%s.up; read -r _ <~/%s.go; fi; echo %s >%s.txt\n' \
    "$1" "$1" "$1" "$1" "$1" >"$HOME/plan/big.$1"
}
# shellcheck disable=SC2016 # the inner shell expands it
until_held() { for one; do timeout 30 sh -c 'read -r _ <"$1"' sh "$HOME/$one.up"; done; }
let_go() { for one; do open_gate "$one.go"; done; }

# start_big ARGUMENT...: `git chant work --feature big` in the background, output in ../out.
start_big() {
  timeout 120 git chant work --feature big "$@" >../out 2>&1 &
  run=$!
}
ended() { must_fail "$1" wait "$run" || { cat ../out; return 1; }; }

# work ARGUMENT...: of the feature; output in ../out.
work() { git chant work --feature "$@" >../out 2>&1 || { cat ../out; return 1; }; }
# kettle_for MAX: with an agent that does so many at once, approved.
kettle_for() {
  agent main "$AGENTS/planned" "$1"
  kettle
  git chant approve kettle >/dev/null
}
kettle_ready() { kettle_for 8; }
