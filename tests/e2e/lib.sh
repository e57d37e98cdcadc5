# The harness of the end-to-end tests: sourced by every tests/e2e/NNNN-*.sh.
#
# A test is a shell function; `check 'what holds' function` runs it in a subshell with `set -eu`
# in a fresh directory, with a clean environment and a home of its own, and prints one TAP line.
# The directory is kept when the test fails. `finish` ends the file. CHANT_BINARY names the
# git-chant under test. With CHANT_TEST_HOOK_ENV=1 every git-chant runs with GIT_DIR and
# GIT_INDEX_FILE of another repository in its environment, as in a hook.

: "${CHANT_BINARY:?the git-chant to test}"
: "${CHANT_SOURCE:?the root of the source tree}"

# shellcheck disable=SC2046 # one word for each variable
unset $(git rev-parse --local-env-vars) CHANT_MODEL GIT_CHANT_AGENT 2>/dev/null || :
TEST_ROOT=$(mktemp -d "${TMPDIR:-/tmp}/chant-e2e.XXXXXX")
HOME=$TEST_ROOT/home
XDG_CONFIG_HOME=$HOME/.config
XDG_STATE_HOME=$HOME/.local/state
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$HOME/.gitconfig
GIT_AUTHOR_DATE='2026-01-02T03:04:05Z' GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
LC_ALL=C.UTF-8 TZ=UTC COLUMNS=80 TERM=dumb
# One attempt says what there is to say, except where attempts are what is tested.
GIT_CHANT_PARALLEL_RETRIES=0
PATH=$TEST_ROOT/bin:$PATH
export HOME XDG_CONFIG_HOME XDG_STATE_HOME GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL \
  GIT_AUTHOR_DATE GIT_COMMITTER_DATE LC_ALL TZ COLUMNS TERM PATH GIT_CHANT_PARALLEL_RETRIES
mkdir -p "$HOME" "$TEST_ROOT/bin"
git config --global user.name 'Test User'
git config --global user.email test@example.com
git config --global init.defaultBranch main
if [ "${CHANT_TEST_HOOK_ENV:-0}" = 1 ]; then
  git init -q "$TEST_ROOT/foreign"
  git -C "$TEST_ROOT/foreign" commit -q --allow-empty -m foreign
  printf '#!/bin/sh\nGIT_DIR=%s GIT_INDEX_FILE=%s exec %s "$@"\n' "$TEST_ROOT/foreign/.git" \
    "$TEST_ROOT/foreign/.git/index" "$CHANT_BINARY" >"$TEST_ROOT/bin/git-chant"
  chmod +x "$TEST_ROOT/bin/git-chant"
else
  ln -s "$CHANT_BINARY" "$TEST_ROOT/bin/git-chant"
fi
# shellcheck disable=SC2034 # for the tests
AGENTS=$CHANT_SOURCE/tests/e2e/agents
tests=0 failures=0

# own_home DIRECTORY: a home, configuration and worktree root of its own for one test, which
# begin as those of the file are now; goes to an empty directory beside them.
own_home() {
  mkdir -p "$1/test"
  cp -R "$HOME" "$1/home"
  HOME=$1/home
  XDG_CONFIG_HOME=$HOME/.config XDG_STATE_HOME=$HOME/.local/state
  GIT_CONFIG_GLOBAL=$HOME/.gitconfig WORKTREES=$1/worktrees
  git config --global chant.worktree.root "$WORKTREES"
  cd "$1/test"
}

# check NAME FUNCTION: runs one test.
check() {
  tests=$((tests + 1))
  # Not as the condition itself: there `set -e` would have no effect.
  (set -eu; own_home "$TEST_ROOT/$tests"; "$2") >"$TEST_ROOT/$tests.out" 2>&1 </dev/null
  test_result=$?
  if [ "$test_result" -eq 125 ] && [ -f "$TEST_ROOT/$tests.skip" ]; then
    echo "ok $tests - $1 # SKIP $(cat "$TEST_ROOT/$tests.skip")"
  elif [ "$test_result" -eq 0 ]; then
    echo "ok $tests - $1"
    rm -rf "${TEST_ROOT:?}/$tests"
  else
    failures=$((failures + 1))
    echo "not ok $tests - $1"
    sed 's/^/# /' "$TEST_ROOT/$tests.out" | tail -n 60
  fi
}

finish() {
  echo "1..$tests"
  [ "$failures" -gt 0 ] && { echo "# kept: $TEST_ROOT"; exit 1; }
  rm -rf "$TEST_ROOT"
  exit 0
}

# must_fail CODE COMMAND...: it must exit with exactly this code.
must_fail() {
  wanted=$1
  shift
  code=0
  "$@" || code=$?
  [ "$code" -eq "$wanted" ] || { echo "exit $code instead of $wanted: $*"; return 1; }
}

# has TEXT FILE / lacks TEXT FILE: a fixed string in a file.
has() { grep -qF -e "$1" "$2" || { echo "'$1' is not in $2:"; cat "$2"; return 1; }; }
lacks() { ! grep -qF -e "$1" "$2" || { echo "'$1' is in $2:"; cat "$2"; return 1; }; }
same() { [ "$1" = "$2" ] || { echo "'$1' is not '$2'"; return 1; }; }

