#!/bin/sh
# Checks: what the agent says about its work counts for nothing where a command can tell.
# shellcheck disable=SC2016 # checks and agents expand what they are told
. "$(dirname "$0")/lib.sh"

# checked_spec ID CRITERION...: a spec with these criteria, trusted.
checked_spec() {
  checked_id=$1
  shift
  {
    printf '# Do %s\n\n## Acceptance Criteria\n\n' "$checked_id"
    for criterion; do printf -- '- [ ] %s\n' "$criterion"; done
  } | spec "$checked_id"
  git chant trust --yes >/dev/null
}

start() {
  agent main "$AGENTS/planned"
  repo
}

# honest COMMANDS: a plan that commits by itself and ticks only the first box.
honest() {
  printf '%s\n' "$1; sed -i '0,/\[ \]/s//[x]/' \"\$CHANT_SPEC_FILE\"; git add -A; git commit -qm work; exit 0"
}

boxes() { git show "main:.chant/specs/$1.md" | sed -n 's/^- \(\[.\]\).*/\1/p' | tr '\n' ' '; }

ticked_and_wrong() {
  start
  checked_spec a 'There is a file `run: echo looking; test -f a.txt`'
  plan a 'echo other >other.txt'
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(attempt a exit_class)" check
  same "$(field a status)" pending
  lacks '✓' ../out
  has 'There is a file' ../out
  has 'exit 1' ../out
  [ ! -e other.txt ]
}

unticked_and_right() {
  start
  checked_spec a 'It is thought of' 'There is a file `run: test -f a.txt`' '`run: grep -q a a.txt`'
  plan a "$(honest 'echo a >a.txt')"
  git chant work --parallel
  same "$(state a)" completed
  same "$(boxes a)" '[x] [x] [x] '
}

# The others are still the agent's.
unticked_without_command() {
  start
  checked_spec a 'First' 'Second' '`run: true`'
  plan a "$(honest 'echo a >a.txt')"
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(attempt a exit_class)" unchecked
}

# An agent cannot make its exam easier.
changed_by_the_agent() {
  start
  checked_spec a 'There is a file `run: test -f a.txt`'
  plan a 'echo x >x.txt; sed -i "s/test -f a.txt/true/" "$CHANT_SPEC_FILE"'
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(field a status)" pending
  [ ! -e x.txt ]
}

# Nor does it take what it has not done out of the list.
taken_out_by_the_agent() {
  start
  checked_spec a 'First' 'Second'
  plan a 'echo a >>a.txt; if [ "$CHANT_ATTEMPT" = 1 ]; then sed -i "/Second/d" "$CHANT_SPEC_FILE"; fi'
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(attempt a exit_class)" unchecked
  has 'taken out of the spec or reworded, the first: Second' ../out
  same "$(field a status)" pending
  git chant reset a
  git chant work a --worktree
  same "$(boxes a)" '[x] [x] '
}

# The run works on what is on the target, whatever the user has before them.
trusted_elsewhere() {
  start
  checked_spec a '`run: true`'
  git add .chant
  git commit -qm spec
  git checkout -qb mine
  git checkout -q main
  sed -i 's/run: true/run: touch "$HOME\/ran"/' .chant/specs/a.md
  git commit -qam 'another command'
  git checkout -q mine
  plan a 'touch "$HOME/worked"'
  git config chant.target main
  must_fail 1 git chant work --parallel a >../out 2>&1
  has "as it is in 'main', is not trusted" ../out
  [ ! -e "$HOME/ran" ]
  [ ! -e "$HOME/worked" ]
}

# The spec file in the checkout is the user's, who may be writing in it.
edited_meanwhile() {
  start
  checked_spec a '`run: echo mine >>"$CHANT_SPEC_FILE"`'
  plan a "$(honest 'echo a >a.txt; sed -i "s/Do a/Do it/" "$CHANT_SPEC_FILE"' | sed 's/\[x\]/[ ]/')"
  must_fail 1 git chant work a >../out 2>&1
  has 'was changed while the checks ran' ../out
  same "$(tail -n 1 .chant/specs/a.md)" mine
  same "$(field a status)" pending
}

