# Killing git chant itself: its agents end, nothing stays claimed for longer, the next command says
# what was interrupted, and the specs can be worked again.
# shellcheck disable=SC2154 # what hanging.sh sets
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hanging.sh"

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
  timeout 60 git-chant log -f a >../log 2>../said
  git chant status 2>>../said >/dev/null
  has 'attempt 1 of a was interrupted; its work is on spec/a' ../said
  workable a
}

check 'after SIGKILL agents end, nothing is claimed, the next command says so' killed
check 'an agent that outlives a killed git chant keeps its spec claimed' outlived
finish
