# Configuration, options and surroundings that are wrong: one clear line before anything starts,
# with file and line where there is one, and nothing changed.
. "$(dirname "$0")/lib.sh"

# refused CODE MESSAGE VERB...
refused() {
  wanted_code=$1 message=$2
  shift 2
  { git for-each-ref; git status --porcelain; } >../before
  must_fail "$wanted_code" git chant "$@" >../out 2>../err
  same "$(sed '/^hint: /d' ../err)" "error: $message"
  same "$(cat ../out)" ''
  { git for-each-ref; git status --porcelain; } | diff ../before -
}

# configured TEXT MESSAGE: as the file of the repository, and as that of the user.
configured() {
  # shellcheck disable=SC2059 # the text is the format
  printf "$1" >.chant/config.yaml
  refused 128 ".chant/config.yaml:$2" list
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  mv .chant/config.yaml "$XDG_CONFIG_HOME/git-chant/config.yaml"
  refused 128 "$XDG_CONFIG_HOME/git-chant/config.yaml:$2" work --parallel
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
}

files() {
  repo
  configured 'bogus: 1\n' "1: unknown key 'bogus'"
  configured 'target: main\nparallel:\n  totl_max: 1\n' "3: unknown key 'parallel.totl_max'"
  has "hint: did you mean 'parallel.total_max'?" ../err
  configured 'parallel:\n  total_max: many\n' \
    "2: bad value 'many' for 'parallel.total_max': expected a number from 0 to 1024"
  configured 'parallel: 3\n' "1: 'parallel' must be a map, not a text"
  configured 'target: [main]\n' "1: bad value for 'target': expected a branch name, not a list"
  configured 'target: a\ntarget: b\n' "2: duplicate key 'target'"
  configured 'parallel:\n  agents:\n    - {name: a, cmd: x}\n' "3: unknown key 'parallel.agents.cmd'"
  configured 'parallel:\n  agents:\n    - {command: x}\n' "3: an agent has no 'name'"
  configured 'model: &x y\n' '1: anchors are not allowed'
}

scalars() {
  repo
  git config chant.bogus 1
  refused 128 "unknown git config name 'chant.bogus'" list
  git config --unset chant.bogus
  git config chant.parallel.total-max 010
  refused 128 "bad value '010' for git config 'chant.parallel.total-max': expected a number from 0 to 1024" list
  git config --unset chant.parallel.total-max
  GIT_CHANT_BOGUS=1
  export GIT_CHANT_BOGUS
  refused 128 "unknown environment variable 'GIT_CHANT_BOGUS'" list
  unset GIT_CHANT_BOGUS
  git chant list
}

options() {
  repo
  refused 129 "'bogus' is not a git chant command" bogus
  refused 129 "'lst' is not a git chant command" lst
  has 'hint: git chant list' ../err
  refused 129 "git chant list: unknown option '--bogus'" list --bogus
  refused 129 "git chant list: unknown option '-x'" list -x
  refused 129 "git chant list: it takes no argument, but 'x' was given" list x
  refused 129 'git chant show: ID is missing' show
  refused 129 "'--max-cost' takes an amount: 'GIT_CHANT_PARALLEL_MAX_COST=none' lifts the configured one" \
    work --parallel --max-cost none
  must_fail 129 git-chant 2>../err
  has 'usage: git chant' ../err
}

# plain: a spec for an agent that is not the script profile.
plain() {
  repo
  spec a <<'SPEC'
# Do a
SPEC
}

program() {
  plain
  script_spec b 'echo ran >ran.txt'
  git chant trust --yes >/dev/null
  agent main no-such-program
  agent other "$AGENTS/ok"
  refused 128 "agent 'main': command 'no-such-program' is not on PATH" work --parallel
  refused 128 "agent 'main': command 'no-such-program' is not on PATH" work a
  git chant work b >../out
  has '1 completed' ../out
}

no_agent() {
  plain
  refused 128 "a: no agent is configured that could work on it, and it has no 'sh run' block" work a
  spec b 'agent: nobody' <<'SPEC'
# Do b
SPEC
  refused 128 "b: there is no agent 'nobody'" work b
}

branch() {
  plain
  agent main "$AGENTS/ok"
  git checkout -qb spec/a
  git commit -q --allow-empty -m mine
  git checkout -q main
  mine=$(git rev-parse spec/a)
  refused 128 "branch 'spec/a' exists and was not made by git chant" work --parallel
  refused 128 "branch 'spec/a' exists and was not made by git chant" work a --worktree
  same "$(git rev-parse spec/a)" "$mine"
  git branch -m spec/a mine
  git branch spec
  refused 128 "branch 'spec' is in the way of 'spec/a'" work --parallel
  git branch -D spec >/dev/null
  git chant work --parallel >../out
  has '1 completed' ../out
}

ignored() {
  plain
  agent main "$AGENTS/ok"
  echo .chant/specs >.gitignore
  refused 128 "'.chant/specs/a.md' is ignored by git, but results are recorded in it" work --parallel
  refused 128 "'.chant/specs/a.md' is ignored by git, but results are recorded in it" work a
}

check 'configuration files: file and line' files
check 'git config and environment' scalars
check 'options and arguments' options
check 'a command that is not on PATH, before the first start' program
check 'no agent for a spec' no_agent
check 'a branch of that name from elsewhere' branch
check 'spec files that git ignores' ignored
finish
