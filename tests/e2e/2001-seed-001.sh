# The acceptance criteria of the seed "Enhance chant work --parallel with multi-account support and
# robust cleanup": one test for each, named after it. Distribution and detection are also unit
# tests (sched, work/pitfalls).
. "$(dirname "$0")/lib.sh"

# accounts [COMMAND]: the seed's configuration, with the settings of round-robin.
accounts() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  cat >"$XDG_CONFIG_HOME/git-chant/config.yaml" <<EOF
parallel:
  distribution: round-robin
  agents:
    - {name: main, command: ${1:-$AGENTS/ok}, max_concurrent: 2, env: {pass: ["*"]}}
    - {name: alt1, command: ${1:-$AGENTS/ok}, max_concurrent: 3, env: {pass: ["*"]}}
    - {name: alt2, command: ${1:-$AGENTS/ok}, max_concurrent: 3, env: {pass: ["*"]}}
  total_max: ${2:-8}
  cleanup:
    enabled: true
    prompt: parallel-cleanup
    auto_run: false
EOF
}

# specs NUMBER: spec-001 …
specs() {
  number=1
  while [ "$number" -le "$1" ]; do
    spec "spec-00$number" </dev/null
    number=$((number + 1))
  done
}

# attempts FIELD: of the run, in the order of their start.
attempts() { git chant show-run --json | sed -n "s/^ *\"$1\": \"\\(.*\\)\",*\$/\\1/p"; }

schema() {
  accounts
  repo
  git chant config --json >out
  has '"parallel.agents.main.max_concurrent"' out
  has '"parallel.agents.alt2.command"' out
  git chant config >out
  has 'parallel.total_max' out
  has 'parallel.cleanup.prompt' out
  git chant config --check
}

distributes() {
  accounts
  repo
  specs 5
  git chant work --parallel --dry-run >plan
  for pair in spec-001:main spec-002:alt1 spec-003:alt2 spec-004:main spec-005:alt1; do
    has "${pair%:*}  agent ${pair#*:}" plan
  done
  git chant work --parallel >out
  for pair in spec-001:main spec-002:alt1 spec-003:alt2 spec-004:main spec-005:alt1; do
    same "$(attempt "${pair%:*}" agent)" "${pair#*:}"
  done
}

# most AGENT: how many of its attempts ran at the same time, "" for all of them.
most() {
  attempts agent >agents
  attempts started >begins
  attempts ended | tail -n "$(wc -l <agents)" >ends
  tail -n "$(wc -l <agents)" begins | paste -d ' ' agents - ends |
    awk -v agent="$1" 'agent == "" || $1 == agent { print $2, 1; print $3, -1 }' | sort |
    awk '{ now += $2; if (now > most) most = now } END { print most + 0 }'
}

limits() {
  accounts "$AGENTS/ok" 4
  repo
  specs 9
  git chant work --parallel >out
  has 'Summary: 9 completed' out
  [ "$(most '')" -le 4 ]
  [ "$(most main)" -le 2 ]
  [ "$(most alt1)" -le 3 ]
  # Nothing is held back without need.
  [ "$(most '')" -ge 2 ]
}

pitfalls() {
  accounts "$AGENTS/talks"
  repo
  specs 3
  # shellcheck disable=SC2016,SC2089,SC2090 # for the agent's shell
  TALK='case $CHANT_SPEC_ID in *1) echo "429 too many requests"; exit 1 ;; *2) echo x >loose ;; esac'
  # shellcheck disable=SC2090
  export TALK
  must_fail 1 git chant work --parallel --no-wait >out
  has 'Issues detected:' out
  has '001: API rate limit (retryable)' out
  has 'of 3 specs did not succeed' out
  git chant show-run --json >run
  has '"kind": "api_error"' run
  has '"kind": "partial_failure"' run
}

summary() {
  accounts "$AGENTS/talks"
  repo
  specs 5
  # shellcheck disable=SC2016,SC2089,SC2090 # for the agent's shell
  TALK='case $CHANT_SPEC_ID in *[24]) exit 2 ;; esac'
  # shellcheck disable=SC2090
  export TALK
  must_fail 1 git chant work --parallel >out
  has 'Parallel execution complete: 3/5 specs succeeded' out
  has 'Summary: 3 completed, 2 failed' out
  # Nobody is asked where nobody could answer.
  lacks 'Run cleanup agent?' out
}

cleanup_agent() {
  cat >"$HOME/cleaner" <<'EOF'
#!/bin/sh
set -eu
if [ -n "${CHANT_SPEC_ID:-}" ]; then
  cat >/dev/null
  exit 2
fi
cat >"$HOME/cleanup-prompt"
git-chant reset spec-001
EOF
  chmod +x "$HOME/cleaner"
}

prompt() {
  cleanup_agent
  accounts "$HOME/cleaner"
  repo
  specs 1
  must_fail 1 git chant work --parallel --cleanup >out
  has 'spec-001' "$HOME/cleanup-prompt"
  has 'exit 2' "$HOME/cleanup-prompt"
  lacks '{{' "$HOME/cleanup-prompt"
  same "$(state spec-001)" ready
}

optional() {
  cleanup_agent
  accounts "$HOME/cleaner"
  repo
  specs 1
  must_fail 1 git chant work --parallel >out
  [ ! -e "$HOME/cleanup-prompt" ]
  sed -i 's/auto_run: false/auto_run: true/' "$XDG_CONFIG_HOME/git-chant/config.yaml"
  git chant reset spec-001
  must_fail 1 git chant work --parallel --no-cleanup >out
  [ ! -e "$HOME/cleanup-prompt" ]
  git chant reset spec-001
  must_fail 1 git chant work --parallel >out
  [ -e "$HOME/cleanup-prompt" ]
}

documented() {
  for words in max_concurrent total_max distribution parallel-cleanup auto_run; do
    has "$words" "$CHANT_SOURCE/docs/configuration.md"
  done
  for option in --max --cleanup --no-cleanup --no-wait; do
    has "Fl $(echo "$option" | cut -c 2-)" "$CHANT_SOURCE/man/git-chant-work.1"
  done
}

check 'config schema supports multiple agents with per-agent limits' schema
check 'parallel distributes work across configured agents' distributes
check 'respects per-agent and total concurrency limits' limits
check 'detects common parallel pitfalls after execution' pitfalls
check 'reports clear summary of parallel results' summary
check 'cleanup prompt created and effective' prompt
check 'agent-assisted cleanup is optional and configurable' optional
check 'documentation updated' documented
finish
