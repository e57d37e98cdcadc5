#!/bin/sh
# The other ways in which tasks land: left on branches and reconciled by each strategy, behind a gate;
# and how a landing is taken back.
# shellcheck disable=SC2016,SC2119 # agents expand their plans; some arguments may be left out
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"

# Branch mode: T002 stands on T001, which has not landed.
stacked() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [ ] T001 First
- [ ] T002 Second
- [ ] T003 [P] Beside
- [ ] T004 [P] Beside it
EOF
  plan 001-demo.T001 'echo one >one.txt'
  plan 001-demo.T002 'echo two >>one.txt'
}

all_landed() {
  same "$(marks)" 'x x x x'
  ticked planned main 4
  same "$(cat one.txt)" 'one
two'
  nothing_left
  sound
}

reconciled() {
  stacked
  git chant work --feature demo --branch >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" '_ _ _ _'
  same "$(state 001-demo.T002)" finished
  git chant list >../list
  has 'Second' ../list
  git chant conflicts >../conflicts || { cat ../conflicts; return 1; }
  git chant reconcile --dry-run >../forecast || { cat ../forecast; return 1; }
  same "$(marks)" '_ _ _ _'
  git chant reconcile --strategy "$1" >../out 2>&1 || { cat ../out; return 1; }
  all_landed
  git chant undo >../out
  same "$(marks)" '_ _ _ _'
  same "$(state 001-demo.T002)" finished
  git chant reconcile --strategy "$1" --land each >../out 2>&1 || { cat ../out; return 1; }
  all_landed
}
by_merge() { reconciled merge; }
by_rebase() {
  reconciled rebase
  same "$(git log --merges --oneline planned..main)" ''
  same "$(git log --format= --name-only planned..main -- .chant)" ''
}
by_squash() {
  reconciled squash
  same "$(git rev-list --count planned..main)" 4
}

# The gate sees what would land, with its box.
gated() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [ ] T001 First
- [ ] T002 Second
EOF
  git config chant.reconcile.gate 'grep -q "\[x\] T001" specs/001-demo/tasks.md && test ! -e .chant/specs/001-demo.T001.md && test ! -e bad.txt'
  plan 001-demo.T002 'echo bad >bad.txt'
  must_fail 1 git chant work --feature demo >../out 2>&1
  same "$(marks)" 'x _'
  same "$(state 001-demo.T002)" needs_attention
  has 'the gate is red' ../out
  git config chant.reconcile.gate true
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x'
  nothing_left '' 2 # that of the gate is used again
}

# A landing of a run is taken back with the box, and lands again.
undone() {
  four 1
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  git ls-tree -r main >../landed
  printf -- '- [ ] T005 Of mine\n' >>"$LIST"
  git chant undo >../out
  same "$(marks)" '_ _ _ _'
  same "$(sed -n 's/^- \[\(.\)\].*/\1/p' "$LIST" | tr ' \n' '_ ')" '_ _ _ _ _ '
  same "$(state 001-demo.T001)" finished
  git chant work 001-demo.T001 >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x _ _ _'
  git chant work --parallel >../out 2>&1 || { cat ../out; return 1; }
  git ls-tree -r main | diff ../landed -
  same "$(git status --porcelain)" " M $LIST"
}

# What a task of a list wants to run needs trust, as in a spec.
trusted() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [ ] T001 Run it

  ```sh run
  echo ran >ran.txt
  ```
EOF
  must_fail 128 git chant work --feature demo 2>../err
  has 'script in task T001 of specs/001-demo/tasks.md' ../err
  has 'hint: git chant trust --feature' ../err
  git chant trust --feature demo --yes >../trusted
  has 'echo ran >ran.txt' ../trusted
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(cat ran.txt)" ran
  same "$(marks)" x
}

check 'finished tasks are merged by reconcile, one upon the other' by_merge
check 'finished tasks are rebased, and their spec files leave no trace' by_rebase
check 'finished tasks are squashed, each with its box' by_squash
check 'a gate stands before the box, too' gated
check 'a landed task is taken back with its box' undone
check 'what a task would run needs trust' trusted
finish
