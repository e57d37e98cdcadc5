#!/bin/sh
# Tasks of a list land as specs do: the box is ticked in the same commit as the work, one byte, and
# the target never has a spec file of a task.
# shellcheck disable=SC2016,SC2119 # agents expand their plans; some arguments may be left out
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"

adjacent() {
  four
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  ticked planned main 4
  for id in T001 T002 T003 T004; do same "$(cat "001-demo.$id.txt")" "work of 001-demo.$id"; done
  nothing_left
  # Each box in the merge that brought its work, and nowhere else.
  git log --first-parent --format=%H planned..main >../merges
  same "$(wc -l <../merges | tr -d ' ')" 4
  while read -r merge; do
    same "$(git diff --name-only "$merge^1" "$merge" | wc -l | tr -d ' ')" 2
    ticked "$merge^1" "$merge" 1
  done <../merges
  git chant list --all --porcelain >../list
  lacks demo ../list
}

in_order() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [x] T001 Done long ago
- [ ] T002 First
- [ ] T003 Second (depends on T002)
EOF
  plan 001-demo.T003 'cat 001-demo.T002.txt specs/001-demo/plan.md >seen.txt; cp "$CHANT_SPEC_FILE" ~/spec'
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x'
  same "$(cat seen.txt)" 'work of 001-demo.T002
The design.'
  test ! -e 001-demo.T001.txt
  has 'list: specs/001-demo/tasks.md' "$HOME/spec"
  has '- [ ] T003 Second (depends on T002)' "$HOME/spec"
  has '- specs/001-demo/plan.md' "$HOME/spec"
  has 'Do not edit `specs/001-demo/tasks.md`' "$HOME/spec"
  nothing_left
}

# The fork point is a commit of ours, and what the attempt did is told by everything that tells it.
in_flight() {
  four
  up T002
  begin
  is_up T002
  same "$(state 001-demo.T002)" in_progress
  git chant show 001-demo.T002 >../shown
  has 'Do two' ../shown
  same "$(git log --format=%s planned..refs/chant/spec/001-demo.T002/base | grep -c 'chant(001-demo.T002): take')" 1
  git chant log 001-demo.T002 >/dev/null
  must_fail 128 git chant reset 001-demo.T002 2>../err
  go T002
  over 0
  same "$(marks)" 'x x x x'
  nothing_left
}

# An agent that wants to be tidy and ticks its box is told, and tries again.
ticks_itself() {
  export GIT_CHANT_PARALLEL_RETRIES=1
  four
  plan 001-demo.T002 'if [ -f part.txt ]; then git checkout -q "$CHANT_BASE" -- specs; else echo 1 >part.txt
    sed -i "s/\[ \] T002/[x] T002/" specs/001-demo/tasks.md; fi'
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  has 'only git chant ticks a box, after the landing; put it back: git checkout ' ../out
  same "$(marks)" 'x x x x'
  ticked planned main 4
}

changes_list() {
  four
  plan 001-demo.T002 'sed -i "s/Do three/Do nothing/" specs/001-demo/tasks.md; echo 1 >one.txt'
  must_fail 1 git chant work --feature demo --continue-on-error >../out 2>&1
  has "the branch changes 'specs/001-demo/tasks.md'" ../out
  same "$(marks)" 'x _ x x'
  same "$(state 001-demo.T002)" failed
  same "$(attempt 001-demo.T002 exit_class)" failed
  test ! -e one.txt
  # Neither does it land in another way.
  must_fail 1 git chant reconcile 001-demo.T002 >../out 2>&1
  has "its branch changes 'specs/001-demo/tasks.md', which only git chant ticks" ../out
  same "$(marks)" 'x _ x x'
}

# A task is worked on with its feature and in no other way.
ordinary_work() {
  four
  plan 001-demo.T002 'exit 1'
  plain_spec plain
  git add .chant
  git commit -qm 'a spec'
  must_fail 1 git chant work --feature demo --continue-on-error >../out 2>&1
  same "$(state 001-demo.T002)" failed
  rm "$HOME/plan/001-demo.T002"
  must_fail 128 git chant work 001-demo.T002 2>../err
  has 'hint: git chant work --feature specs/001-demo/tasks.md' ../err
  git chant work --parallel >../out 2>&1 || { cat ../out; return 1; }
  same "$(state plain)" completed
  same "$(state 001-demo.T002)" failed
  must_fail 128 git chant cancel 001-demo.T002 2>../err
  has 'take it out there' ../err
  git chant reset 001-demo.T002
  same "$(state 001-demo.T002)" ''
  same "$(git status --porcelain)" ''
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  nothing_left
}

# A person merges the branch: the box is ticked as soon as we see it, and the spec file goes.
merged_by_hand() {
  four
  git chant work --feature demo --no-land >../out 2>&1 || { cat ../out; return 1; }
  same "$(state 001-demo.T002)" finished
  git merge -q --no-edit spec/001-demo.T002
  test -f .chant/specs/001-demo.T002.md
  git chant list >../list 2>../said
  has '001-demo.T002: ticked task T002 of specs/001-demo/tasks.md' ../said
  same "$(marks)" '_ x _ _'
  test ! -e .chant/specs/001-demo.T002.md
  git merge -q --squash spec/001-demo.T003
  git commit -qm 'by squash'
  must_fail 1 git chant reconcile 001-demo.T003 >../out 2>&1
  has 'it has landed already: its box is ticked' ../out
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  ticked planned main 4
  same "$(git ls-tree -r --name-only main .chant/specs)" "$(git ls-tree -r --name-only planned .chant/specs)"
  same "$(git status --porcelain)" ''
}

check 'tasks beside each other land at once, each with its one byte' adjacent
check 'a task waits for those it depends on, and is told what it must know' in_order
check 'a task is a spec while it is worked on' in_flight
check 'an agent that ticks its box itself is told so' ticks_itself
check 'a branch that changes its list never lands' changes_list
check 'other commands do not start tasks, and can take them back' ordinary_work
check 'the branch of a task can be merged by hand' merged_by_hand
finish
