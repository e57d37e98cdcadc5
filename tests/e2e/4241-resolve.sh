#!/bin/sh
# reconcile --resolve: agents resolve what is parked; what they hand in is looked at.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"
# shellcheck source=tests/e2e/resolving.sh
. "$(dirname "$0")/resolving.sh"

# given SHELL-LINES: the conflict, and an agent that does this.
given() {
  clash
  agent_does "$1"
}

# The agent's work was refused with the reason $1; everything else is as before.
refused() {
  must_fail 1 resolve
  has "$1" "$HOME/out"
  is_state b needs_attention
  same "$(branch_at chant/b)" "$before"
  git chant show b >"$HOME/show"
  has "$1" "$HOME/show"
  has 'git chant reconcile --continue' "$HOME/show"
  lacks BBB one.txt
  sound
}

good_work_lands() {
  given 'both; echo more >>c.txt; git add c.txt; end'
  resolve
  same "$(cat c.txt)" "$(printf 'c\nmore')"
  recorded b 1
  git log -1 --format=%B --grep resolved main >"$HOME/message"
  has 'Chant-Spec: b' "$HOME/message"
  for text in 'tip of' 'chant/b' 'one.txt (contents)' 'chant(a): do it' '# Do b'; do
    has "$text" "$HOME/prompt"
  done
  same "$(attempt b exit_class)" ok
  landed_whole
}

a_merge_left_to_commit_is_committed() {
  given 'both; git add one.txt'
  resolve
  landed_whole
}

a_mark_that_is_left() { given 'end'; refused "a conflict marker is left in 'one.txt'"; }
the_target_dropped() {
  given 'git checkout -q --ours one.txt; end'
  refused "a change of 'main' is gone from 'one.txt': EIGHT"
}
one_side_alone() {
  # shellcheck disable=SC2016 # the agent expands it
  given 'both; line() { sed "$2s/.*/$3/" "$1" >x && mv x "$1"; }; line one.txt 2 BBB; end'
  refused "a change of 'main' is gone from 'one.txt': AAA"
}
a_file_of_the_target_dropped() {
  given 'both; git rm -qf c.txt; end'
  refused "'c.txt' of 'main' is gone"
}
given_up() { given 'git merge --abort'; refused "the merge of 'main' was given up"; }
failed() { given 'both; end; exit 3'; refused 'the agent ended with exit 3'; }
leftovers() { given 'both; end; echo x >left'; refused "'left' is not committed"; }
another_spec() {
  given 'both; echo x >>.chant/specs/a.md; end'
  refused "'.chant/specs/a.md' was changed"
}
planted() {
  # shellcheck disable=SC2016 # the agent expands it
  given 'both; end; git config core.fsmonitor "touch $HOME/planted; false"'
  refused 'core.fsmonitor'
  same "$(git config core.fsmonitor || :)" ''
  [ ! -e "$HOME/planted" ]
}

a_branch_moved_by_the_agent() {
  given 'both; end; git update-ref refs/heads/chant/b HEAD'
  must_fail 1 resolve
  has "'chant/b' was moved while the agent ran" "$HOME/out"
  lacks BBB one.txt
}

a_gate_that_fails_on_it() {
  given 'both; end'
  must_fail 1 git chant reconcile --resolve --gate '! grep BBB one.txt' >"$HOME/out" 2>&1
  git chant show b >"$HOME/show"
  has 'the gate failed' "$HOME/show"
  lacks BBB one.txt
  # The resolution stays on the branch.
  same "$(git show chant/b:one.txt | sed -n 2p)" 'AAA BBB'
}

no_agent_can() {
  given true
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
  must_fail 128 resolve
  has 'no agent' "$HOME/out"
}

check 'a resolution of an agent lands' good_work_lands
check 'a merge that the agent left to commit is committed' a_merge_left_to_commit_is_committed
check 'refused: a mark is left' a_mark_that_is_left
check 'refused: what the target changed elsewhere is gone' the_target_dropped
check "refused: nothing of the target's side" one_side_alone
check 'refused: a file of the target is gone' a_file_of_the_target_dropped
check 'refused: the merge was given up' given_up
check 'refused: the agent failed' failed
check 'refused: files are left' leftovers
check 'refused: another spec changed' another_spec
check 'refused, and not obeyed: configuration that was planted' planted
check 'refused: the agent moved the branch' a_branch_moved_by_the_agent
check 'the gate has the last word' a_gate_that_fails_on_it
check 'without an agent that can, it says so' no_agent_can
finish
