#!/bin/sh
# A person takes over where an agent has left off; agents that are interrupted.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/resolving.sh
. "$(dirname "$0")/resolving.sh"

# An agent has tried and failed.
left_by_agent() {
  clash
  agent_does 'exit 3'
  must_fail 1 resolve
  has 'git chant reconcile --continue' "$HOME/out"
  place=$(scratch)
  [ -d "$place" ]
}
by_hand() { seq 9 | sed 's/^2$/AAA BBB/;s/^8$/EIGHT/' >"$place/one.txt"; }

resolved_and_committed() {
  left_by_agent
  by_hand
  git -C "$place" commit -qam 'resolved by hand'
  git chant reconcile --continue >"$HOME/out" 2>&1
  has "took the resolution of b" "$HOME/out"
  landed_whole
  [ ! -e "$place" ]
}

resolved_and_added() {
  left_by_agent
  by_hand
  echo left >"$place/one.txt.orig"
  git -C "$place" add one.txt
  git chant reconcile --continue >"$HOME/out" 2>&1
  landed_whole
  kept left
}

not_resolved_yet() {
  left_by_agent
  must_fail 1 git chant reconcile --continue >"$HOME/out" 2>&1
  has "'one.txt' is still in conflict" "$HOME/out"
  has "$place" "$HOME/out"
  git -C "$place" add one.txt
  must_fail 1 git chant reconcile --continue >"$HOME/out" 2>&1
  has "a conflict marker is left in 'one.txt'" "$HOME/out"
  is_state b needs_attention
  same "$(branch_at chant/b)" "$before"
  by_hand
  git -C "$place" add one.txt
  git chant reconcile --continue >"$HOME/out" 2>&1
  landed_whole
}

a_person_may_decide_for_the_branch() {
  left_by_agent
  seq 9 | sed 's/^2$/BBB/;s/^8$/EIGHT/' >"$place/one.txt"
  git -C "$place" add one.txt
  git chant reconcile --continue >"$HOME/out" 2>&1
  is_state b completed
  same "$(sed -n 2p one.txt)" BBB
}

another_agent_begins_anew() {
  left_by_agent
  echo 'half done' >"$place/one.txt"
  agent_does 'both; end'
  resolve
  landed_whole
  kept 'half done'
}

a_branch_that_went_on_is_taken_as_it_is() {
  left_by_agent
  git checkout -q chant/b
  git merge -q main 2>&1 && return 1
  seq 9 | sed 's/^2$/AAA BBB/;s/^8$/EIGHT/' >one.txt
  git commit -qam 'resolved on the branch'
  git checkout -q main
  git chant reconcile --continue >"$HOME/out" 2>&1
  landed_whole
  [ ! -e "$place" ]
}

dropped_with_the_spec() {
  left_by_agent
  git update-ref refs/chant/spec/b/base "$(git merge-base main chant/b)"
  git chant reset b >"$HOME/out"
  has "$place" "$HOME/out"
  [ ! -e "$place" ]
  is_state b ready
}

interrupted() {
  clash
  gate begun
  # shellcheck disable=SC2016 # the agent expands it
  agent_does 'echo begun >"$HOME/begun"; sleep 60'
  git-chant reconcile --resolve >"$HOME/out" 2>&1 &
  run=$!
  heard "$HOME/begun"
  kill -INT "$run"
  code=0
  wait "$run" || code=$?
  same "$code" 130
  is_state b needs_attention
  same "$(attempt b exit_class)" killed
  agent_does 'both; end'
  git chant reconcile --continue --resolve >"$HOME/out" 2>&1
  landed_whole
}

check 'what a person resolved and committed lands' resolved_and_committed
check 'what a person resolved and added is committed and lands' resolved_and_added
check 'what is not resolved yet is said, and where' not_resolved_yet
check "a person may take the branch's side" a_person_may_decide_for_the_branch
check 'the next agent begins anew, what was there is kept' another_agent_begins_anew
check 'a resolution on the branch makes the worktree needless' a_branch_that_went_on_is_taken_as_it_is
check 'reset takes the worktree away' dropped_with_the_spec
check 'an interrupted agent is ended, and it can go on' interrupted
finish
