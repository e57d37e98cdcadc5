# Stopping a run by signals and at the terminal: agents end, work is kept, nothing stays claimed,
# and the specs can be worked again.
# shellcheck disable=SC2154 # what hanging.sh sets
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hanging.sh"

once() {
  hanging a b
  begin a b
  kill -INT "$run"
  must_fail 130 wait "$run"
  all_dead
  has 'Stopping: agents are asked to end (Ctrl-C again to stop now)...' ../out
  lacks 'Stopping now.' ../out
  for id in a b; do
    has "[$id] asked to end" ../out
    has "[$id] ✗ Failed (killed): interrupted" ../out
    has "uncommitted work is kept as refs/chant/spec/$id/1" ../out
    has "the worktree '$WORKTREES/chant-$id' is kept" ../out
    has "→ git chant work $id" ../out
    same "$(cat "$WORKTREES/chant-$id/loose.txt")" "loose end of $id"
    same "$(git show "refs/chant/spec/$id/1:loose.txt")" "loose end of $id"
  done
  has 'Summary: 0 completed, 2 failed, interrupted' ../out
  workable a
  same "$(state b)" failed
}

# A spec that waits for a slot is not started any more.
no_new_start() {
  hanging a b
  git config chant.parallel.total-max 1
  begin a
  kill -INT "$run"
  must_fail 130 wait "$run"
  lacks '[b] Working' ../out
  same "$(state b)" ready
}

stubborn() {
  STUBBORN=yes
  export STUBBORN
  git config --global chant.parallel.grace 1s
  hanging a
  begin a
  kill -INT "$run"
  must_fail 130 wait "$run"
  all_dead
  has '[a] asked to end' ../out
  has "the worktree '$WORKTREES/chant-a' is kept" ../out
}

twice() {
  STUBBORN=yes
  export STUBBORN
  git config --global chant.parallel.grace 1h
  hanging a
  mkfifo "$FIFOS/a.asked"
  begin a
  kill -INT "$run"
  heard "$FIFOS/a.asked" >/dev/null
  kill -INT "$run"
  must_fail 130 wait "$run"
  all_dead
  has 'Stopping now.' ../out
  has "the worktree '$WORKTREES/chant-a' is kept" ../out
  workable a
}

terminated() {
  hanging a
  begin a
  kill -TERM "$run"
  must_fail 143 wait "$run"
  all_dead
  has '[a] asked to end' ../out
  workable a
}

# At a terminal git gets the Ctrl-C as well, and passes it on: it is still only one.
at_terminal() {
  needs_terminal
  hanging a
  mkfifo ../keys
  {
    timeout 60 cat "$FIFOS/a.alive" &
    heard "$FIFOS/a.started"
    printf '\003'
    wait "$!"
  } >../keys &
  must_fail 130 script -qec 'git chant work --parallel' ../typescript <../keys >/dev/null
  has 'Stopping: agents are asked to end' ../typescript
  lacks 'Stopping now.' ../typescript
  has 'asked to end' "$(attempt a log)"
  same "$(attempt a exit_class)" killed
}

check 'one SIGINT: agents are asked to end, work is kept, exit 130' once
check 'one SIGINT: what waits is not started' no_new_start
check 'an agent that ignores TERM is killed after the grace' stubborn
check 'a second SIGINT ends everything at once' twice
check 'SIGTERM ends a run in order, exit 143' terminated
check 'one Ctrl-C at a terminal is one, though git passes it on' at_terminal
finish
