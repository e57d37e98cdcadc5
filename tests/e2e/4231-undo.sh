#!/bin/sh
# `git chant undo` takes a landing back as a whole, whatever way it landed, and undoing that lands it
# again: the same target, branches, kept refs, states and checkouts as before.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# What is to be as before: all refs but the log itself, states, and the checkout.
everything() {
  git chant list --all --porcelain
  refs_now | grep -v ' refs/chant/ops$'
  git status --porcelain
  git ls-files -s
  cat ./*.txt
}

# takes_back NUMBER: the landing of so many specs, four times in turn, with uncommitted work around.
takes_back() {
  has "land $1 specs on main" "$HOME/ops"
  everything >"$HOME/landed"
  for turn in undo redo; do
    git chant undo >"$HOME/undone"
    has 'took back' "$HOME/undone"
    everything >"$HOME/back"
    diff "$HOME/before" "$HOME/back"
    git chant status >/dev/null 2>"$HOME/said"
    same "$(cat "$HOME/said")" ''
    git chant undo >"$HOME/undone"
    everything >"$HOME/again"
    diff "$HOME/landed" "$HOME/again"
    git chant ops >"$HOME/ops"
    has "  $turn: land $1 specs on main" "$HOME/ops"
  done
  same "$(git chant ops | grep -c 'taken back')" 2
  sound
}

mine() {
  echo mine >>start.txt
  git add start.txt
  echo more >>start.txt
  echo free >free.txt
  git chant list --all >/dev/null
}

after_reconcile() {
  base one.txt two.txt
  waiting a 'line one.txt 2 A; echo a >a.txt'
  FROM=chant/a waiting b 'line two.txt 2 B; git rm -q a.txt' 'depends_on: [a]'
  waiting c 'line two.txt 8 C' 'criteria: ignore'
  mine
  everything >"$HOME/before"
  git chant reconcile --strategy "$row" --land "${row_land:-group}" a b c
  git chant ops >"$HOME/ops"
  takes_back 3
}
group() { row_land=group row=$1 && after_reconcile; }
by_merge() { group merge; }
by_rebase() { group rebase; }
by_squash() { group squash; }
one_by_one() { row_land=each row=merge && after_reconcile; }

# Branches that agents sealed: their seals are kept refs already.
after_work() {
  agent main "$AGENTS/planned"
  repo
  for id in a b; do plain_spec "$id" && plan "$id" "echo work of $id >$id.txt"; done
  git add .
  git commit -qm specs
  mine
  git chant work --parallel --no-land
  everything >"$HOME/before"
  git chant work --parallel
  git chant ops >"$HOME/ops"
  takes_back 2
}

kept_branches() {
  base one.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line one.txt 8 B'
  mine
  everything >"$HOME/before"
  git chant reconcile --keep-branches
  git chant ops >"$HOME/ops"
  same "$(git for-each-ref --format='%(refname)' refs/heads/chant | wc -l)" 2
  takes_back 2
}

elsewhere() {
  base one.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line one.txt 8 B'
  git checkout -qb side
  git worktree add -q ../linked main
  git config chant.target main
  mine
  everything >"$HOME/before"
  git chant reconcile
  same "$(sed -n 2p ../linked/one.txt)" A
  git chant ops >"$HOME/ops"
  takes_back 2
  same "$(sed -n 2p ../linked/one.txt)" A
  git chant undo
  same "$(sed -n 2p ../linked/one.txt)" 2
  same "$(git -C ../linked status --porcelain)" ''
}

# What was taken back is worked on, lands, and can be taken back itself.
goes_on() {
  base one.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line one.txt 8 B'
  git chant reconcile
  git chant undo
  git chant reconcile a
  is_state a completed
  is_state b ready
  same "$(git chant ops -n 1 | sed 's/^[^ ]*  [^ ]*  //')" 'land 1 spec on main'
  git chant undo
  is_state a ready
  git chant reconcile
  is_state a completed
  is_state b completed
  sound
}

check 'a merge is taken back and lands again' by_merge
check 'a rebase is taken back and lands again' by_rebase
check 'a squash is taken back and lands again' by_squash
check 'landings one by one are one operation' one_by_one
check 'what work landed is taken back and lands again' after_work
check 'branches that were kept stay' kept_branches
check 'a target that is checked out elsewhere goes back there' elsewhere
check 'what was taken back can land in another way' goes_on
finish
