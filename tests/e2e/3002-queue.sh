# The queue of a run: what becomes ready joins it, what depends on a failure is skipped, many specs
# start at once; in branch mode a dependent starts from its finished dependencies.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# More specs than places, and a chain: one run, one place at a time.
more_than_places() {
  agent main "$AGENTS/planned" 1
  repo
  plain_spec a 'depends_on: [b]'
  plain_spec b 'depends_on: [c]'
  plain_spec c
  plain_spec d
  plan a 'cat b.txt c.txt >a.txt'
  git chant work --parallel >../out
  has 'Summary: 4 completed, 0 failed (' ../out
  same "$(cat a.txt)" 'work of b
work of c'
}

# `c` waits for `a`, which another run works on; it becomes ready while this run is busy with `b`.
ready_through_another_run() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  plain_spec c 'depends_on: [a]'
  git add .chant
  git commit -qm specs
  for name in a_up a_go b_up b_go; do gate "$name"; done
  plan a 'echo up >~/a_up; read -r _ <~/a_go; echo a >a.txt'
  plan b 'echo up >~/b_up; read -r _ <~/b_go; echo b >b.txt'
  timeout 30 git chant work --parallel a >../out1 &
  first=$!
  timeout 20 sh -c 'read -r _ <~/a_up'
  timeout 30 git chant work --parallel >../out2 &
  second=$!
  timeout 20 sh -c 'read -r _ <~/b_up'
  open_gate a_go
  wait "$first"
  open_gate b_go
  wait "$second"
  has 'Summary: 2 completed, 0 failed (' ../out2
  same "$(field c status)" completed
}

dependents_of_failed() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b 'depends_on: [a]'
  plain_spec c 'depends_on: [b]'
  plain_spec d
  plain_spec e 'depends_on: [d]'
  plan a 'exit 1'
  must_fail 1 git chant work --parallel >../out
  has '[b] – Skipped: depends on a, which was not completed' ../out
  has '[c] – Skipped: depends on b, which was not started' ../out
  has 'Summary: 2 completed, 1 failed, 2 skipped (' ../out
  same "$(state a) $(state b) $(state c)" 'failed blocked blocked'
  same "$(state d) $(state e)" 'completed completed'
}

finished_dependencies() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  plain_spec c 'depends_on: [a, b]'
  plain_spec d 'depends_on: [c]'
  git add .chant
  git commit -qm specs
  main=$(git rev-parse main)
  plan c 'cat a.txt b.txt >c.txt'
  git chant work --parallel --branch a b c >../out
  has 'Summary: 0 completed, 0 failed, 3 finished (' ../out
  same "$(git rev-parse main)" "$main"
  same "$(git status --porcelain)" ''
  same "$(git show chant/c:c.txt)" 'work of a
work of b'
  git merge-base --is-ancestor chant/a chant/c
  git merge-base --is-ancestor chant/b chant/c
  same "$(git show chant/c:.chant/specs/c.md | sed -n 's/^  - //p' | wc -l)" 1
  git config chant.branch.mode branch
  same "$(state c) $(state d)" 'finished ready'
  git chant work --parallel
  same "$(git show chant/d:c.txt chant/d:d.txt)" 'work of a
work of b
work of d'
  git merge -q --no-edit chant/d
  same "$(state a) $(state b) $(state c) $(state d)" 'completed completed completed completed'
}

conflicting_dependencies() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  plain_spec c 'depends_on: [a, b]'
  plan a 'echo a >start.txt'
  plan b 'echo b >start.txt'
  must_fail 1 git chant work --parallel --branch >../out
  has '[a] ✓ Finished (commit: ' ../out
  has '[b] ✓ Finished (commit: ' ../out
  has "conflict with each other or with the target in 'start.txt'" ../out
  same "$(branch_at chant/c)" ''
}

# All agents are there before the first goes on.
twenty_four_at_once() {
  agent main "$AGENTS/planned" 24
  repo
  gate up
  gate go_on
  for n in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do
    plain_spec "s$n"
    plan "s$n" 'echo up >~/up; read -r _ <~/go_on; echo x >$CHANT_SPEC_ID.txt'
  done
  exec 3<>"$HOME/up" 4<>"$HOME/go_on"
  timeout 60 git chant work --parallel >../out 3<&- 4<&- &
  run=$!
  timeout 30 sh -c 'n=0; while [ "$n" -lt 24 ]; do read -r _; n=$((n + 1)); done' <&3
  same "$(git worktree list | wc -l)" 25
  seq 24 >&4
  wait "$run"
  has 'Summary: 24 completed, 0 failed (' ../out
  same "$(git worktree list | wc -l)" 1
  same "$(ls "$WORKTREES")" ''
  same "$(git ls-files 's[012]*.txt' | wc -l)" 24
}

check 'more specs than places wait, and start as they become ready' more_than_places
check 'a spec that becomes ready through another run is started' ready_through_another_run
check 'dependents of a failed spec are skipped with the reason, others go on' dependents_of_failed
check 'in branch mode a dependent starts from its finished dependencies' finished_dependencies
check 'dependencies that conflict are reported, not merged' conflicting_dependencies
check '24 specs at once without a worktree failure' twenty_four_at_once
finish
