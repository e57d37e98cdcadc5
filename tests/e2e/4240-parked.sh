#!/bin/sh
# Parked work: what is said of it, where, and when it is parked no more.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# a lands, b does not fit on it; the packet of b is in $HOME/show and $HOME/json.
clash() {
  base one.txt
  waiting a 'line one.txt 2 AAA'
  waiting b 'line one.txt 2 BBB; echo b >b.txt'
  must_fail 1 git chant reconcile >"$HOME/out"
  git chant show b >"$HOME/show"
  git chant show --json b >"$HOME/json"
  is_state b needs_attention
}
parked_ref() { git rev-parse -q --verify refs/chant/parked/b || :; }

all_is_told() {
  clash
  has "conflicts with spec 'a' in 'one.txt'" "$HOME/out"
  has 'git chant reconcile --resolve b' "$HOME/out"
  for text in "conflicts with spec 'a' in 'one.txt'" 'one.txt (contents)' 'commits of main' \
    'commits of chant/b' 'chant(a): do it (spec a)' 'first two that conflict' '<<<<<<<' AAA BBB \
    'git chant reconcile --resolve b'; do
    has "$text" "$HOME/show"
  done
  valid_json "$HOME/json"
  for text in '"kind": "conflict"' '"path": "one.txt"' '"kind": "contents"' '"first_pair": [' \
    '"spec": "a"' '"next": "git chant reconcile --resolve b"' 'AAA' 'BBB'; do
    has "$text" "$HOME/json"
  done
  git chant status >"$HOME/status"
  has 'git chant reconcile --resolve b' "$HOME/status"
  git chant list >"$HOME/list"
  has 'git chant reconcile --resolve b' "$HOME/list"
  git chant list --json >"$HOME/list"
  valid_json "$HOME/list"
  git chant reconcile --status >"$HOME/status"
  has 'parked: b (conflict)' "$HOME/status"
}

nothing_reaches_the_terminal() {
  base one.txt
  # shellcheck disable=SC2016 # evaluated there
  waiting a 'line one.txt 2 A; git commit -qam "$(printf "red \033[31m and \a\n\nChant-Spec: a")"'
  waiting b 'printf "1\n\033]0;title\a\033[2J\302\233\nrest\n" >one.txt; line one.txt 3 x'
  must_fail 1 git chant reconcile >"$HOME/out" 2>&1
  git chant show b >"$HOME/show"
  clean "$HOME/out"
  clean "$HOME/show"
  git chant show --json b >"$HOME/json"
  valid_json "$HOME/json"
  clean "$HOME/json"
}

dependents_wait() {
  base one.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line one.txt 2 B'
  FROM=chant/b waiting c 'echo c >c.txt' 'depends_on: [b]'
  waiting d 'echo d >d.txt'
  git chant reconcile a
  must_fail 1 git chant reconcile >"$HOME/out"
  is_state a completed
  is_state d completed
  is_state c needs_attention
  has "needs 'b'" "$HOME/out"
  git chant show c >"$HOME/show"
  has 'git chant show b' "$HOME/show"
  [ ! -e c.txt ]
  # When b is resolved, both land.
  git checkout -q chant/b
  git merge -q main 2>&1 && return 1
  line one.txt 2 AB
  sed -i '/^<<<<<<<\|^=======\|^>>>>>>>\|^[AB]$/d' one.txt
  git commit -qam 'resolve'
  git checkout -q main
  git chant reconcile --continue
  is_state b completed
  is_state c completed
  same "$(cat c.txt)" c
}

a_branch_that_moved_is_not_parked() {
  clash
  git chant worktree b >"$HOME/where"
  tree=$(tail -n 1 "$HOME/where")
  git -C "$tree" merge -q main 2>&1 && return 1
  seq 9 | sed 's/^2$/AAA BBB/' >"$tree/one.txt"
  git -C "$tree" commit -qam 'resolve'
  git chant show b >"$HOME/show"
  lacks 'parked:' "$HOME/show"
  git chant reconcile --continue >"$HOME/out"
  is_state b completed
  same "$(sed -n 2p one.txt)" 'AAA BBB'
  same "$(parked_ref)" ''
}

reset_cancel_and_finalize_drop_it() {
  clash
  tip=$(branch_at chant/b)
  git update-ref refs/chant/spec/b/base "$(git merge-base main chant/b)"
  git chant reset b
  is_state b ready
  same "$(parked_ref)" ''
  git update-ref refs/heads/chant/b "$tip"
  git update-ref refs/chant/spec/b/base "$(git merge-base main chant/b)"
  must_fail 1 git chant reconcile
  is_state b needs_attention
  git chant cancel b
  is_state b cancelled
  same "$(parked_ref)" ''
}

a_merge_by_hand_ends_it() {
  clash
  git merge -q chant/b 2>&1 && return 1
  seq 9 | sed 's/^2$/AAA BBB/' >one.txt
  git commit -qam 'merge by hand'
  is_state b completed
  git chant finalize b
  same "$(parked_ref)" ''
  sound
}

a_red_gate_shows_its_log() {
  base one.txt
  waiting a 'echo bad >bad'
  must_fail 1 git chant reconcile --gate 'if test -e bad; then echo this is bad >&2; exit 3; fi' \
    >"$HOME/out"
  has 'git chant show a' "$HOME/out"
  git chant show a >"$HOME/show"
  has 'the gate failed: exit 3' "$HOME/show"
  has '  this is bad' "$HOME/show"
  has 'git chant reconcile a' "$HOME/show"
  git chant show --json a >"$HOME/json"
  valid_json "$HOME/json"
  has '"log_end": "this is bad' "$HOME/json"
}

check 'who looks at parked work finds what is known of it' all_is_told
check 'what is known of it does nothing to a terminal' nothing_reaches_the_terminal
check 'who depends on parked work is parked with it, and lands with it' dependents_wait
check 'a branch that was resolved is not parked and lands' a_branch_that_moved_is_not_parked
check 'reset, cancel: it is parked no more' reset_cancel_and_finalize_drop_it
check 'a merge by hand ends it, and finalize drops the packet' a_merge_by_hand_ends_it
check 'a spec whose gate is red has the end of the log' a_red_gate_shows_its_log
finish
