#!/bin/sh
# What reconcile merges is what `git merge` in a checkout merges, branch by branch: renames,
# submodules and modes; also when the target is checked out nowhere.
# shellcheck source=tests/e2e/lib.sh
. "$CHANT_SOURCE/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$CHANT_SOURCE/tests/e2e/reconciling.sh"

renames() {
  base d/one.txt d/two.txt e/three.txt four.txt
  waiting a 'git mv d/one.txt one.txt; git mv e f'
  waiting b 'line d/one.txt 5 B; line four.txt 5 B'
  waiting c 'git rm -q e/three.txt'
  waiting d 'git mv four.txt 4.txt'
  as_git a b c d
  same "$parked" ' c'
  git -C repo show main:one.txt | grep -qx B
}
check 'renames on one side' renames

renamed_directories() {
  base d/one.txt d/two.txt d/three.txt
  waiting a 'git mv d e'
  waiting b 'echo new >d/new.txt'
  waiting c 'line d/one.txt 5 C'
  [ "$1" = default ] || git config merge.directoryRenames "$1"
  as_git a b c
}
suggested() { renamed_directories default; same "$parked" ' b'; }
applied() { renamed_directories true; git -C repo cat-file -e main:e/new.txt; }
ignored() { renamed_directories false; git -C repo cat-file -e main:d/new.txt; }
check 'a renamed directory is a conflict' suggested
check 'a renamed directory takes new files along when it is so configured' applied
check 'a renamed directory does not when it is so configured' ignored

submodules() {
  base one.txt
  (cd .. && git init -q module && cd module && for n in 1 2 3 4; do
    echo "$n" >file && git add . && git commit -qm "$n" && git tag "n$n"
  done)
  git -c protocol.file.allow=always submodule --quiet add "$PWD/../module" deep/module
  git -C deep/module checkout -q n1
  git add .
  git commit -qm submodule
  waiting a 'git -C deep/module checkout -q n2'
  waiting b 'git -C deep/module checkout -q n3'
  git -C ../module checkout -q -b other n1
  git -C ../module commit -q --allow-empty -m other
  git -C deep/module fetch -q "$PWD/../module" other:other
  git -C deep/module checkout -q n1
  waiting c 'git -C deep/module checkout -q other'
  git -C deep/module checkout -q n1
  as_git a b c
  same "$parked" ' c'
  same "$(git -C away rev-parse main:deep/module)" "$(git -C module rev-parse n3)"
}
check 'a submodule is fast-forwarded, or a conflict' submodules

modes() {
  base one.txt two.txt three.txt
  waiting a 'chmod +x one.txt; chmod +x two.txt'
  waiting b 'line one.txt 5 B; rm three.txt; ln -s one.txt three.txt'
  waiting c 'line three.txt 5 C'
  as_git a b c
  same "$parked" ' c'
  git -C repo ls-tree main one.txt | grep -q '^100755'
}
check 'file modes and links' modes

finish
