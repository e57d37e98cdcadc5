# shellcheck shell=sh
. "$(dirname "$0")/lib.sh"

# One spec, from add to a completed record on main.
first_path() {
  agent main "$AGENTS/ok"
  repo
  id=$(git chant add 'Say hello')
  CHANT_MODEL=test-model git chant work --parallel >out 2>err
  has "✓ Completed (commit: " out
  has "✓ Finalized $id" out
  has 'Summary: 1 completed, 0 failed' out
  same "$(field "$id" status)" completed
  same "$(field "$id" model)" test-model
  same "$(cat "$id.txt")" "work of $id"
  same "$(git status --porcelain -uno)" ''
  same "$(git worktree list | wc -l)" 1
  must_fail 1 git rev-parse -q --verify "refs/heads/spec/$id"
}

check 'a spec is worked, merged and recorded as completed' first_path
finish
