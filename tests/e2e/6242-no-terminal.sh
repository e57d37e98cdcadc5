# Without a terminal nothing waits for input, whatever is on standard input.
. "$(dirname "$0")/lib.sh"

# answered EXIT COMMAND...: ends in time although nobody ever writes to its standard input.
answered() {
  answered_exit=$1
  shift
  [ -p "$HOME/silence" ] || mkfifo "$HOME/silence"
  exec 9<>"$HOME/silence"
  answered_result=0
  timeout 20 "$@" <&9 >out 2>err || answered_result=$?
  exec 9>&-
  same "$answered_result" "$answered_exit"
  lacks '[y/N]' out
  lacks '[y/N]' err
}

asks_nobody() {
  agent main "$AGENTS/fails"
  repo
  spec a </dev/null
  # shellcheck disable=SC2016 # it is no command here
  spec b <<'EOF'
# Do b

```sh run
true
```
EOF
  answered 128 git chant trust
  answered 128 git chant work --parallel
  answered 1 git chant work --parallel a
  has 'Parallel execution complete: 0/1 specs succeeded' out
  has 'Issues detected:' out
  git chant reset a
  answered 1 git chant work --worktree a
  answered 0 git chant config --check
  answered 0 git chant gc
  answered 0 git chant doctor
  answered 0 git chant runs
  answered 0 git chant reconcile
  answered 0 git chant hooks install
}

# An agent that asks gets the end of its input.
agent_asks() {
  cat >"$HOME/asks" <<'EOF'
#!/bin/sh
cat >/dev/null
read -r answer || exit 7
EOF
  chmod +x "$HOME/asks"
  agent main "$HOME/asks"
  repo
  spec a </dev/null
  answered 1 git chant work --parallel
  has 'exit 7' out
}

# Ctrl-C at a question after a run, when the run's own handling of signals is still in place.
interrupted() {
  needs_terminal
  agent main "$AGENTS/fails"
  repo
  spec a </dev/null
  mkfifo ../keys
  timeout 60 script -qefc 'git chant work --parallel a' ../typescript <../keys >/dev/null 2>&1 &
  exec 9>../keys
  tries=0
  until grep -q 'y/N' ../typescript 2>/dev/null || [ "$tries" -ge 300 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  has 'Run cleanup agent? [y/N]' ../typescript
  printf '\003' >&9
  ended=0
  wait "$!" || ended=$?
  exec 9>&-
  [ "$ended" -ne 124 ] || { echo 'Ctrl-C is no answer'; return 1; }
  lacks '[cleanup]' ../typescript
}

# Scripts cannot clean up.
not_asked_in_vain() {
  needs_terminal
  repo
  script_spec a false
  git chant trust --yes >../out
  timeout 60 script -qefc 'git chant work --parallel a' /dev/null <<'KEYS' >../out || :
y
KEYS
  has 'Issues detected:' ../out
  lacks 'cleanup' ../out
}

# Nothing of the run is asked about a signal that comes after it.
interrupted_notice() {
  repo
  script_spec a true
  git chant trust --yes >../out
  # shellcheck disable=SC2016 # for the shell of the command
  git config --global chant.notify.command 'kill -INT "$(cat ../pid)"; sleep 30'
  # shellcheck disable=SC2016 # it is the shell of the run that knows
  ended=0
  timeout 20 sh -c 'echo "$$" >../pid; exec git-chant work --parallel' >../out 2>&1 || ended=$?
  same "$ended" 1
  has 'the notify command failed' ../out
}

check 'no verb waits for an answer' asks_nobody
check 'no agent waits for one' agent_asks
check 'a question can be interrupted' interrupted
check 'nobody is asked where no agent could clean up' not_asked_in_vain
check 'the command that tells of a run can be interrupted' interrupted_notice
finish
