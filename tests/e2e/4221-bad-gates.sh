#!/bin/sh
# Gates that misbehave: only the spec that makes them do so is parked, and nothing of theirs stays.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# three SHELL-LINE: specs a, bad and z; the gate runs this line once bad is in.
three() {
  base
  printf '%s\n' "$1" >"$HOME/line"
  waiting a 'echo a >a'
  waiting bad "cp '$HOME/line' bad.sh"
  waiting z 'echo z >z'
}
reconcile() {
  [ "$#" -gt 0 ] || set -- -j 2
  must_fail 1 git chant reconcile --order id --gate 'test ! -e bad.sh || . ./bad.sh' "$@" \
    >"$HOME/out" 2>&1 || { cat "$HOME/out"; return 1; }
}

# The others landed, bad is parked for this reason, and the repository is as it should be.
only_bad_is_parked() {
  has "$1" "$HOME/out"
  is_state a completed
  is_state z completed
  is_state bad needs_attention
  [ -e a ]
  [ -e z ]
  [ ! -e bad.sh ]
  same "$(git status --porcelain)" ''
  sound
  git rev-parse -q --verify refs/heads/chant/bad
}

hanging() {
  three "trap '' TERM; sleep 1000 & echo \$! >>$HOME/pids; sleep 1000"
  git config chant.reconcile.gate-timeout 1s
  git config chant.parallel.grace 0s
  reconcile -j 1 --batch 1
  only_bad_is_parked 'timed out after 1.0s'
  while read -r pid; do must_fail 1 kill -0 "$pid" 2>/dev/null; done <"$HOME/pids"
}

kills_group() {
  three 'kill -9 0'
  reconcile
  only_bad_is_parked 'killed by signal 9'
}

moves_refs() {
  three 'git commit -q --allow-empty -m mine; git branch mine; git tag -a -m mine mine'
  reconcile
  only_bad_is_parked "it changed 'mine', 'refs/tags/mine' (put back)"
}

moves_target() {
  three 'git update-ref refs/heads/main HEAD'
  reconcile
  only_bad_is_parked "it changed 'main' (put back)"
}

plants() {
  three "git config core.fsmonitor 'touch $HOME/obeyed'
    git config filter.x.clean 'touch $HOME/obeyed'
    common=\$(git rev-parse --git-common-dir)
    echo '* filter=x' >>\"\$common/info/attributes\"
    printf '#!/bin/sh\ntouch %s/obeyed\n' '$HOME' >\"\$common/hooks/post-merge\"
    chmod +x \"\$common/hooks/post-merge\""
  git config user.name 'Still Me'
  reconcile
  only_bad_is_parked "'git config core.fsmonitor', 'git config filter.x.clean', 'hooks/post-merge'"
  [ ! -e "$HOME/obeyed" ]
  same "$(git config user.name)" 'Still Me'
  must_fail 1 git config core.fsmonitor
}

breaks_its_place() {
  three 'rm -rf .git ./*; chmod 0 .'
  reconcile
  only_bad_is_parked 'it broke its worktree'
}

leaves_a_mess() {
  three 'mkdir -p deep/er nested/.git; touch deep/er/x; chmod 0 deep/er; git add -A
    git update-index --skip-worktree a; echo changed >a; exit 3'
  reconcile
  only_bad_is_parked 'exit 3'
  same "$(cat a)" a
}

talks_for_ever() {
  three 'exec yes this goes on'
  git config chant.reconcile.gate-timeout 1s
  reconcile -j 1 --batch 1
  only_bad_is_parked 'timed out'
  find .git/chant/logs -name 'gate-*' -size +40000k >"$HOME/large"
  same "$(cat "$HOME/large")" ''
}

# The next run does not use the worktree before the gate of the killed one is gone.
killed() {
  three :
  mkfifo "$HOME/began"
  cat >"$HOME/gate" <<EOF
[ -e "$HOME/second" ] && exit
: >"$HOME/second"
echo \$\$ >"$HOME/began"
trap '' TERM
sleep 1000
EOF
  git config chant.parallel.grace 1s
  git-chant reconcile --gate "sh $HOME/gate" -j 1 >"$HOME/out" 2>&1 &
  run=$!
  pid=$(heard "$HOME/began")
  kill -9 "$run"
  must_fail 137 wait "$run"
  git chant reconcile --continue >"$HOME/out"
  for id in a bad z; do is_state "$id" completed; done
  sound
  while kill -0 "$pid" 2>/dev/null; do read -r _ <"/proc/$pid/stat" || :; done
}

# In a mount namespace of its own, with a file that git ignores and that would stay.
fills_the_disk() {
  mkdir "$HOME/small"
  unshare -rm mount -t tmpfs -o size=48m none "$HOME/small" 2>/dev/null ||
    skip 'no user namespaces here'
  three 'echo huge >.gitignore; cat /dev/zero >huge; exit 1'
  git config chant.worktree.root "$HOME/small"
  cat >"$HOME/run" <<EOF
mount -t tmpfs -o size=48m none "$HOME/small"
git chant reconcile --order id -j 2 --gate 'test ! -e bad.sh || . ./bad.sh'
EOF
  must_fail 1 unshare -rm sh "$HOME/run" >"$HOME/out" 2>&1
  only_bad_is_parked 'exit 1'
}

check 'a gate that hangs is ended at its time limit, with what it started' hanging
check 'a gate that kills its own group' kills_group
check 'a gate that commits, branches and tags' moves_refs
check 'a gate that moves the target' moves_target
check 'configuration, hooks and attributes that a gate plants are put back unread' plants
check 'a gate that takes its worktree apart' breaks_its_place
check 'what a gate leaves lying about is not there for the next' leaves_a_mess
check 'a gate that never stops talking' talks_for_ever
check 'after a SIGKILL nothing of the gate stays, and the next run goes on' killed
check 'a gate that fills the disk' fills_the_disk
finish
