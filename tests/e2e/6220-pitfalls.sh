# What is looked at after a run: each pitfall is detected, printed, told in JSON and kept with the
# run; the user is told that the run has ended.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# issue KIND: the issue of this kind of the last run, its severity, spec and text in one line.
issue() {
  git chant show-run --json >"$HOME/run"
  valid_json "$HOME/run"
  awk -v kind="\"kind\": \"$1\"" '
    index($0, kind) { inside = 1; next }
    inside && /"(severity|spec|text)":/ {
      sub(/^ *"[a-z]*": /, ""); sub(/,$/, ""); gsub(/"/, ""); printf "%s|", $0 }
    inside && /}/ { print ""; exit }' "$HOME/run"
}

# Seed 001: "Report", "Detect issues".
summary_and_issues() {
  agent main "$AGENTS/planned"
  repo
  for id in s-001 s-002 s-003; do plain_spec "$id"; done
  plan s-002 'exit 1'
  must_fail 1 git chant work --parallel >../out 2>&1
  has 'Parallel execution complete: 2/3 specs succeeded' ../out
  has 'Issues detected:' ../out
  has '  ⚠ 1 of 3 specs did not succeed' ../out
  lacks 'Run cleanup agent?' ../out
  same "$(issue partial_failure)" 'medium|null|1 of 3 specs did not succeed|'
  git chant runs >../runs
  has '  parallel  ' ../runs
  has '  2/3 succeeded  1 issue' ../runs
}

# An account that is closed by its limit: the run ends instead of waiting.
api_error() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  plan b 'echo "429 Too many concurrent requests" >&2; exit 1'
  must_fail 1 timeout 30 git chant work --parallel --no-wait >../out 2>&1
  has '  ✗ b: API concurrency error (retryable)' ../out
  same "$(issue api_error)" 'high|b|API concurrency error (retryable)|'
}

all_well() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  git chant work --parallel >../out 2>&1
  has 'Parallel execution complete: 1/1 specs succeeded' ../out
  lacks 'Issues detected' ../out
}

# Two specs change the same line; the one that lands later conflicts with the other.
merge_conflict() {
  agent main "$AGENTS/planned" 2
  repo
  for id in one two; do
    plain_spec "$id"
    plan "$id" "echo $id >start.txt"
  done
  must_fail 1 git chant work --parallel >../out 2>&1
  loser=$(git chant list --all --porcelain | awk -F '\t' '$2 == "needs_attention" {print $1}')
  winner=one
  [ "$loser" = one ] && winner=two
  has "  ✗ $loser: Merge conflict with $winner" ../out
  same "$(issue merge_conflict)" "high|$loser|Merge conflict with $winner|"
}

# Branches that wait are merged with each other in memory.
conflict_of_waiting() {
  agent main "$AGENTS/planned" 2
  repo
  for id in one two three; do plain_spec "$id"; done
  plan one 'echo one >start.txt'
  plan two 'echo two >start.txt'
  git chant work --parallel --branch >../out 2>&1
  same "$(grep -c 'Merge conflict with' ../out)" 1
  same "$(git status --porcelain)" ''
}

uncommitted_work() {
  agent main "$AGENTS/dirty"
  repo
  plain_spec a
  must_fail 1 git chant work --parallel --no-cleanup >../out 2>&1
  has "  ⚠ a: Uncommitted work in '$WORKTREES/chant-a'" ../out
  same "$(issue uncommitted_changes | cut -d '|' -f 1,2)" 'medium|a'
}

# A worktree of an earlier run that nobody uses is named.
stale_worktree() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  git add .chant
  git commit -qm specs
  path=$(git chant worktree a)
  rm "$(git -C "$path" rev-parse --git-path chant/person)"
  git chant work --parallel b >../out 2>&1
  has '  ⚠ a: Worktree not cleaned up' ../out
  same "$(issue stale_worktree)" 'low|a|Worktree not cleaned up|'
}

# The notify command gets the run in its environment; one that fails changes nothing.
told() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  git config --global chant.notify.command 'echo "$CHANT_EVENT $CHANT_RUN $CHANT_SUMMARY" >>~/told'
  git chant work --parallel a >../out 2>&1
  plan b 'exit 1'
  must_fail 1 git chant work --parallel b >../out 2>&1
  same "$(cat ~/told)" 'run-ended 1 1 of 1 spec succeeded
needs-person 2 0 of 1 spec succeeded'
  git config --global chant.notify.command 'exit 3'
  plain_spec c
  git chant work --parallel c >../out 2>&1
  has 'the notify command failed: exit 3' ../out
}

check 'Reports clear summary of parallel results' summary_and_issues
check 'Detects common parallel pitfalls after execution: API errors' api_error
check 'a run in which all is well has no issues' all_well
check 'Detects common parallel pitfalls after execution: a merge conflict' merge_conflict
check 'branches that wait and conflict with each other are told' conflict_of_waiting
check 'uncommitted work in a worktree is told' uncommitted_work
check 'a worktree that was not cleaned up is told' stale_worktree
check 'the user is told that a run has ended' told
finish
