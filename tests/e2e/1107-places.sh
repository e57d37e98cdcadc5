# Where git chant is started: -C, subdirectories, linked worktrees, and what the environment or
# git's own options say about other repositories.
# shellcheck disable=SC2016,SC2164 # tests run with set -e; it is for the spec's shell
. "$(dirname "$0")/lib.sh"

somewhere() {
  repo
  script_spec a 'echo "$PWD" >a.txt'
  git chant trust --yes >/dev/null
  mkdir -p below/deep
}

directory() {
  somewhere
  cd ..
  git chant -C repo list >out
  has 'Do a' out
  git chant -C repo -C below -C '' list | diff out -
  git -C repo/below chant list | diff out -
  must_fail 128 git chant -C nowhere list 2>err
  has "error: cannot change to '" err
  must_fail 129 git chant -C 2>err
  git chant -C repo/below work --parallel >out
  same "$(git -C repo show main:a.txt)" "$WORKTREES/chant-a"
}

below() {
  somewhere
  cd below/deep
  id=$(git chant add 'From below')
  [ -f "../../.chant/specs/$id.md" ]
  git chant list >../../../out
  has 'From below' ../../../out
  git chant work a >../../../out
  same "$(git show main:a.txt)" "$(cd ../.. && pwd -P)"
  same "$(git chant log a)" ''
  git chant show a >/dev/null
}

# What is worked in a linked worktree lands on the branch that is checked out there.
linked() {
  somewhere
  git add .chant
  git commit -qm 'add a'
  git worktree add -q ../linked -b side
  main=$(git rev-parse main)
  cd ../linked
  git chant work --parallel >../out
  has 'Summary: 1 completed, 0 failed' ../out
  same "$(git show side:a.txt)" "$WORKTREES/chant-a"
  same "$(cat a.txt)" "$WORKTREES/chant-a"
  same "$(git rev-parse main)" "$main"
  same "$(git status --porcelain)" ''
  git chant list --all >../out
  has '● a' ../out
  git -C ../repo chant list >../out
  lacks '●' ../out
  same "$(git -C ../repo status --porcelain)" ''
  same "$(git worktree list | wc -l)" 2
}

# A target that is configured is landed on from anywhere.
elsewhere() {
  somewhere
  git add .chant
  git commit -qm 'add a'
  git config chant.target main
  git checkout -qb side
  side=$(git rev-parse side)
  git chant work --parallel >../out
  same "$(git rev-parse side)" "$side"
  same "$(git show main:a.txt)" "$WORKTREES/chant-a"
  same "$(state a)" completed
  same "$(git status --porcelain)" ''
}

environment() {
  somewhere
  git init -q ../other
  git -C ../other commit -q --allow-empty -m other
  other=$(git -C ../other rev-parse HEAD)
  GIT_DIR=$PWD/../other/.git GIT_WORK_TREE=$PWD/../other GIT_INDEX_FILE=$PWD/../other/index \
    GIT_OBJECT_DIRECTORY=$PWD/../other/.git/objects GIT_NAMESPACE=other \
    git-chant work --parallel >../out
  same "$(git show main:a.txt)" "$WORKTREES/chant-a"
  same "$(git -C ../other rev-parse HEAD)" "$other"
  same "$(git -C ../other status --porcelain)" ''
  git -c core.bare=true -c core.worktree=/nowhere chant list --all >../out
  has '● a' ../out
  git --git-dir=../other/.git chant list --all | diff ../out -
}

inside() {
  somewhere
  cd .git
  must_fail 128 git chant list 2>../../err
  same "$(cat ../../err)" 'error: this is inside a git directory, not in a checkout'
}

check '-C, also repeated, also of git' directory
check 'from a subdirectory' below
check 'from a linked worktree: its branch is the target' linked
check 'with a configured target: from another branch' elsewhere
check 'other repositories in the environment and in options of git' environment
check 'inside the git directory: one clear line' inside
finish
