# What show and status say about attempts, ended and going on.
# shellcheck disable=SC2154 # what hanging.sh sets
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hanging.sh"

show_attempts() {
  agent main "$AGENTS/fails"
  repo
  spec a <<'SPEC'
# Do a
SPEC
  must_fail 1 git chant work --parallel >../out
  CHANT_MODEL=some-model
  export CHANT_MODEL
  sed "s#$AGENTS/fails#$AGENTS/ok#" "$XDG_CONFIG_HOME/git-chant/config.yaml" >../config
  cp ../config "$XDG_CONFIG_HOME/git-chant/config.yaml"
  git chant status >../out
  has 'a  failed: the agent ended with exit 3' ../out
  has '→ git chant log a' ../out
  git chant show a >../out
  has "branch: spec/a ($(git rev-parse spec/a | cut -c 1-10))" ../out
  git chant work a --parallel >../out
  git chant show a >../out
  has '● completed' ../out
  has "commits: $(git rev-parse 'main^2~1' | cut -c 1-10)" ../out
  has 'model: some-model' ../out
  grep -Eq '^  1  20[0-9-]*T[0-9:]*Z  [0-9.]+s  agent main  failed: the agent ended with exit 3$' ../out
  grep -Eq '^  2  20[0-9-]*T[0-9:]*Z  [0-9.]+s  agent main  ok$' ../out
  has "     log $(attempt a log)" ../out
  [ -f "$(attempt a log)" ]
  git chant show --json a >../json
  valid_json ../json
  has '"exit_class": "failed"' ../json
}

status_running() {
  hanging a
  begin a
  git chant status >../status
  git chant status --json >../json
  git chant show a >../show
  must_fail 128 git chant reset a 2>../err
  must_fail 128 git chant work a 2>>../err
  kill -INT "$run"
  must_fail 130 wait "$run"
  all_dead
  has '◐ 1 in_progress' ../status
  grep -Eq '^  a  agent main  [0-9.]+s  agent$' ../status
  valid_json ../json
  has '"agent": "main"' ../json
  has 'running, step agent' ../show
  has "worktree $WORKTREES/chant-a" ../show
  same "$(sort -u ../err)" 'error: a is being worked on
hint: git chant log -f a'
}

check 'show: branch, commits, attempts with times, exit class and log' show_attempts
check 'status: what runs; what runs cannot be reset or worked' status_running
finish
