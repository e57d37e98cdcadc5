# Stopping a run: by signals, at the terminal, and by killing git chant itself. Agents end, work is
# kept, nothing stays claimed, and the specs can be worked again.
. "$(dirname "$0")/lib.sh"

# hanging ID...: a repository whose specs have agents that never end.
hanging() {
  agent main "$AGENTS/hangs"
  FIFOS=$PWD
  export FIFOS
  repo
  for id; do
    mkfifo "$FIFOS/$id.started" "$FIFOS/$id.alive"
    spec "$id" <<SPEC
# Do $id

- [ ] It is done
SPEC
  done
}

# begin ID...: starts the run and returns when the agents of these specs hang.
begin() {
  git-chant work --parallel >../out 2>&1 &
  run=$!
  readers=
  for id; do
    timeout 60 cat "$FIFOS/$id.alive" &
    readers="$readers $!"
  done
  for id; do agent=$(heard "$FIFOS/$id.started"); done
}

# all_dead: waits until nothing of any agent lives any more.
all_dead() { for reader in $readers; do wait "$reader"; done; }

# workable ID: it is not claimed, and another agent completes it; what was there is kept.
workable() {
  state "$1" >../state
  has failed ../state
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
  agent main "$AGENTS/ok"
  git chant work --parallel "$1" >../again
  has 'Summary: 1 completed, 0 failed' ../again
  same "$(field "$1" status)" completed
  same "$(git show "main:$1.txt")" "work of $1"
  kept "loose end of $1"
  kept 'a part'
}

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
  command -v script >/dev/null || skip 'no script'
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

killed() {
  hanging a b
  begin a b
  kill -KILL "$run"
  must_fail 137 wait "$run"
  all_dead
  git chant status >../status 2>../said
  has 'attempt 1 of a was interrupted; its work is on spec/a' ../said
  has 'attempt 1 of b was interrupted; its work is on spec/b' ../said
  has 'interrupted: git chant was killed' ../status
  git chant status >../status 2>../said
  lacks interrupted ../said
  has 'asked to end' "$(attempt a log)"
  same "$(attempt a worktree)" "$WORKTREES/chant-a"
  workable a
  same "$(state b)" failed
}

# A supervisor goes on for the grace when git chant is killed: its spec is not free before.
outlived() {
  STUBBORN=yes
  export STUBBORN
  git config --global chant.parallel.grace 1h
  hanging a
  mkfifo "$FIFOS/a.asked"
  begin a
  kill -KILL "$run"
  must_fail 137 wait "$run"
  heard "$FIFOS/a.asked" >/dev/null
  same "$(state a)" in_progress
  for verb in 'work a' 'reset a' 'cancel a'; do
    # shellcheck disable=SC2086 # one word for each argument
    must_fail 128 git chant $verb 2>../err
    same "$(cat ../err)" 'error: a is being worked on
hint: git chant log -f a'
  done
  kill -KILL "$agent"
  all_dead
  timeout 60 git-chant log -f a >../log
  git chant status 2>../said >/dev/null
  has 'attempt 1 of a was interrupted; its work is on spec/a' ../said
  workable a
}

check 'one SIGINT: agents are asked to end, work is kept, exit 130' once
check 'one SIGINT: what waits is not started' no_new_start
check 'an agent that ignores TERM is killed after the grace' stubborn
check 'a second SIGINT ends everything at once' twice
check 'SIGTERM ends a run in order, exit 143' terminated
check 'one Ctrl-C at a terminal is one, though git passes it on' at_terminal
check 'after SIGKILL agents end, nothing is claimed, the next command says so' killed
check 'an agent that outlives a killed git chant keeps its spec claimed' outlived
finish
