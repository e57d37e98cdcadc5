# The acceptance criteria of the seed "Implement --parallel flag for concurrent spec execution":
# one test for each, named after it.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

flag_exists() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  git chant work -h >../help
  has '--parallel' ../help
  git chant work --parallel
  same "$(field a status)" completed
}

all_ready_specs() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c paused; do plain_spec "$id"; done
  sed -i 's/^status: .*/status: paused/' .chant/specs/paused.md
  plain_spec waits 'depends_on: [paused]'
  git chant work --parallel >../out
  for id in a b c; do
    same "$(field "$id" status)" completed
    same "$(git show "main:$id.txt")" "work of $id"
  done
  same "$(state paused)" paused
  same "$(state waits)" blocked
  has 'Starting 3 specs in parallel...' ../out
}

# Each of the two agents waits for the other.
at_the_same_time() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  mkfifo "$HOME/from_a" "$HOME/from_b"
  plan a 'echo here >"$HOME/from_a"; read -r word <"$HOME/from_b"; echo "$word" >a.txt'
  plan b 'read -r word <"$HOME/from_a"; echo here >"$HOME/from_b"; echo "$word" >b.txt'
  timeout 20 git chant work --parallel
  same "$(cat a.txt b.txt)" "here
here"
}

# Every line the agents print arrives while they still run, whole, and says whose it is.
streamed_output() {
  agent main "$AGENTS/planned"
  repo
  plain_spec 2026-01-22-001-aaa
  plain_spec 2026-01-22-002-bbb
  gate gate
  plan 2026-01-22-001-aaa 'echo first of a; printf "second "; read -r _ <"$HOME/gate"; echo of a'
  plan 2026-01-22-002-bbb 'echo only line of b >&2'
  react '[aaa] first of a' open_gate --parallel
  has "[aaa] Working with prompt 'standard'" ../out
  has "[bbb] Working with prompt 'standard'" ../out
  grep -qx '\[aaa\] first of a' ../out
  grep -qx '\[aaa\] second of a' ../out
  grep -qx '\[bbb\] only line of b' ../out
}

quick_is_completed() {
  field quick status >../quick
  open_gate
}

# `slow` goes on only when `quick` has landed; the run ends after both.
waits_for_all() {
  agent main "$AGENTS/planned"
  repo
  plain_spec slow
  plain_spec quick
  gate gate
  plan slow 'read -r _ <"$HOME/gate"; echo end >slow.txt'
  react 'Finalized quick' quick_is_completed --parallel
  same "$(cat ../quick)" completed
  same "$(field slow status)" completed
  same "$(git show main:slow.txt)" end
}

summary_counts() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c; do plain_spec "$id"; done
  plan b 'echo trying; exit 7'
  must_fail 1 git chant work --parallel >../out
  has 'Summary: 2 completed, 1 failed' ../out
  has '[b] ✗ Failed (failed): the agent ended with exit 7' ../out
  grep -qE '^\[a\] ✓ Completed \(commit: [0-9a-f]{7}\)$' ../out
  grep -qE '^\[c\] ✓ Completed \(commit: [0-9a-f]{7}\)$' ../out
  same "$(field a status) $(field b status) $(field c status)" 'completed pending completed'
}

# The reference of the command line is its man page; each command of its examples works.
documented_examples() {
  sed '1,/^\.Sh EXAMPLES/d' "$CHANT_SOURCE/man/git-chant-work.1" |
    sed -n '/--feature/d; s/^\.Dl git chant work //p' >examples
  has --parallel examples
  has '--parallel --label auth' examples
  agent main "$AGENTS/planned"
  repo
  plain_spec 2026-01-22-001 'labels: [auth]'
  plain_spec 2026-01-22-002-x7m
  while read -r words; do
    # shellcheck disable=SC2086 # one argument for each word
    git chant work --dry-run $words >../plan </dev/null
    has 2026-01-22-001 ../plan
  done <../examples
}

check 'Add `--parallel` flag to work command' flag_exists
check 'When used without spec ID, execute all ready specs in parallel' all_ready_specs
check 'Spawn multiple agent processes concurrently' at_the_same_time
check 'Stream output from all agents (prefixed with spec ID)' streamed_output
check 'Wait for all agents to complete' waits_for_all
check 'Report summary of results (passed/failed counts)' summary_counts
check 'Update docs/reference/cli.md with examples' documented_examples
finish
