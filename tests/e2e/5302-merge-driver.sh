# The merge driver: what git's own merges make of spec files with it.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/driven.sh"

# merged: the file has what both sides did. HEAD was $1.
merged() {
  if [ "$1" = right ]; then labels='[a, b, done] # mine'; else labels='[a, done, b]'; fi
  cat >../wanted <<SPEC
---
type: code
status: completed
commits: [1234567]
model: m
labels: $labels
depends_on: [y]
---
# Do x

## Acceptance Criteria

- [x] It is done
SPEC
  diff ../wanted .chant/specs/x.md
  same "$(git status --porcelain)" ''
}

without() {
  driven
  git config --unset merge.chant-spec.driver
  rm .git/info/attributes
  must_fail 1 git merge -q left >/dev/null
}

by_merge() { driven; git merge -q --no-edit left; merged right; }
by_rebase() { driven; git rebase -q left; merged left; }
by_pick() { driven; git cherry-pick left >/dev/null; merged right; }
by_squash() { driven; git merge -q --squash left >/dev/null; git commit -qm squash; merged right; }

by_stash() {
  driven
  git checkout -q main
  git show right:.chant/specs/x.md >.chant/specs/x.md
  git stash -q
  git checkout -q left
  git stash pop -q
  same "$(git status --porcelain)" ' M .chant/specs/x.md'
  git commit -qam popped
  merged left
}

by_merge_tree() {
  driven
  tree=$(git merge-tree --write-tree right left)
  git merge -q --no-edit left
  same "$tree" "$(git rev-parse 'HEAD^{tree}')"
}

in_worktree() {
  driven
  git checkout -q main
  git worktree add -q ../wt right
  cd ../wt
  git merge -q --no-edit left
  merged right
}

check 'without the driver the same merge conflicts' without
check 'git merge' by_merge
check 'git merge --squash' by_squash
check 'git rebase' by_rebase
check 'git cherry-pick' by_pick
check 'git stash pop' by_stash
check 'git merge-tree' by_merge_tree
check 'git merge in a linked worktree' in_worktree
finish
