#!/bin/sh
# `git chant undo` moves everything or nothing, and says what is in the way.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

landed() {
  base one.txt two.txt
  waiting a 'line one.txt 2 A; echo a >a.txt'
  waiting b 'line two.txt 2 B'
  git chant reconcile
  before=$(git rev-parse main)
}

everything() {
  refs_now
  git status --porcelain
  git ls-files -s
  cat ./*.txt
}

# refused TEXT...: nothing moved, and this was said.
refused() {
  everything >"$HOME/before"
  must_fail "${refused_code:-1}" git chant undo >"$HOME/out" 2>"$HOME/said"
  everything | diff "$HOME/before" -
  for text; do has "$text" "$HOME/said"; done
  sound
}

committed_on_top() {
  landed
  echo more >>start.txt
  git commit -qam more
  refused "  main was left at $(git rev-parse "$before" | cut -c 1-10), and is at " \
    "cannot undo 'land 2 specs on main': 1 ref moved since"
  git reset -q --hard "$before"
  git chant undo
  is_state a ready
}

branch_made_again() {
  landed
  git branch chant/a main
  git update-ref refs/chant/spec/b/tip main~1
  refused '  chant/a was left gone, and is at ' '  refs/chant/spec/b/tip was left at ' '2 refs moved'
}

in_the_way() {
  landed
  echo mine >>one.txt
  refused 'uncommitted changes are in the way in' "'one.txt'"
  git checkout -q one.txt
  echo mine >>a.txt
  git add a.txt
  refused "'a.txt'"
}

in_progress() {
  landed
  git checkout -qb side main~1
  echo side >side.txt
  git add side.txt
  git commit -qm side
  git checkout -q main
  git merge -q --no-commit --no-ff side
  refused_code=128
  refused 'a merge is in progress in' 'git merge --abort'
}

# A revert is another commit: it is the revert that is on top.
reverted() {
  landed
  git revert --no-edit -m 1 HEAD >/dev/null
  refused 'main was left at '
}

nothing_there() {
  repo
  refused 'there is nothing to undo'
  same "$(git chant ops)" ''
  printf '{\n  "version": 1,\n  "operations": []\n}\n' >../wanted
  git chant ops --json | diff ../wanted -
}

by_name() {
  landed
  first=$(git chant ops | cut -d ' ' -f 1)
  waiting c 'line one.txt 8 C'
  git chant reconcile
  must_fail 1 git chant undo "$first" 2>"$HOME/said"
  has "cannot undo 'land 2 specs on main'" "$HOME/said"
  must_fail 129 git chant undo 00000000000 2>"$HOME/said"
  has "there is no operation '00000000000'" "$HOME/said"
  git chant ops --json >"$HOME/json"
  valid_json "$HOME/json"
  same "$(grep -c '"kind": "reconcile"' "$HOME/json")" 2
  git chant undo "$(git chant ops -n 1 | cut -c 1-8)"
  is_state c ready
  is_state a completed
  git chant undo "$(git chant ops -n 1 | cut -c 1-8)"
  is_state c completed
}

check 'not after a commit on top, which is named' committed_on_top
check 'not when a branch is there again' branch_made_again
check 'not over uncommitted changes' in_the_way
check 'not under a merge in progress' in_progress
check 'not after a revert' reverted
check 'nothing to undo' nothing_there
check 'an operation is named by the beginning of its id' by_name
finish
