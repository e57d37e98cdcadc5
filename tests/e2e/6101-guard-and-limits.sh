# shellcheck shell=sh
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# planted COMMAND: an agent that does its work and, last of all, COMMAND, which must be noticed.
planted() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  printf '#!/bin/sh\ntouch "%s/ran"\n' "$PWD/.." >../planted
  chmod +x ../planted
  plan a "sed -i 's/\[ \]/[x]/' \"\$CHANT_SPEC_FILE\"; git commit -qam work; $1; exit 0"
  must_fail 1 git chant work --parallel >../out
  same "$(state a)" needs_attention
  same "$(field a status)" pending
  has 'Needs attention (tampered)' ../out
  [ ! -e ../ran ]
  [ -d "$WORKTREES/chant-a" ]
}

fsmonitor() {
  planted 'git config core.fsmonitor "$HOME/../test/planted"'
  has "'git config core.fsmonitor' was changed while the agent ran" ../out
}

filter() {
  planted 'git config filter.x.clean "$HOME/../test/planted"; echo "* filter=x" >.gitattributes; touch start.txt'
  has 'git config filter.x.clean' ../out
}

hook() {
  planted 'cp "$HOME/../test/planted" "$(git rev-parse --git-common-dir)/hooks/post-merge"'
  has 'hooks/post-merge' ../out
}

attributes() {
  planted 'echo "* merge=union" >"$(git rev-parse --git-common-dir)/info/attributes"'
  has 'info/attributes' ../out
}

harmless_settings() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'git config user.name Agent; git config branch.x.remote o; echo a >a.txt'
  git chant work --parallel
  same "$(state a)" completed
}

# The agent hangs for good; only its limit ends it.
limit_of_the_configuration() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'tail -f /dev/null'
  GIT_CHANT_PARALLEL_TIMEOUT=1s must_fail 1 git chant work --parallel >../out
  has 'Failed (timeout): ran out of time' ../out
  same "$(state a)" failed
}

limit_of_the_spec() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a 'timeout: 1s'
  plan a 'tail -f /dev/null'
  must_fail 1 git chant work --parallel >../out
  has 'Failed (timeout)' ../out
}

bad_limit() {
  agent main "$AGENTS/ok"
  repo
  plain_spec a 'timeout: soon'
  must_fail 1 git chant work --parallel >../out
  has "timeout 'soon' is not a duration" ../out
}

check 'an agent that plants an fsmonitor is found out, and nothing of it runs' fsmonitor
check 'an agent that plants a filter is found out, and nothing of it runs' filter
check 'an agent that plants a hook is found out, and nothing of it runs' hook
check 'an agent that plants attributes is found out' attributes
check 'settings that run nothing may change' harmless_settings
check 'the configured time limit ends an agent' limit_of_the_configuration
check 'the time limit of a spec ends its agent' limit_of_the_spec
check 'a time limit that is none is told' bad_limit
finish
