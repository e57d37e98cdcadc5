# The acceptance criteria of the seed "Improve parallel execution - isolate specs with git
# worktrees": one test for each, named after it.
# The edge cases are in 2003.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# Without a configured root; the ids make the paths ones that nobody else has.
worktree_places() {
  agent main "$AGENTS/planned"
  git config --global --unset chant.worktree.root
  repo
  for id in "a-$$" "b-$$"; do
    plain_spec "$id"
    plan "$id" "{ pwd -P; stat -c %a .; cat \"\$(git rev-parse --git-path chant/spec)\"; } >$id.txt"
  done
  git chant work --parallel
  for id in "a-$$" "b-$$"; do
    same "$(git show "main:$id.txt")" "/tmp/chant-$id
700
$id"
    [ ! -e "/tmp/chant-$id" ]
  done
}

branch_names() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c; do
    plain_spec "$id"
    plan "$id" 'git symbolic-ref HEAD >$CHANT_SPEC_ID.txt; echo "$CHANT_BRANCH" >>$CHANT_SPEC_ID.txt'
  done
  git chant work --parallel a
  same "$(git show main:a.txt)" 'refs/heads/spec/a
spec/a'
  git chant work --parallel --branch b
  same "$(git show chant/b:b.txt)" 'refs/heads/chant/b
chant/b'
  git chant work --parallel --branch-prefix team/ c
  same "$(git show team/c:c.txt)" 'refs/heads/team/c
team/c'
}

# Two agents that both change the same file see only their own change, and the user's checkout
# sees none while they run.
isolated() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  mkfifo "$HOME/from_a" "$HOME/from_b"
  checkout=$PWD
  plan a "echo a >same.txt; echo x >\"\$HOME/from_a\"; read -r _ <\"\$HOME/from_b\"
    { pwd; cat same.txt; ls '$checkout'; } >a.txt; rm same.txt"
  plan b "echo b >same.txt; read -r _ <\"\$HOME/from_a\"; echo x >\"\$HOME/from_b\"
    { pwd; cat same.txt; ls '$checkout'; } >b.txt; rm same.txt"
  timeout 20 git chant work --parallel
  for id in a b; do
    same "$(git show "main:$id.txt" | head -n 3)" "$WORKTREES/chant-$id
$id
start.txt"
  done
}

merged_to_main() {
  agent main "$AGENTS/planned"
  repo
  for id in a b; do plain_spec "$id"; done
  git chant work --parallel
  for id in a b; do
    same "$(cat "$id.txt")" "work of $id"
    same "$(git show "main:$id.txt")" "work of $id"
    same "$(branch_at "spec/$id")" ''
  done
  same "$(git symbolic-ref HEAD)" refs/heads/main
  same "$(git status --porcelain)" ''
}

left_for_reconcile() {
  agent main "$AGENTS/planned"
  repo
  for id in a b; do plain_spec "$id"; done
  git add .chant
  git commit -qm specs
  before=$(git rev-parse main)
  if [ "$mode" = option ]; then
    git chant work --parallel --branch >../out
  else
    git config chant.branch.mode branch
    git chant work --parallel >../out
  fi
  same "$(git rev-parse main)" "$before"
  [ ! -e a.txt ]
  for id in a b; do
    same "$(git show "chant/$id:$id.txt")" "work of $id"
    git show "chant/$id:.chant/specs/$id.md" >../spec
    has 'status: completed' ../spec
    has "branch: chant/$id" ../spec
    same "$(state "$id")" finished
  done
  has 'Summary: 0 completed, 0 failed, 2 finished' ../out
  git chant list >../list
  has '◉' ../list
}

cleaned_up() {
  agent main "$AGENTS/planned"
  repo
  plain_spec good
  plain_spec bad
  plan bad 'echo half >half.txt; git add half.txt; git commit -qm half; exit 1'
  must_fail 1 git chant work --parallel
  same "$(git worktree list | wc -l)" 1
  same "$(ls "$WORKTREES")" ''
  same "$(ls .git/worktrees 2>/dev/null)" ''
  same "$(branch_at spec/good)" ''
  same "$(git show spec/bad:half.txt)" half
  git chant list --porcelain >../list
  has "bad	failed" ../list
}

check 'Create worktree in `/tmp/chant-{spec.id}` for each parallel spec' worktree_places
check 'Each worktree gets branch `spec/{spec.id}` (or `{prefix}{id}` in branch mode)' branch_names
check 'Agent runs in worktree directory (isolated)' isolated
check 'Direct mode: auto-merge to main after completion' merged_to_main
mode=option
check 'Branch mode: leave branch for reconcile command' left_for_reconcile
mode=configuration
check 'Branch mode: leave branch for reconcile command (branch.mode: branch)' left_for_reconcile
check 'Cleanup worktree after completion (success or failure)' cleaned_up
finish
