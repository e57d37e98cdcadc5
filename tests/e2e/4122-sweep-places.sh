# Where a hook or a command runs: a subdirectory, a linked worktree, the worktree of a spec, with the
# variables that git sets for hooks.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

merge() { clock; git merge -q --no-edit "$@"; }

subdirectory() {
  start unsealed hooks
  diverge
  (cd .chant/specs && merge spec/a)
  is_recorded unsealed completed branch
  same "$(git status --porcelain)" ''
}

in_subdirectory_without() {
  start unsealed none
  diverge
  cd deep
  merge spec/a
  git chant list
  cd ..
  is_recorded unsealed completed branch
}

# What happens in the worktree of a spec, or on its branch, records nothing.
spec_worktree() {
  start unsealed hooks
  CHANT_HOOK=0 merge spec/a
  tip=$(git rev-parse main)
  git worktree add -q ../b spec/b
  (cd ../b && change b3.txt 3 && commit 'chant(b): part 3')
  same "$(git rev-parse main)" "$tip"
  (cd ../b && merge main)
  same "$(git rev-parse main)" "$tip"
  git -C ../b log -1 --format=%s >../last
  has "Merge branch 'main' into spec/b" ../last
  same "$(git -C ../b status --porcelain)" ''
}

# On another branch nothing of main is touched, when main is not the configured target.
other_branch() {
  start unsealed hooks
  CHANT_HOOK=0 merge spec/a
  tip=$(git rev-parse main)
  git checkout -q side
  change side.txt side
  commit 'on side'
  same "$(git rev-parse main)" "$tip"
  same "$(git log -1 --format=%s)" 'on side'
}

# The same, when it is: main is checked out in another worktree, which follows.
target_elsewhere() {
  start unsealed hooks
  git config chant.target main
  git checkout -q side
  git worktree add -q ../linked main
  git fetch -q .
  (cd ../linked && CHANT_HOOK=0 merge --no-ff spec/a && echo work >other.txt)
  git chant list >../list
  is_recorded unsealed completed branch
  same "$(git -C ../linked status --porcelain)" ' M other.txt'
  same "$(git status --porcelain)" ''
}

# As git sets them in a linked worktree, for a commit of some files, and with `git -c`.
variables() {
  start unsealed hooks
  git checkout -q side
  git worktree add -q ../linked main
  cd ../linked
  hook_dir=$(git rev-parse --git-common-dir)/hooks
  printf '#!/bin/sh\nenv | grep ^GIT_ >../variables\nexec "%s" hook post-commit\n' "$CHANT_BINARY" \
    >"$hook_dir/post-commit"
  git ls-files -s >../index
  must_fail 0 git merge -q --no-ff --no-commit spec/a
  change other.txt mine
  clock
  git -c core.editor=true -c chant.something=1 commit -q --no-edit
  has 'GIT_DIR=' ../variables
  has 'GIT_INDEX_FILE=' ../variables
  has 'GIT_CONFIG_PARAMETERS=' ../variables
  is_recorded unsealed completed branch
  same "$(git status --porcelain)" ''
  git -C ../repo ls-files -s >../index_of_side
  cd ../repo
  same "$(git status --porcelain)" ''
  same "$(git rev-parse HEAD)" "$(git rev-parse side)"
}

# A hook that is told of another repository than the one it stands in does nothing at all.
wrong_repository() {
  start unsealed none
  CHANT_HOOK=0 merge spec/a
  tip=$(git rev-parse main)
  git init -q ../foreign
  git -C ../foreign commit -q --allow-empty -m foreign
  (
    GIT_DIR=$PWD/../foreign/.git GIT_INDEX_FILE=$PWD/../foreign/.git/index
    export GIT_DIR GIT_INDEX_FILE
    "$CHANT_BINARY" hook post-merge 0
    "$CHANT_BINARY" hook post-commit
  )
  same "$(git rev-parse main)" "$tip"
  same "$(git -C ../foreign log --format=%s) $(git -C ../foreign status --porcelain)" 'foreign '
  [ ! -e ../foreign/.git/chant ]
}

# Commit of one file while others are staged: git gives the hook an index of its own for that.
partial_commit() {
  start unsealed hooks
  CHANT_HOOK=0 merge spec/a
  echo staged >other.txt
  git add other.txt
  echo one >one.txt
  git add one.txt
  clock
  git commit -qm 'only one' one.txt
  is_recorded unsealed completed branch
  same "$(git status --porcelain)" 'M  other.txt'
  same "$(git log -2 --format=%s | tail -n 1)" 'only one'
}

template unsealed
check 'a merge from a subdirectory' subdirectory
check 'a command in a subdirectory' in_subdirectory_without
check 'the worktree of a spec records nothing' spec_worktree
check 'another branch is no target' other_branch
check 'a target in another worktree' target_elsewhere
check 'with the variables of a hook in a linked worktree' variables
check 'with the variables of another repository' wrong_repository
check 'a partial commit' partial_commit
finish