# Stopped while nothing runs that could be stopped.
stopped_before() {
  start
  git config chant.worktree.setup 'touch "$HOME/ran"'
  git config filter.slow.smudge 'kill -TERM "$(cat "$HOME/run")"; until grep -q opping "$HOME/err"; do sleep 0.02; done; cat'
  echo 'start.txt filter=slow' >.gitattributes
  git add .gitattributes
  git commit -qm slow
  plain_spec a
  (sh -c 'echo $PPID >"$HOME/run"; :'; exec git-chant work --parallel a) >"$HOME/err" 2>&1 &
  must_fail 143 wait $!
  [ ! -e "$HOME/ran" ]
}

in_the_worktree() {
  start
  checked_spec a '`run: echo "$PWD $CHANT_SPEC_ID $(git log -1 --format=%s)" >"$HOME/seen"; cat; ! test -t 0`'
  git chant work --parallel
  same "$(cat "$HOME/seen")" "$WORKTREES/chant-a a chant(a): do it"
}

configured() {
  start
  plain_spec a
  plain_spec b
  git config chant.check 'echo "checking $CHANT_SPEC_ID"; ! test -f b.txt'
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(state a)" completed
  same "$(attempt b exit_class)" check
  has 'checking b' ../out
}

of_the_spec() {
  start
  plain_spec a 'check: test -f wanted.txt'
  git chant trust --yes >/dev/null
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(attempt a exit_class)" check
  plan a 'echo w >wanted.txt'
  git chant reset a
  git chant work --parallel
  same "$(state a)" completed
}

takes_too_long() {
  start
  git config chant.check-timeout 1s
  git config --global chant.parallel.grace 1s
  checked_spec a '`run: echo $$ >"$HOME/pid"; trap "" TERM; while :; do tail -f /dev/null; done`'
  must_fail 1 timeout 20 git chant work --parallel >../out 2>&1
  same "$(attempt a exit_class)" check
  has 'timed out' ../out
  must_fail 1 kill -0 "$(cat "$HOME/pid")" 2>/dev/null
}

# What a check leaves behind is neither committed nor the agent's fault.
leaves_files() {
  start
  plain_spec a
  git config chant.check 'echo built >built.o; echo more >>start.txt'
  git chant work --parallel
  same "$(state a)" completed
  same "$(git ls-tree --name-only main)" '.chant
a.txt
start.txt'
  same "$(git show main:start.txt)" start
}

# The next attempt is told what failed, and how.
told() {
  start
  checked_spec a 'There is a file `run: echo "a.txt is missing"; test -f a.txt`'
  mkdir "$HOME/prompts"
  plan a 'cp "$CHANT_PROMPT_FILE" "$HOME/prompts/$CHANT_ATTEMPT"
if [ "$CHANT_ATTEMPT" = 1 ]; then echo x >x.txt; else echo a >a.txt; fi'
  GIT_CHANT_PARALLEL_RETRIES=1 git chant work --parallel >../out 2>&1
  same "$(state a)" completed
  must_fail 1 grep -x 'a.txt is missing' "$HOME/prompts/1"
  grep -x 'a.txt is missing' "$HOME/prompts/2"
  has "ended: check: criterion 'There is a file': exit 1" "$HOME/prompts/2"
}

check 'a criterion that is ticked and whose command fails is not met' ticked_and_wrong
check 'a criterion that is not ticked and whose command passes is met' unticked_and_right
check 'criteria without a command are for the agent to tick' unticked_without_command
check 'an agent cannot change how it is checked' changed_by_the_agent
check 'an agent cannot take a criterion out' taken_out_by_the_agent
check 'what was not trusted in this version is known before the agent works' trusted_elsewhere
check 'what the user writes while a check runs is kept' edited_meanwhile
check 'nothing is begun in a run that was stopped' stopped_before
check 'commands run in the worktree, with nothing to read' in_the_worktree
check 'the configured check decides' configured
check 'the check of a spec decides' of_the_spec
check 'a command that takes too long is ended' takes_too_long
check 'what a check leaves behind is not committed' leaves_files
check 'the next attempt is told what failed' told
finish
