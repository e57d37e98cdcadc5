#!/bin/sh
# Tasks that conflict: their branches stay, and land with their boxes when somebody has resolved them.
# shellcheck disable=SC2016,SC2119 # agents expand their plans; some arguments may be left out
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"

# Two tasks that change the same line.
conflicting() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [ ] T001 [P] Do one
- [ ] T002 [P] Do two
EOF
  seq 9 >lines.txt
  git add lines.txt
  git commit -qm lines
  plan 001-demo.T001 'sed -i "5s/.*/one/" lines.txt'
  plan 001-demo.T002 'sed -i "5s/.*/two/" lines.txt'
  git chant work --feature demo --branch >../out 2>&1 || { cat ../out; return 1; }
}

resolved() {
  conflicting
  must_fail 1 git chant reconcile --strategy "$1" --order id >../out 2>&1
  same "$(marks)" 'x _'
  same "$(state 001-demo.T002)" needs_attention
  git chant show 001-demo.T002 >../shown
  has 'parked: conflict on main' ../shown
  git checkout -q chant/001-demo.T002
  git merge -q --no-edit main || :
  sed -i -e '/^[<=>]\{7\}/d' lines.txt
  git add .
  git commit -qm 'both' -m 'Chant-Spec: 001-demo.T002'
  git checkout -q main
  git chant reconcile --strategy "$1" >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x'
  same "$(sed -n 5,6p lines.txt | sort | tr '\n' ' ')" 'one two '
  nothing_left
  sound
}
conflict_merge() { resolved merge; }
conflict_rebase() { resolved rebase; }
conflict_squash() { resolved squash; }

# In a run: the second conflicts, its branch stays, and whoever resolves it need not tick.
conflict_in_run() {
  conflicting
  for id in T001 T002; do git chant reset "001-demo.$id"; done
  up T001
  up T002
  printf '%s\n' "$(cat "$HOME/plan/001-demo.T001")" 'sed -i "5s/.*/one/" lines.txt' >"$HOME/plan/001-demo.T001"
  printf '%s\n' "$(cat "$HOME/plan/001-demo.T002")" 'sed -i "5s/.*/two/" lines.txt' >"$HOME/plan/001-demo.T002"
  begin
  is_up T001 T002
  go T001 T002
  over 1
  has 'Needs attention (conflict)' ../out
  same "$(marks | tr -cd x)" x
  branch=$(git for-each-ref --format='%(refname:short)' refs/heads/spec)
  git merge -q --no-edit "$branch" || :
  git checkout -q --theirs lines.txt
  git add .
  git commit -qm resolved
  git chant list >/dev/null 2>&1
  same "$(marks)" 'x x'
  same "$(git ls-tree -r --name-only main .chant/specs | grep demo || :)" ''
}

# In the worktree that is made for it, where the list is not to be touched.
in_scratch() {
  conflicting
  must_fail 1 git chant reconcile --order id >../out 2>&1
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
  agent resolver "$HOME/resolver" 1
  cat >"$HOME/resolver" <<'AGENT'
#!/bin/sh
cat >/dev/null
sed -i '/^[<=>]\{7\}/d' lines.txt
sed -i 's/\[ \]/[x]/' specs/001-demo/tasks.md
git add -A
git commit -qm resolved
AGENT
  chmod +x "$HOME/resolver"
  must_fail 1 git chant reconcile --resolve >../out 2>&1
  has "'specs/001-demo/tasks.md' was changed, which only git chant ticks" ../out
  same "$(marks)" 'x _'
  scratch=$(git chant show --json 001-demo.T002 | sed -n 's/^ *"scratch": "\(.*\)",*$/\1/p')
  git -C "$scratch" checkout -q main -- specs
  git -C "$scratch" commit -qm 'as it was'
  git chant reconcile --continue >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x'
  nothing_left
}

# Somebody merged the branch elsewhere, without git chant.
merged_elsewhere() {
  four
  git chant work --feature demo --no-land >../out 2>&1 || { cat ../out; return 1; }
  git clone -q . ../other
  cd ../other
  git merge -q --no-edit origin/spec/001-demo.T001
  git chant list >../list 2>&1
  same "$(marks)" '_ _ _ _'
  git chant finalize 001-demo.T001
  same "$(marks)" 'x _ _ _'
  same "$(git ls-tree -r --name-only main .chant/specs)" ''
  ticked planned main 1
  same "$(git status --porcelain)" ''
  cd ../repo
  git pull -q ../other main
  must_fail 1 git chant finalize 001-demo.T002 2>../err
  has "its branch is not in 'main'" ../err
  git chant work --parallel >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
}

# git takes .chant/specs away with the last file in it, of a task's branch that was checked out.
no_specs() {
  four
  rmdir .chant/specs
  git chant list >../list
  git chant lint
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  test ! -e .chant/specs
  id=$(git chant add 'A spec')
  test -f ".chant/specs/$id.md"
}

check 'a conflict of a task is resolved on its branch: merge' conflict_merge
check 'a conflict of a task is resolved on its branch: rebase' conflict_rebase
check 'a conflict of a task is resolved on its branch: squash' conflict_squash
check 'a conflict is resolved in a worktree made for it' in_scratch
check 'a conflict in a run leaves the box open until a person merges' conflict_in_run
check 'a task that was merged elsewhere is ticked when somebody says so' merged_elsewhere
check 'where all work stands in lists, there need be no directory of specs' no_specs
finish
