#!/bin/sh
# A landing by `git chant work` and an undo, killed after each change of state: the next command
# leaves all of it or nothing, and the same again comes to the end.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# Two sealed branches; a worktree of ours still has one of them, with something uncommitted.
template() {
  agent main "$AGENTS/planned"
  repo
  for id in a b; do plain_spec "$id" && plan "$id" "echo work of $id >$id.txt"; done
  echo mine >mine.txt
  git add .
  git commit -qm specs
  git chant work --parallel --no-land a b
  git worktree add -q "$WORKTREES/chant-a" spec/a
  mkdir -p .git/worktrees/chant-a/chant
  echo a >.git/worktrees/chant-a/chant/spec
  echo 'loose end' >"$WORKTREES/chant-a/loose.txt"
  echo more >>mine.txt
  git chant list >/dev/null
}

save() { rm -rf "$HOME/saved" && mkdir "$HOME/saved" && cp -R . "$HOME/saved/repo" && cp -R "$WORKTREES" "$HOME/saved/worktrees"; }
restore() {
  cd ..
  rm -rf repo "$WORKTREES"
  cp -R "$HOME/saved/repo" repo
  cp -R "$HOME/saved/worktrees" "$WORKTREES"
  cd repo
}

# What counts: target, branches, states, checkout. Leftovers may have been saved already.
everything() {
  git chant list --all --porcelain 2>/dev/null
  git for-each-ref --format='%(objecttype) %(refname)' refs/heads
  git ls-tree -r main
  git status --porcelain
  cat ./*.txt
}

# kill_at_each COMMAND...: "before" or "after" once it was killed, "after" when it ran again.
kill_at_each() {
  save
  everything >"$HOME/before"
  "$@"
  everything >"$HOME/after"
  cmp -s "$HOME/before" "$HOME/after" && return 1
  point=0
  while :; do
    point=$((point + 1))
    restore
    code=0
    CHANT_KILL_AT=$point "$@" >"$HOME/killed" 2>&1 || code=$?
    [ "$code" -ne 0 ] || break
    same "$code" 137
    everything >"$HOME/now"
    sound
    kept 'loose end'
    cmp -s "$HOME/after" "$HOME/now" && continue
    diff "$HOME/before" "$HOME/now" || { tail -n 1 "$HOME/killed"; return 1; }
    "$@"
    everything | diff "$HOME/after" -
    sound
  done
  [ "$point" -gt "$least" ]
}

# kept TEXT: some commit has it, or the worktree still.
kept() {
  # shellcheck disable=SC2046 # one word for each commit
  grep -qs "$1" "$WORKTREES/chant-a/loose.txt" || git grep -qF "$1" $(git rev-list --all)
}

undone() { git-chant undo; }
landed() { git-chant work a; }

landing() {
  template
  least=7
  kill_at_each landed
}

undo_and_redo() {
  template
  git chant work a b
  mkdir -p "$WORKTREES/chant-a"
  echo 'loose end' >"$WORKTREES/chant-a/loose.txt"
  least=4
  kill_at_each undone
  restore
  git chant undo
  kill_at_each undone
}

check 'a landing by work that is killed lands or does not' landing
check 'an undo, and the undo of it, that are killed are done or are not' undo_and_redo
finish
