#!/bin/sh
# A reconcile that is killed after each change of state: --continue comes to the end of an
# undisturbed run, --abort to what was before or to that end.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# What people see of a repository: the target's files, the branches, the states, the checkout.
end() {
  git ls-tree -r main | grep -v '\.chant/specs'
  git for-each-ref --format='%(refname)' refs/heads refs/chant/queue
  git chant list --all --porcelain | cut -f1,2
  git status --porcelain
  cat ./*.txt
  git worktree list --porcelain | grep '^worktree ' | grep -v '/chant-gate-'
}

template() {
  base one.txt two.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line two.txt 2 B'
  waiting c 'line one.txt 2 C'
  FROM=chant/b waiting d 'echo d >d.txt' 'depends_on: [b]'
  echo mine >>start.txt
  git chant list >/dev/null
  rm -rf .git/hooks .git/logs
  git gc -q
  cp -R . ../template
}

# begin: in a fresh copy of the template.
begin() {
  cd ..
  rm -rf repo "$WORKTREES"
  cp -R template repo
  cd repo
}

# kill_at_each STRIDE [SETTING VALUE]: at every STRIDE-th point; at all of them in a nightly run.
kill_at_each() {
  stride=$1
  shift
  [ -z "${CHANT_NIGHTLY:-}" ] || stride=1
  [ -z "${CHANT_TEST_SAMPLE:-}${CHANT_TEST_HOOK_ENV:-}" ] || stride=$((stride * 5))
  git config --global chant.reconcile.gate 'test -f one.txt'
  [ "$#" -eq 0 ] || git config --global "chant.reconcile.$1" "$2"
  template
  git chant list --all >"$HOME/list"
  end >"$HOME/before"
  must_fail 1 git chant reconcile
  end >"$HOME/undisturbed"
  is_state a completed
  is_state c needs_attention
  point=$((1 - stride))
  while :; do
    point=$((point + stride))
    begin
    code=0
    CHANT_KILL_AT=$point git-chant reconcile >"$HOME/killed" 2>&1 || code=$?
    [ "$code" -ne 1 ] || break
    same "$code" 137
    unlocked '*.lock'
    cp -R . ../killed
    must_fail 1 git chant reconcile --continue
    end >"$HOME/continued"
    diff "$HOME/undisturbed" "$HOME/continued" || { tail -n 1 "$HOME/killed"; return 1; }
    sound
    cd ..
    rm -rf repo "$WORKTREES"
    mv killed repo
    cd repo
    git chant reconcile --abort || same $? 128
    end >"$HOME/aborted"
    cmp -s "$HOME/before" "$HOME/aborted" || diff "$HOME/undisturbed" "$HOME/aborted" ||
      { tail -n 1 "$HOME/killed"; diff "$HOME/before" "$HOME/aborted"; return 1; }
    sound
  done
  [ "$point" -gt 15 ]
}

as_a_group() { kill_at_each 1; }
one_by_one() { kill_at_each 5 land each; }
squashed() { kill_at_each 3 strategy squash; }

check 'killed anywhere, a landing of all is finished or was not' as_a_group
check 'killed anywhere, landings one by one are finished or taken back' one_by_one
check 'killed anywhere, a squash is finished or was not' squashed
finish
