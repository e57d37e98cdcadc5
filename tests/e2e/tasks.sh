# Features with a task list, for the tests of how tasks land: sourced after lib.sh.
#
# A list is one of spec-kit, where `[P]` tasks beside each other wait for nobody: its feature is
# `demo`, its tasks are the specs 001-demo.T001 …, and the fake agent `planned` does them.

# shellcheck disable=SC2120 # some arguments may be left out
LIST=specs/001-demo/tasks.md

# feature <<TASKS: a repository `repo` with a list of these lines, committed and approved.
feature() {
  repo
  mkdir -p specs/001-demo
  echo 'The design.' >specs/001-demo/plan.md
  { printf '# Tasks\n\n## Phase 1: Setup\n\n'; cat; } >"$LIST"
  git add specs
  git commit -qm 'the plan'
  git tag planned
  approve
}

approve() { git chant approve "$LIST" >../approved 2>&1 || { cat ../approved; return 1; }; }

# four: a feature of four tasks that wait for nobody, and an agent.
four() {
  agent main "$AGENTS/planned" "${1:-4}"
  feature <<'EOF'
- [ ] T001 [P] Do one
- [ ] T002 [P] Do two
- [ ] T003 [P] Do three
- [ ] T004 [P] Do four
EOF
}

# marks [COMMIT]: what stands in the boxes of a version of the list.
marks() { git show "${1:-main}:$LIST" | sed -n 's/^ *- \[\(.\)\].*/\1/p' | tr ' \n' '_ ' | sed 's/ $//'; }

# ticked FROM TO NUMBER: the list differs in so many bytes, each of which was blank and is x now.
ticked() {
  git show "$1:$LIST" >"$HOME/from"
  git show "$2:$LIST" >"$HOME/to"
  same "$(cmp -l "$HOME/from" "$HOME/to" | sed 's/^ *[0-9]* *//' | sort | uniq -c | sed 's/^ *//')" \
    "$3 40 170"
}

# up ID: its agent says so and waits until the test calls `go ID`, then works.
up() {
  gate "$1.up"
  gate "$1.go"
  plan "001-demo.$1" "echo up >~/$1.up; read -r _ <~/$1.go; echo 'work of $1' >$1.txt"
}
# begin ARGUMENT...: starts `git chant work --feature demo` in the background, output in ../out.
begin() {
  timeout 60 git chant work --feature demo "$@" >../out 2>&1 &
  run=$!
}
# shellcheck disable=SC2016 # the inner shell expands it
is_up() { for one; do timeout 20 sh -c 'read -r _ <"$1"' sh "$HOME/$one.up"; done; }
go() { for one; do open_gate "$one.go"; done; }
# over CODE: the run has ended with it.
over() { must_fail "$1" wait "$run" || { cat ../out; return 1; }; }

# nothing_left [STATUS [WORKTREES]]: no branch, worktree or spec file of a task, and nothing uncommitted.
nothing_left() {
  same "$(git for-each-ref refs/heads --format='%(refname:short)')" main
  same "$(git worktree list | wc -l | tr -d ' ')" "${2:-1}"
  same "$(git ls-tree -r --name-only main .chant/specs | grep demo || :)" ''
  same "$(git status --porcelain)" "${1:-}"
}
