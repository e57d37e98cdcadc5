# git chant config: what holds, and where each value is from.
. "$(dirname "$0")/lib.sh"

user_file() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  cat >"$XDG_CONFIG_HOME/git-chant/config.yaml"
}

# holds KEY VALUE ORIGIN
holds() { has "$3	$1=$2" ../config; }

# Each level overrides one key of the level before.
levels() {
  repo
  git config --global --unset chant.worktree.root
  user_file <<YAML
target: user
model: user
prompt: user
worktree: {root: $PWD/../user}
parallel:
  retries: 2
  agents: [{name: main, command: "$AGENTS/ok", profile: command, max_concurrent: 2}]
YAML
  cat >.chant/config.yaml <<'YAML'
model: repository
prompt: standard
branch: {prefix: repository/}
parallel:
  retries: 3
  agents:
    - {name: main, max_concurrent: 5}
YAML
  git config chant.target main
  git config chant.branch.prefix git/
  git config chant.parallel.retries 4
  GIT_CHANT_PARALLEL_RETRIES=7 GIT_CHANT_BRANCH_PREFIX=environment/
  export GIT_CHANT_PARALLEL_RETRIES GIT_CHANT_BRANCH_PREFIX
  git chant config --show-origin >../config
  user=$XDG_CONFIG_HOME/git-chant/config.yaml
  holds parallel.distribution least-loaded built-in
  holds worktree.root "$PWD/../user" "$user:4"
  holds model repository .chant/config.yaml:1
  holds target main "git config 'chant.target'"
  holds parallel.retries 7 "'GIT_CHANT_PARALLEL_RETRIES'"
  holds branch.prefix environment/ "'GIT_CHANT_BRANCH_PREFIX'"
  holds parallel.agents.main.command "$AGENTS/ok" "$user:7"
  holds parallel.agents.main.max_concurrent 5 .chant/config.yaml:7
  git chant config >../plain
  cut -f 2 ../config | diff ../plain -
  plain_spec a
  git chant work a --worktree --branch --branch-prefix command-line/ >../out
  [ -n "$(branch_at command-line/a)" ]
}

json() {
  repo
  git chant config --json >../config
  valid_json ../config
  has '"version": 1' ../config
  has '"key": "parallel.idle_timeout"' ../config
  git chant config --check --json >../config 2>../err
  valid_json ../config
  has '"faults": []' ../config
  must_fail 129 git chant config --check --show-origin 2>../err
}

# The file of the seed that asked for it, word for word.
seed() {
  repo
  for name in claude claude-alt1 claude-alt2; do
    cp "$AGENTS/ok" "$TEST_ROOT/bin/$name"
  done
  cat >.chant/config.yaml <<'YAML'
# config.yaml
parallel:
  agents:
    - name: main
      command: claude           # shell alias or path
      max_concurrent: 2         # limited - may have active session
    - name: alt1
      command: claude-alt1
      max_concurrent: 3
    - name: alt2
      command: claude-alt2
      max_concurrent: 3

  # Safety caps
  total_max: 8                  # never exceed this many concurrent agents

  # Cleanup
  cleanup:
    enabled: true
    prompt: parallel-cleanup    # prompt for agent-assisted recovery
    auto_run: false             # require confirmation before cleanup agent runs
YAML
  git chant config --check
  git chant config --show-origin >../config
  holds parallel.agents.alt2.max_concurrent 3 .chant/config.yaml:12
  holds parallel.agents.alt2.profile claude built-in
  holds parallel.cleanup.prompt parallel-cleanup .chant/config.yaml:20
}

# Each setting has a row with its default and its other names in the documentation.
documented() {
  repo
  unset GIT_CHANT_PARALLEL_RETRIES
  GIT_CONFIG_GLOBAL=/dev/null git chant config | grep -v '^parallel\.agents\.' >../config
  while IFS='=' read -r key value; do
    row=$(grep -F "| \`$key\` |" "$CHANT_SOURCE/docs/configuration.md") ||
      { echo "'$key' is not documented"; return 1; }
    case $row in *"| ${value:+\`}${value:-empty}${value:+\`} |"*) ;; *) echo "default of '$key': $row"; return 1 ;; esac
    [ "$key" != worktree.copy ] || continue
    for name in "chant.$(echo "$key" | tr _ -)" "GIT_CHANT_$(echo "$key" | tr a-z. A-Z_)"; do
      case $row in *"\`$name\`"*) ;; *) echo "'$name' is not in: $row"; return 1 ;; esac
    done
  done <../config
}

check 'every level overrides the one before it, key by key' levels
check 'as JSON' json
check 'the configuration of seed 001 holds as it is written' seed
check 'every setting is documented, with its default' documented
finish
