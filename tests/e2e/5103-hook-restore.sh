# git chant hooks install and uninstall: what is in the way, odd files, and what somebody changed.
# shellcheck disable=SC2016,SC2164 # inner shells expand it; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

odd_hooks() {
  scene
  command -v cc >/dev/null || skip 'no C compiler'
  cat >../hook.c <<C
#include <stdio.h>
int main(int count, char **words) {
  FILE *file = fopen("$HOME/said", "a");
  fprintf(file, "binary %d\n", count);
  return 0;
}
C
  cc -o .git/hooks/post-merge ../hook.c
  theirs ../shared
  ln -s ../../../shared .git/hooks/post-commit
  ln -s /nowhere .git/hooks/post-rewrite
  printf '#!/bin/sh\necho never >>"%s"\nexit 1\n' "$HOME/said" >.git/hooks/pre-commit
  printf '[user]\n\tname = Somebody' >>.git/config
  fingerprint >../before
  own hooks install
  recorder
  git commit -q --allow-empty -m one
  git commit -q --allow-empty --amend -m two
  git checkout -q -b side HEAD~1
  git merge -q main
  same "$(grep -c '^binary 2$' "$HOME/said")" 1
  has 'theirs post-commit' "$HOME/said"
  lacks never "$HOME/said"
  own_chant
  is_back own hooks uninstall
}

refused() {
  scene
  theirs .git/hooks/post-merge
  echo precious >.git/hooks/post-merge.pre-chant
  fingerprint >../before
  must_fail 128 own hooks install 2>../err
  has "'$PWD/.git/hooks/post-merge.pre-chant' is in the way" ../err
  is_back :
  rm .git/hooks/post-merge.pre-chant
  fingerprint >../before
  own hooks install
  echo 'echo mine' >>.git/hooks/post-merge
  git config merge.chant-spec.driver mine
  must_fail 1 own hooks uninstall 2>../err
  has "'$PWD/.git/hooks/post-merge' was changed since" ../err
  has "'merge.chant-spec.driver' in git's configuration was changed since" ../err
  has 'echo mine' .git/hooks/post-merge
  [ ! -e .git/hooks/post-commit ]
  [ -x .git/hooks/post-merge.pre-chant ]
  mv .git/hooks/post-merge.pre-chant .git/hooks/post-merge
  git config --remove-section merge.chant-spec
  is_back own hooks uninstall
}

# An installation that was killed between any two steps is undone all the same.
half_way() {
  scene
  theirs .git/hooks/post-merge
  theirs .git/hooks/post-commit
  theirs .git/hooks/pre-commit
  fingerprint >../before
  own hooks install
  rm .git/hooks/post-merge .git/hooks/post-checkout .git/info/attributes
  mv .git/hooks/post-commit.pre-chant .git/hooks/post-commit
  git config --unset merge.chant-spec.driver
  cp -R . ../copy
  is_back own hooks uninstall
  # Or finished by the next one.
  cd ../copy
  own hooks install
  own hooks status
  is_back own hooks uninstall
}

bare_git_directory() {
  scene
  rm -rf .git/hooks .git/info
  fingerprint >../before
  own hooks install
  [ -x .git/hooks/post-merge ]
  is_back own hooks uninstall
}

check 'binaries, links, dangling links and disabled hooks stay what they were' odd_hooks
check 'nothing of somebody else is overwritten' refused
check 'an installation that was killed is finished or undone' half_way
check 'directories that are not there are made, and removed' bare_git_directory
finish
