# shellcheck shell=sh
. "$(dirname "$0")/lib.sh"

claude_repo() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  cat >"$XDG_CONFIG_HOME/git-chant/config.yaml" <<EOF
parallel:
  agents:
    - {name: main, command: $AGENTS/claude, max_concurrent: 2, env: {pass: [FAKE_CLAUDE]}${1:-}}
EOF
  repo
  spec 001-a <<'EOF'
# Do a

- all of it

## Acceptance Criteria

- [ ] done
EOF
}

headless_call() {
  claude_repo ', model: opus, args: [--max-turns, "7"]'
  git chant work --parallel >out
  same "$(tr '\n' ' ' <"$HOME/claude-arguments")" \
    '-p --output-format stream-json --verbose --permission-mode bypassPermissions --model opus --max-turns 7 '
  has '- all of it' "$HOME/claude-prompt"
  has "$(git config chant.worktree.root)/chant-001-a/.chant/specs/001-a.md" "$HOME/claude-prompt"
  lacks '{{' "$HOME/claude-prompt"
}

stream_is_shown_for_people() {
  claude_repo
  git chant work --parallel >out
  has '[a] I will do it.' out
  has 'Bash: git commit -m done' out
  lacks '{"type"' out
  git chant log 001-a >shown
  has "I will do it." shown
  git chant log --raw 001-a >raw
  has '"type":"result"' raw
}

model_comes_from_the_stream() {
  claude_repo
  CHANT_MODEL=other git chant work --parallel >out
  same "$(field 001-a model)" claude-big-5
  same "$(field 001-a status)" completed
}

limit_is_no_plain_failure() {
  claude_repo
  FAKE_CLAUDE=limit must_fail 1 git chant work --parallel --no-wait >out
  has "rate_limited: You have hit your 5-hour limit; agent 'main' waits until " out
  has 'every account that may work on it is closed (main: You have hit your 5-hour limit' out
  same "$(state 001-a)" ready
}

bad_key_is_told() {
  claude_repo
  FAKE_CLAUDE=error must_fail 1 git chant work --parallel >out
  has "auth: Invalid API key" out
  has "agent 'main' gets no more work in this run" out
  same "$(state 001-a)" ready
}

stream_without_result_is_no_success() {
  claude_repo
  FAKE_CLAUDE=no_result must_fail 1 git chant work --parallel >out
  has "Failed (failed): the agent's output ended without its result" out
  same "$(git rev-list --count main..spec/001-a)" 1
  same "$(field 001-a status)" pending
}

check 'claude is called headless, with model and arguments, the prompt on stdin' headless_call
check 'its stream is shown as text, and kept raw' stream_is_shown_for_people
check 'the recorded model is the one that did the work' model_comes_from_the_stream
check 'a rate limit has its own exit class' limit_is_no_plain_failure
check 'a refused key has its own exit class' bad_key_is_told
check 'a stream that breaks off is not a success, and its commits are kept' \
  stream_without_result_is_no_success
finish
