#!/bin/sh
# reconcile --resolve that is killed after each change of state: the next one comes to the same end.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/resolving.sh
. "$(dirname "$0")/resolving.sh"

# The agent also ends when whoever started it is gone, and its supervisor ends it soon.
agent_over() {
  until git chant list --porcelain >"$HOME/list" && lacks in_progress "$HOME/list" >"$HOME/null"; do
    :
  done
}

killed_at_each() {
  git config --global chant.reconcile.gate 'test -f one.txt'
  clash
  agent_does 'both; end'
  resolve
  landed_whole_but_for_gates
  stride=7
  [ -z "${CHANT_NIGHTLY:-}" ] || stride=1
  [ -z "${CHANT_TEST_SAMPLE:-}${CHANT_TEST_HOOK_ENV:-}" ] || stride=21
  point=$((1 - stride))
  while :; do
    point=$((point + stride))
    cd ..
    rm -rf repo "$WORKTREES"
    clash
    code=0
    CHANT_KILL_AT=$point git-chant reconcile --resolve >"$HOME/killed" 2>&1 || code=$?
    [ "$code" -ne 0 ] || break
    same "$code" 137
    agent_over
    git chant reconcile --continue --resolve >"$HOME/continued" 2>&1 || {
      cat "$HOME/killed" "$HOME/continued"
      return 1
    }
    landed_whole_but_for_gates || { cat "$HOME/killed" "$HOME/continued"; return 1; }
  done
  [ "$point" -gt 30 ]
}
landed_whole_but_for_gates() {
  is_state b completed
  same "$(sed -n 2p one.txt)" 'AAA BBB'
  same "$(git for-each-ref refs/heads refs/chant/queue refs/chant/parked --format='%(refname)')" \
    refs/heads/main
  same "$(git worktree list | grep -cv chant-gate-)" 1
  same "$(git status --porcelain)" ''
  sound
}

check 'killed anywhere, it is resolved and lands the next time' killed_at_each
finish