# repo [DIRECTORY]: a repository with one commit and .chant, and goes there.
repo() {
  [ "$#" -gt 0 ] || set -- repo
  git init -q "$1"
  cd "$1"
  echo start >start.txt
  git add start.txt
  git commit -qm start
  git chant init >/dev/null
  git add .chant
  git commit -qm 'add .chant'
}

# spec ID [FRONTMATTER-LINE]... <<BODY: writes a spec whose body is read from stdin; without
# anything on stdin it gets one criterion.
spec() {
  spec_id=$1
  shift
  {
    printf -- '---\ntype: code\nstatus: pending\n'
    for line; do printf '%s\n' "$line"; done
    printf -- '---\n'
    cat
  } >".chant/specs/$spec_id.md"
}

# script_spec ID SHELL-LINE [FRONTMATTER-LINE]...: a spec that the script profile works.
script_spec() {
  script_id=$1 script_line=$2
  shift 2
  spec "$script_id" "$@" <<EOF
# Do $script_id

## Acceptance Criteria

- [ ] It is done

\`\`\`sh run
$script_line
\`\`\`
EOF
}

# plain_spec ID [FRONTMATTER-LINE]...: a spec with one criterion.
plain_spec() {
  spec "$@" <<EOF
# Do $1

## Acceptance Criteria

- [ ] It is done
EOF
}

# plan ID LINES: what the fake agent `planned` does for a spec.
plan() {
  mkdir -p "$HOME/plan"
  printf '%s\n' "$2" >"$HOME/plan/$1"
}

# agent NAME FILE [MAX]: an agent of the user's configuration, profile command.
agent() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  config=$XDG_CONFIG_HOME/git-chant/config.yaml
  [ -f "$config" ] || printf 'parallel:\n  agents:\n' >"$config"
  # Agents of the tests are told by the environment what to do.
  printf '    - {name: %s, command: ["%s"], profile: command, max_concurrent: %s, env: {pass: ["*"]}}\n' \
    "$1" "$2" "${3:-4}" >>"$config"
}

# react TEXT COMMAND ARGUMENT...: runs `git chant work ARGUMENT...`, for at most 20 seconds, with its
# output in ../out; runs the command whenever a line with the text is printed, before the next line
# is read.
react() {
  react_text=$1 react_command=$2
  shift 2
  mkfifo "$HOME/screen"
  timeout 20 git chant work "$@" >"$HOME/screen" 2>&1 &
  react_run=$!
  : >../out
  while IFS= read -r line; do
    printf '%s\n' "$line" >>../out
    case $line in *"$react_text"*) "$react_command" ;; esac
  done <"$HOME/screen"
  rm "$HOME/screen"
  wait "$react_run"
}

# gate NAME: a fake agent waits there with `read -r _ <~/NAME` until the test calls open_gate NAME.
gate() { mkfifo "$HOME/$1"; }
# shellcheck disable=SC2016 # the inner shell expands it
open_gate() { timeout 20 sh -c 'echo go >"$1"' sh "$HOME/${1:-gate}"; }

# branch_at NAME: the commit of a branch, or nothing.
branch_at() { git rev-parse -q --verify "refs/heads/$1" || :; }

# field ID KEY: the value of a frontmatter key of a spec on main.
field() { git show "main:.chant/specs/$1.md" | sed -n "s/^$2: *//p" | head -n 1; }
state() { git chant list --all --porcelain | awk -F '\t' -v id="$1" '$1 == id {print $2}'; }

# attempt ID FIELD: a text of the last attempt on a spec.
attempt() { git chant show --json "$1" | sed -n "s/^ *\"$2\": \"\(.*\)\",*\$/\1/p" | tail -n 1; }

# kept TEXT: a commit that a ref or the HEAD of a worktree reaches has it.
kept() {
  # shellcheck disable=SC2046 # one word for each commit
  git grep -qF -e "$1" $(git rev-list --all) || { echo "'$1' is lost"; git log --all --graph; return 1; }
}

# clean FILE: nothing in it does anything to a terminal.
clean() {
  same "$(LC_ALL=C tr -d '\n\t -~\200-\377' <"$1" | LC_ALL=C cut -c 1-40 | od -An -c | head -n 3)" ''
  same "$(iconv -f UTF-8 -t UTF-8 "$1" 2>&1 >/dev/null)" ''
}

# heard FIFO: a line that another process writes there, waited for.
heard() { timeout 60 head -n 1 "$1"; }

# skip REASON: ends a test that cannot run here.
skip() {
  echo "$1" >"$TEST_ROOT/$tests.skip"
  exit 125
}

# needs_terminal: skips a test where no pseudo-terminal can be had (a bare chroot has none).
needs_terminal() {
  script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip 'no pseudo-terminals here'
}

# valid_json FILE: strings, then plain values, then whole lists and objects shrink to one sign.
valid_json() {
  awk '{ text = text $0 "\n" }
    END {
      gsub(/"([^"\\[:cntrl:]]|\\["\\\/bfnrt]|\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F])*"/, "@", text)
      gsub(/-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false|null/, "#", text)
      gsub(/[ \n]+/, "", text)
      while (gsub(/\[\]|[{][}]|\[[@#](,[@#])*\]|[{]@:[@#](,@:[@#])*[}]/, "#", text)) { }
      if (text != "#") { print "not JSON: " substr(text, 1, 200); exit 1 }
    }' "$1"
}
