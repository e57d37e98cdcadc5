#!/bin/sh
# A gate that is configured guards what `git chant work` lands, too.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

two_specs() {
  repo
  agent main "$AGENTS/planned" 2
  for id in a b; do
    plain_spec "$id"
    plan "$id" "echo $id >$id.txt; git add ."
  done
  git add .chant
  git commit -qm specs
}

red() {
  two_specs
  git config chant.reconcile.gate 'test ! -f b.txt'
  must_fail 1 git chant work --parallel >"$HOME/out"
  is_state a completed
  is_state b needs_attention
  has 'the gate is red: exit 1' "$HOME/out"
  test -f a.txt
  test ! -f b.txt
  git rev-parse -q --verify spec/b
  git config chant.reconcile.gate true
  git chant reconcile b
  is_state b completed
  test -f b.txt
}

# What lands was tested with all that landed before it.
together() {
  two_specs
  git config chant.reconcile.gate 'test ! -f a.txt || test ! -f b.txt'
  must_fail 1 git chant work --parallel >"$HOME/out"
  same "$(git chant list --all --porcelain | cut -f2 | sort | tr '\n' ' ')" 'completed needs_attention '
  has 'Summary: 1 completed, 0 failed, 1 needs attention' "$HOME/out"
}

untrusted() {
  two_specs
  printf 'reconcile:\n  gate: touch ran\n' >.chant/config.yaml
  must_fail 128 git chant work --parallel 2>"$HOME/err"
  has 'git chant trust' "$HOME/err"
  git chant trust --yes >"$HOME/trust"
  has 'touch ran' "$HOME/trust"
  git chant work --parallel
  is_state a completed
}

stopped() {
  two_specs
  mkfifo "$HOME/began"
  git config chant.reconcile.gate "echo >$HOME/began; sleep 600"
  git-chant work --parallel a >"$HOME/out" 2>&1 &
  run=$!
  read -r line <"$HOME/began"
  kill -INT "$run"
  must_fail 130 wait "$run"
  is_state a finished
  has 'waits to land: the run was stopped' "$HOME/out"
  git config --unset chant.reconcile.gate
  git chant reconcile
  is_state a completed
}

check 'a red gate leaves the branch' red
check 'what fails together does not land together' together
check 'a gate of the repository must be trusted' untrusted
check 'a run is stopped while the gate runs' stopped
finish
