#!/bin/sh
# A run of tasks that is killed at any change of state, and started again: everything is done once.
# shellcheck disable=SC2016,SC2119 # agents expand their plans; some arguments may be left out
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"

# Two tasks, the second after the first.
template() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [ ] T001 Do one
- [ ] T002 Do two
EOF
  plan 001-demo.T001 'echo one >>one.txt; echo T001 >>~/ran'
  plan 001-demo.T002 'cat one.txt >two.txt; echo T002 >>~/ran'
}

# done_once POINT: both tasks landed, each in one merge with its byte, and nothing else is left.
done_once() {
  same "$1: $(marks)" "$1: x x"
  ticked planned main 2
  same "$1: $(cat one.txt two.txt)" "$1: one
one"
  same "$1: $(git log --merges --format=%s planned..main | sort | uniq -c | sed 's/^ *//; s/:.*//')" \
    "$1: 1 Merge spec/001-demo.T001
1 Merge spec/001-demo.T002"
  nothing_left
  sound
}

# Every STEP-th change of state, beginning with FIRST.
killed_at() {
  template
  cp -R . ../saved
  point=$1
  while :; do
    cd ..
    rm -rf repo "$HOME/ran"
    cp -R saved repo
    cd repo
    code=0
    CHANT_KILL_AT=$point git-chant work --feature demo >../killed 2>&1 || code=$?
    [ "$code" -ne 0 ] || break
    same "$point: $code" "$point: 137"
    unlocked
    # The supervisor of an agent that was killed with it has the claim a little longer.
    for id in T001 T002; do timeout 60 git-chant log -f "001-demo.$id" >/dev/null 2>&1 || :; done
    timeout 60 git chant work --feature demo >../out 2>&1 || { echo "$point"; cat ../killed ../out; return 1; }
    done_once "$point"
    point=$((point + $2))
  done
  [ "$point" -gt 20 ]
}
first_of_six() { killed_at 1 6; }
fourth_of_six() { killed_at 4 6; }

check 'killed at the first of every six steps' first_of_six
check 'killed at the fourth of every six steps' fourth_of_six
finish
