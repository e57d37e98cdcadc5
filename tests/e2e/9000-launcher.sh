#!/bin/sh
# The launcher builds when it must, and only then.
set -u
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/support/checkout.sh
. "$root/tests/support/checkout.sh"

first_start_builds_and_passes_arguments() {
  make_checkout
  [ "$(GIT_DIR=/nowhere ./git-chant list 'a b')" = 'ran [list a b]' ] && [ "$(calls)" -eq 2 ]
}

second_start_does_not_build() {
  make_checkout
  ./git-chant one && ./git-chant two && [ "$(calls)" -eq 2 ]
}

changed_source_builds_again() {
  make_checkout
  ./git-chant one && touch -t 203501010000 src/main.cpp && ./git-chant two && [ "$(calls)" -eq 4 ]
}

works_through_a_link_and_as_git_chant() {
  make_checkout
  ln -s "$work/checkout/git-chant" "$work/bin/git-linked"
  [ "$(git linked x)" = 'ran [x]' ] && [ "$(PATH=$work/checkout:$PATH git chant y)" = 'ran [y]' ]
}

concurrent_first_starts_all_run() {
  make_checkout
  for n in 1 2 3 4; do ./git-chant "$n" >"$work/started.$n" & done
  wait
  cat "$work"/started.* >"$work/started"
  [ "$(sort "$work/started" | tr -d '\n')" = 'ran [1]ran [2]ran [3]ran [4]' ]
}

failed_build_shows_everything() {
  make_checkout
  : >src/broken.cpp
  ./git-chant x >"$work/out" 2>"$work/err"
  [ $? -eq 128 ] && [ ! -s "$work/out" ] && grep -q 'broken.cpp: error' "$work/err" || return 1
  rm src/broken.cpp
  [ "$(./git-chant x)" = 'ran [x]' ]
}

ok 'the first start builds, and passes arguments on' first_start_builds_and_passes_arguments
ok 'the second start does not build' second_start_does_not_build
ok 'a changed source is built' changed_source_builds_again
ok 'the launcher works through a link and as git chant' works_through_a_link_and_as_git_chant
ok 'first starts at the same time all run' concurrent_first_starts_all_run
ok 'a failed build shows all, exits 128 and is repeated' failed_build_shows_everything
finish
