#!/bin/sh
# Landing by merge, rebase and squash: what the history is then, and that nothing more is written.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

by_merge() {
  two_waiting
  git chant reconcile >"$HOME/out"
  brought | grep -v finalize >"$HOME/subjects"
  printf '%s\n' 'chant(a): first' 'chant(a): do it' 'Merge chant/a: Do a' \
    'chant(b): do it' 'Merge chant/b: Do b' >"$HOME/wanted"
  sort "$HOME/wanted" >"$HOME/wanted.sorted"
  sort "$HOME/subjects" | diff "$HOME/wanted.sorted" -
  same "$(git log --first-parent --format=%s base..main | grep -c '^Merge chant/')" 2
  same "$(git log -1 --format='%(trailers:key=Chant-Spec,valueonly)' main^)" "$(printf 'a\n')"
  recorded a 2
  recorded b 1
  settled a b
}

by_rebase() {
  two_waiting
  echo more >more.txt
  git add more.txt
  git commit -qm meanwhile
  git tag -f base >"$HOME/null"
  git chant reconcile --strategy rebase >"$HOME/out"
  same "$(git rev-list --merges --count base..main)" 0
  brought >"$HOME/subjects"
  printf '%s\n' 'chant(a): first' 'chant(a): do it' 'chant(a): finalize' 'chant(b): do it' \
    'chant(b): finalize' | diff - "$HOME/subjects"
  brought '%an %aI %s' | head -n 2 >"$HOME/authors"
  printf '%s\n' 'Some Body 2025-05-05T05:05:05+05:00 chant(a): first' \
    'Some Body 2025-05-05T05:05:05+05:00 chant(a): do it' | diff - "$HOME/authors"
  recorded a 2
  recorded b 1
  settled a b
}

by_squash() {
  two_waiting
  git chant reconcile --strategy squash >"$HOME/out"
  brought >"$HOME/subjects"
  printf '%s\n' 'Do a' 'Do b' 'chant: finalize 2 specs' | diff - "$HOME/subjects"
  same "$(git log -1 --format='%an %aI %cn' main~2)" \
    'Some Body 2025-05-05T05:05:05+05:00 Test User'
  git log -1 --format=%B main~2 >"$HOME/message"
  has '* chant(a): first' "$HOME/message"
  has 'Chant-Spec: a' "$HOME/message"
  recorded a 1
  recorded b 1
  same "$(git show -s --format=%h --abbrev=10 main~2)" "$(git show main:.chant/specs/a.md |
    grep -o '[0-9a-f]\{10\}')"
  settled a b
}

each_on_its_own() {
  for strategy in merge rebase squash; do
    (
      mkdir "$strategy"
      cd "$strategy" || exit
      two_waiting
      git chant reconcile --strategy "$strategy" --land each >"$HOME/out"
      recorded b 1
      settled a b
      git ls-tree -r main -- one.txt two.txt >"$HOME/tree-$strategy"
    )
  done
  cmp "$HOME/tree-merge" "$HOME/tree-rebase"
  cmp "$HOME/tree-merge" "$HOME/tree-squash"
}

check 'by merge: a merge for each branch' by_merge
check 'by rebase: linear, with authors and dates, and new seals' by_rebase
check 'by squash: a commit for each spec and one record' by_squash
check 'landed each on its own it is the same' each_on_its_own
finish
