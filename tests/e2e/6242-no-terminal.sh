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

check 'no verb waits for an answer' asks_nobody
check 'no agent waits for one' agent_asks
finish
