# Agents that do what they can not to end: each ends as it should, and nothing of it is alive
# afterwards. An agent that prints its limit message in the middle of success is no limited one.
. "$(dirname "$0")/lib.sh"

# bad HOW: a repository with one spec whose agent does that.
bad() {
  agent main "$AGENTS/escapes"
  HOW=$1 FIFOS=$PWD
  export HOW FIFOS
  mkfifo alive up
  repo
  plain_spec a
}

# begin: starts the run, and something that ends when nothing of the agent lives.
begin() {
  git-chant work --parallel >../out 2>&1 &
  run=$!
  timeout 60 cat "$FIFOS/alive" >/dev/null &
  reader=$!
}

# completed: the run ends well by itself.
completed() {
  begin
  wait "$run" || { cat ../out; return 1; }
  wait "$reader"
  same "$(field a status)" completed
  same "$(find "$WORKTREES" -mindepth 1 2>/dev/null)" ''
}

daemon() {
  command -v setsid >/dev/null || skip 'no setsid'
  bad daemon
  completed
  has '[a] ended a process that the agent left running' ../out
}

walks() {
  command -v setsid >/dev/null || skip 'no setsid'
  bad walks
  completed
}

supervisor_stopped() {
  bad supervisor-stopped
  completed
}

supervisor_killed() {
  git config --global chant.parallel.retries 0
  [ -r /proc/self/environ ] || skip 'no /proc'
  command -v setsid >/dev/null || skip 'no setsid'
  bad supervisor-killed
  begin
  must_fail 1 wait "$run"
  wait "$reader"
  has '[a] ✗ Failed (killed)' ../out
}

# TERM, the grace, KILL: by the time limit of the run.
ignores() {
  bad ignores
  git config --global chant.parallel.grace 1s
  git config --global chant.parallel.retries 0
  git config chant.parallel.timeout 1s
  begin
  heard "$FIFOS/up" >/dev/null
  must_fail 1 wait "$run"
  wait "$reader"
  has '[a] ✗ Failed (timeout)' ../out
  state a >../state
  has failed ../state
}

# One that stops itself is ended when it does nothing: by the idle timeout, and before its end it is
# warned of.
stopped() {
  bad stopped
  git config --global chant.parallel.retries 0
  git config chant.parallel.idle-timeout 2s
  begin
  heard "$FIFOS/up" >/dev/null
  must_fail 1 wait "$run"
  wait "$reader"
  has '[a] ✗ Failed (stalled)' ../out
}

lines() {
  if grep -q __asan_init "$CHANT_BINARY"; then skip 'too slow with sanitizers'; fi
  bad lines
  git chant work --parallel >../out 2>../err &
  run=$!
  timeout 60 cat "$FIFOS/alive" >/dev/null &
  wait "$run"
  same "$(field a status)" completed
  same "$(grep -c '^\[a\] y$' ../out)" 1000000
}

# Both git chant and the supervisor are killed: the next run ends what is left.
both_killed() {
  [ -r /proc/self/environ ] || skip 'no /proc'
  mkdir tmp
  export TMPDIR="$PWD/tmp"
  bad ignores
  begin
  heard "$FIFOS/up" >/dev/null
  supervisor=$(pgrep -P "$run" -f run-agent)
  kill -STOP "$supervisor"
  kill -KILL "$run"
  kill -KILL "$supervisor"
  must_fail 137 wait "$run"
  same "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 | wc -l)" 1
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
  agent main "$AGENTS/ok"
  git chant work --parallel a >../again 2>&1
  wait "$reader"
  same "$(field a status)" completed
  same "$(ls -A "$TMPDIR")" ''
}

says_limit() {
  agent main "$AGENTS/talks"
  TALK='echo 429 rate limit exceeded, retry after 3600 s: you have hit your usage limit'
  export TALK
  repo
  plain_spec a
  git chant work --parallel >../out 2>&1
  same "$(field a status)" completed
  lacks 'closed' ../out
}

check 'a daemon with a session of its own that stopped itself' daemon
check 'a process that is another one all the time' walks
check 'an agent that stops its supervisor' supervisor_stopped
check 'an agent that kills its supervisor' supervisor_killed
check 'an agent that ignores TERM' ignores
check 'an agent that stops itself' stopped
check 'a million short lines' lines
check 'git chant and its supervisor killed: the next run ends the agent' both_killed
check 'a limit message in the middle of success' says_limit
finish
