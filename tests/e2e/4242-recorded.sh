#!/bin/sh
# Recorded resolutions: what git rerere knows lets a branch land without anybody's help.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/resolving.sh
. "$(dirname "$0")/resolving.sh"

# record: a person resolves the conflict of main and chant/b once, and throws it away.
record() {
  git config rerere.enabled true
  git checkout -q --detach main
  git merge -q chant/b 2>&1 && return 1
  seq 9 | sed 's/^2$/AAA BBB/;s/^8$/EIGHT/' >one.txt
  git commit -qam 'resolve'
  git checkout -q main
}

a_recorded_resolution_is_used() {
  clash
  record
  git chant reconcile >"$HOME/out" 2>&1
  landed_whole
  same "$(git log -1 --format=%s main)" 'Merge chant/b: Do b'
}

with_every_strategy() {
  for strategy in rebase squash; do
    clash
    record
    git chant reconcile --strategy "$strategy" >"$HOME/out" 2>&1
    landed_whole
    same "$(git log --merges --oneline base..main 2>/dev/null | grep -c 'chant/b')" 0
    cd ..
    rm -rf repo
  done
}

an_unknown_conflict_is_not_noted() {
  clash
  record
  git checkout -q chant/b
  echo d >c.txt
  git add c.txt
  git commit -qm 'another conflict'
  git checkout -q main
  find .git/rr-cache | sort >"$HOME/before"
  must_fail 1 git chant reconcile >"$HOME/out" 2>&1
  is_state b needs_attention
  find .git/rr-cache | sort >"$HOME/after"
  cmp "$HOME/before" "$HOME/after"
  same "$(git worktree list | wc -l | tr -d ' ')" 1
  same "$(git status --porcelain)" ''
}

a_dry_run_leaves_nothing() {
  clash
  record
  refs_now >"$HOME/before"
  git chant reconcile --dry-run >"$HOME/out" 2>&1
  refs_now >"$HOME/after"
  cmp "$HOME/before" "$HOME/after"
  same "$(git worktree list | wc -l | tr -d ' ')" 1
}

who_does_not_want_it_is_asked() {
  clash
  record
  git config rerere.enabled false
  must_fail 1 git chant reconcile >"$HOME/out" 2>&1
  is_state b needs_attention
}

what_an_agent_resolved_is_recorded() {
  clash
  agent_does 'both; end'
  git config rerere.enabled true
  git branch again chant/b
  resolve
  git chant undo >"$HOME/out"
  git update-ref refs/heads/chant/b again
  git branch -q -D again
  git chant reconcile >"$HOME/out" 2>&1
  landed_whole
}

check 'a conflict whose resolution is recorded lands' a_recorded_resolution_is_used
check 'by every strategy' with_every_strategy
check 'a conflict that is not recorded is parked, and not noted' an_unknown_conflict_is_not_noted
check 'a dry run leaves no trace' a_dry_run_leaves_nothing
check 'rerere.enabled=false is respected' who_does_not_want_it_is_asked
check 'where git records, what an agent resolved is known the next time' \
  what_an_agent_resolved_is_recorded
finish
