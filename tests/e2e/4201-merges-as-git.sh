#!/bin/sh
# What reconcile merges is what `git merge` in a checkout merges, branch by branch: drivers,
# attributes, renames, submodules, modes, line ends; also when the target is checked out nowhere.
# shellcheck source=tests/e2e/lib.sh
. "$CHANT_SOURCE/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$CHANT_SOURCE/tests/e2e/reconciling.sh"

# The files of main, without those of specs.
content() { git -C "$1" ls-tree -r main | grep -v '	\.chant/'; }

# as_git ID...: reconciles in two copies of the repository, one of them with main checked out
# nowhere, and merges the branches with git in a third; what git cannot merge must be parked.
as_git() {
  cd ..
  for copy in git away; do cp -R repo "$copy"; done
  parked=''
  for id; do
    git -C git merge -q --no-ff --no-edit "chant/$id" >merge 2>&1 && continue
    git -C git reset -q --hard
    git -C git clean -qfd
    parked="$parked $id"
  done
  git -C away checkout -q -b elsewhere
  for copy in repo away; do
    code=0
    git -C "$copy" chant reconcile --order id --onto main >out 2>&1 || code=$?
    same "$code" "$([ -z "$parked" ] && echo 0 || echo 1)" || { cat out; return 1; }
    content git >wanted
    content "$copy" | diff wanted - || { cat out; return 1; }
    same "$(git -C "$copy" for-each-ref --format='%(refname)' refs/chant/parked | sed 's,.*/, ,' |
      tr -d '\n')" "$parked"
    (cd "$copy" && sound)
    same "$(git -C "$copy" worktree list | wc -l | tr -d ' ')" "$((1 + scratch))"
  done
}
scratch=0

union() {
  base deep/er/log
  echo 'log merge=union' >deep/er/.gitattributes
  git add .
  git commit -qm attributes
  waiting a 'echo A >>deep/er/log'
  waiting b 'echo B >>deep/er/log'
  as_git a b
  git -C repo show main:deep/er/log | grep -qx A
}
check 'merge=union, by attributes in a directory' union

driver() {
  base x.list one.txt
  mkdir -p "$HOME/bin"
  printf '#!/bin/sh\necho noise; cat; sort -u "$2" "$3" >"$2.new" && mv "$2.new" "$2"\n' \
    >"$HOME/bin/sorted"
  chmod +x "$HOME/bin/sorted"
  git config merge.sorted.driver "$HOME/bin/sorted %O %A %B"
  echo '*.list merge=sorted' >.gitattributes
  git add .
  git commit -qm attributes
  waiting a 'line x.list 5 A; line one.txt 5 A'
  waiting b 'line x.list 5 B'
  waiting c 'line x.list 5 C; line one.txt 5 C'
  as_git a b c
  same "$parked" ' c'
}
check 'a merge driver that also talks and listens' driver

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

line_ends() {
  base one.txt
  printf '1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n' >one.txt
  git commit -qam 'with CR'
  git config merge.renormalize "$1"
  fork=$(git rev-parse main)
  waiting b 'printf "1\r\n2\r\n3\r\n4\r\n5\r\nB\r\n7\r\n" >one.txt'
  echo '* text=auto' >.gitattributes
  printf '1\nA\n3\n4\n5\n6\n7\n' >one.txt
  git add .
  git commit -qm 'without CR'
  as_git b
}
renormalized() { line_ends true; same "$parked" ''; }
not_renormalized() { line_ends false; same "$parked" ' b'; }
check 'line ends are the same with merge.renormalize' renormalized
check 'line ends conflict without it' not_renormalized

attributes_on_the_way() {
  base log
  waiting a 'echo "log merge=union" >.gitattributes; echo A >>log'
  waiting b 'echo B >>log'
  as_git a b
}
check 'attributes that a branch brings hold for the next one' attributes_on_the_way

finish
