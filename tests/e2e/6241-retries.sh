# Attempts that are made again: how often, by whom, where, and what they are told.
. "$(dirname "$0")/lib.sh"
export GIT_CHANT_PARALLEL_RETRIES=1

# failing TIMES: agents `one` and `two` whose first attempts at a spec go wrong as ~/plan/<id> says.
failing() {
  mkdir -p "$HOME/bin" "$HOME/prompts" "$HOME/plan"
  cat >"$HOME/bin/failing" <<'EOF'
#!/bin/sh
set -eu
cat >"$HOME/prompts/$CHANT_SPEC_ID.$CHANT_ATTEMPT"
if [ "$CHANT_ATTEMPT" -le "$(cat "$HOME/times")" ]; then . "$HOME/plan/$CHANT_SPEC_ID"; exit 3; fi
echo "work of $CHANT_SPEC_ID" >"$CHANT_SPEC_ID.txt"
sed -i 's/- \[ \]/- [x]/' "$CHANT_SPEC_FILE"
git add -A
git commit -qm "chant($CHANT_SPEC_ID): do it"
EOF
  chmod +x "$HOME/bin/failing"
  echo "$1" >"$HOME/times"
  agent one "$HOME/bin/failing" 1
  agent two "$HOME/bin/failing" 1
  repo
  spec a </dev/null
}

goes_on() {
  failing 1
  echo 'echo half >half.txt; git add half.txt; git commit -qm half; echo loose >loose.txt; echo this went wrong' \
    >"$HOME/plan/a"
  git chant work --parallel >../out
  has '[a] ↻ failed: the agent ended with exit 3; it is tried again' ../out
  has 'Summary: 1 completed, 0 failed' ../out
  same "$(git show main:half.txt) $(git show main:loose.txt)" 'half loose'
  lacks 'attempt' "$HOME/prompts/a.1"
  has 'This is attempt 2' "$HOME/prompts/a.2"
  has 'The attempt before it ended: failed: the agent ended with exit 3.' "$HOME/prompts/a.2"
  has 'go on from there' "$HOME/prompts/a.2"
  has 'this went wrong' "$HOME/prompts/a.2"
  # Each is recorded, and another account made the second.
  same "$(git chant show --json a | sed -n 's/^ *"agent": "\(.*\)",*$/\1/p' | tr '\n' ' ')" 'one two '
  same "$(git worktree list | wc -l)" 1
}

# What an agent puts in the way of our files is its own misfortune.
# shellcheck disable=SC2016 # it is the agent who expands it
in_the_way() {
  failing 1
  spec b </dev/null
  echo 'mkdir -p "$(dirname "$CHANT_PROMPT_FILE")/2.prompt/x"' >"$HOME/plan/a"
  echo true >"$HOME/plan/b"
  must_fail 1 git chant work --parallel >../out 2>&1
  has '2.prompt' ../out
  same "$(state a) $(state b)" 'failed completed'
}

bounded() {
  failing 9
  echo 'true' >"$HOME/plan/a"
  GIT_CHANT_PARALLEL_RETRIES=2 must_fail 1 git chant work --parallel >../out
  same "$(grep -c 'it is tried again' ../out)" 2
  has '[a] ✗ Failed (failed): the agent ended with exit 3' ../out
  same "$(state a)" failed
  same "$(find "$HOME/prompts" -type f | wc -l)" 3
  # Nobody begins it again without being asked.
  git chant work --parallel >../out
  same "$(find "$HOME/prompts" -type f | wc -l)" 3
}

none_wanted() {
  failing 1
  echo 'true' >"$HOME/plan/a"
  GIT_CHANT_PARALLEL_RETRIES=0 must_fail 1 git chant work --parallel >../out
  lacks 'tried again' ../out
}

only_in_parallel() {
  failing 1
  echo 'true' >"$HOME/plan/a"
  must_fail 1 git chant work a --worktree >../out
  lacks 'tried again' ../out
}

scripts_are_not() {
  repo
  spec a <<'EOF'
# Do a

```sh run
echo once >>"$HOME/once"
false
```
EOF
  git chant trust --yes >../out
  must_fail 1 git chant work --parallel >../out
  lacks 'tried again' ../out
  same "$(cat "$HOME/once")" once
}

told_after_unticked() {
  failing 1
  echo 'echo x >x.txt; git add x.txt; git commit -qm x; exit 0' >"$HOME/plan/a"
  spec a <<'EOF'
# Do a

## Acceptance Criteria

- [ ] it is done
EOF
  git chant work --parallel >../out
  has 'unchecked: 1 of 1 criteria not ticked' ../out
  has 'The attempt before it ended: unchecked: 1 of 1 criteria not ticked' "$HOME/prompts/a.2"
  same "$(state a)" completed
}

silent_agent() {
  failing 1
  # shellcheck disable=SC2016 # for the agent
  echo 'echo begun >begun.txt; cat "$HOME/never"' >"$HOME/plan/a"
  mkfifo "$HOME/never"
  GIT_CHANT_PARALLEL_IDLE_TIMEOUT=1s GIT_CHANT_PARALLEL_GRACE=1s git chant work --parallel >../out
  has 'the agent has done nothing for ' ../out
  has '[a] ↻ stalled: ' ../out
  has 'Summary: 1 completed' ../out
  same "$(git show main:begun.txt)" begun
}

check 'what an agent puts in the way of its next attempt stops no other spec' in_the_way
check 'the next attempt goes on, and is told why' goes_on
check 'no more often than allowed' bounded
check 'not at all with retries 0' none_wanted
check 'only in a parallel run' only_in_parallel
check 'a script would do the same again' scripts_are_not
check 'open boxes are a reason' told_after_unticked
check 'an agent that does nothing is warned of, ended, and its work gone on with' silent_agent
finish
