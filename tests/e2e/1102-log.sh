# git chant log: cleaned, raw, of any attempt, and following one until it ends.
# shellcheck disable=SC2154 # what hanging.sh sets
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hanging.sh"

plain() {
  agent main "$AGENTS/talks"
  # shellcheck disable=SC2089 # for the agent's shell
  TALK='printf "\033]0;title\007\033[31mred\033[m\ttab\nbar 10%%\rbar 99%%\n"; exit 1'
  # shellcheck disable=SC2090
  export TALK
  repo
  spec a <<'SPEC'
# Do a
SPEC
  must_fail 128 git chant log a 2>../err
  same "$(cat ../err)" 'error: a was never worked on
hint: git chant work a'
  must_fail 1 git chant work --parallel >../run
  git chant log a >../out
  clean ../out
  has 'red tab' ../out
  git chant log --raw a >../raw
  (eval "$TALK") >../wanted || :
  cmp ../wanted ../raw
  TALK='echo second; exit 1'
  must_fail 1 git chant work --parallel a >../run
  same "$(git chant log a)" second
  same "$(git chant log --attempt 2 a)" second
  git chant log --attempt 1 --raw a >../raw
  cmp ../wanted ../raw
  must_fail 129 git chant log --attempt 3 a 2>../err
  same "$(cat ../err)" 'error: a has no attempt 3, the last is 2'
  must_fail 129 git chant log --attempt 0 a 2>../err
  must_fail 129 git chant log 2>../err
  git chant log -f a >../out
  same "$(cat ../out)" second
}

follow() {
  hanging a
  mkfifo ../lines
  begin a
  timeout 60 git-chant log --follow a >../followed &
  follower=$!
  timeout 60 git-chant log -f --raw a >../lines &
  raw_follower=$!
  exec 6<../lines
  kill -INT "$run"
  IFS= read -r line <&6
  same "$line" 'asked to end'
  must_fail 130 wait "$run"
  wait "$follower"
  wait "$raw_follower"
  all_dead
  same "$(cat ../followed)" 'asked to end'
}

check 'log: cleaned for the terminal, --raw, --attempt' plain
check 'log -f ends when the attempt ends' follow
finish
