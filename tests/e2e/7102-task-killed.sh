#!/bin/sh
# A run of tasks that is killed, wherever it is: nothing is lost or done twice, and the next run comes
# to the end.
# shellcheck disable=SC2016,SC2119 # agents expand their plans; some arguments may be left out
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"

# T001 has landed, T002 and T003 are in the middle of it, T004 waits for a place.
in_the_middle() {
  four 2
  up T002
  up T003
  git-chant work --feature demo >../out 2>&1 &
  run=$!
  is_up T002 T003
  same "$(marks)" 'x _ _ _'
  kill -KILL "$run"
  must_fail 137 wait "$run"
  for id in T002 T003; do timeout 60 git-chant log -f "001-demo.$id" >../log 2>>../said; done
  rm "$HOME/plan/001-demo.T002" "$HOME/plan/001-demo.T003"
  git chant status >../status 2>>../said
  has 'attempt 1 of 001-demo.T002 was interrupted' ../said
  same "$(state 001-demo.T002) $(state 001-demo.T001)$(state 001-demo.T004)" 'failed '
  timeout 60 git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  ticked planned main 4
  same "$(git log --merges --format=%s planned..main | sort | uniq -c | grep -c '^ *1 Merge spec/001-demo')" 4
  nothing_left
  sound
}

# What was sealed before the kill lands without an agent.
sealed() {
  four
  git chant work --feature demo --no-land >../out 2>&1 || { cat ../out; return 1; }
  same "$(state 001-demo.T003)" finished
  for id in T001 T002 T003 T004; do plan "001-demo.$id" 'exit 1'; done
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  nothing_left
}

# Two sealed tasks, and a list that a person is editing.
template() {
  agent main "$AGENTS/planned"
  feature <<'EOF'
- [ ] T001 [P] Do one
- [ ] T002 [P] Do two
EOF
  git chant work --feature demo --no-land >../out 2>&1 || { cat ../out; return 1; }
  printf -- '- [ ] T003 Of mine\n' >>"$LIST"
  git chant list >/dev/null
}

everything() {
  git chant list --all --porcelain 2>/dev/null
  git for-each-ref --format='%(objecttype) %(refname)' refs/heads
  git ls-tree -r main
  git ls-files -s
  git status --porcelain
  cat ./*.txt "$LIST"
}

land_one() { git chant work "001-demo.$1"; }

# Killed at each change of state: all of a landing or nothing of it, in the checkout, too.
at_each_step() {
  template
  cp -R . ../saved
  everything >../before
  land_one T002 >../out 2>&1 || { cat ../out; return 1; }
  everything >../after
  has '- [x] T002' "$LIST"
  point=0
  while :; do
    point=$((point + 1))
    cd ..
    rm -rf repo
    cp -R saved repo
    cd repo
    code=0
    CHANT_KILL_AT=$point git-chant work 001-demo.T002 >../killed 2>&1 || code=$?
    [ "$code" -ne 0 ] || break
    same "$code" 137
    unlocked
    everything >../now
    sound
    cmp -s ../after ../now && continue
    diff ../before ../now || { tail -n 1 ../killed; return 1; }
    land_one T002 >../out 2>&1 || { cat ../out; return 1; }
    everything | diff ../after -
  done
  [ "$point" -gt 6 ]
}

check 'killed in the middle, a run of tasks is started again' in_the_middle
check 'tasks that were sealed land without being done again' sealed
check 'a landing that is killed at any step is whole or nothing, beside an edit' at_each_step
finish
