# Everything that a cloned repository can have executed: nothing of it is before it was trusted; one
# changed byte must be trusted again, and what was taken back, too.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/trusting.sh"

# guarded WHAT FILE: refused until trusted, after one changed byte, and after trust was taken back.
guarded() {
  command -v strace >/dev/null || skip 'no strace here'
  refused
  traced 128 trust
  has "$1" ../out
  git chant trust --yes >../trusted
  has "$1" ../trusted
  cp "$2" ../kept
  sed 's/evil \([a-z]\)/evil x\1/' ../kept >"$2"
  refused
  cp ../kept "$2"
  git chant trust --list >../out
  has "$1" ../out
  git chant trust --revoke >../out
  has '1 command no longer trusted' ../out
  same "$(git chant trust --list)" 'nothing is trusted here'
  refused
  git chant trust --yes >../out
  git chant work --parallel >../out 2>&1 || :
  [ -e "$HOME/ran" ] || { echo 'it did not run, though trusted'; cat ../out; return 1; }
}

an_agent() {
  cloned 'agent: theirs' <<'YAML'
parallel: {agents: [{name: theirs, command: evil agent}]}
YAML
  guarded "agent 'theirs' in .chant/config.yaml:1" .chant/config.yaml
}

setup() {
  cloned 'labels: []' <<'YAML'
worktree:
  setup: evil setup
YAML
  guarded 'setup in .chant/config.yaml:2' .chant/config.yaml
}

a_check() {
  cloned 'labels: []' <<'YAML'
check: evil check
YAML
  guarded 'check in .chant/config.yaml:1' .chant/config.yaml
}

gate() {
  cloned 'labels: []' <<'YAML'
reconcile: {gate: evil gate}
YAML
  guarded 'gate in .chant/config.yaml:1' .chant/config.yaml
}

notify() {
  cloned 'labels: []' <<'YAML'
notify: {command: evil notify}
YAML
  guarded 'notify command in .chant/config.yaml:1' .chant/config.yaml
}

script() {
  cloned 'labels: []' '' 'evil script' </dev/null
  guarded 'script in .chant/specs/a.md:12' .chant/specs/a.md
}

check_of_a_spec() {
  cloned 'check: evil check' </dev/null
  guarded 'check in .chant/specs/a.md' .chant/specs/a.md
}

criterion() {
  # shellcheck disable=SC2016 # a code span
  cloned 'labels: []' ' `run: evil run`' </dev/null
  guarded 'criterion in .chant/specs/a.md:10' .chant/specs/a.md
}

check 'an agent of the repository' an_agent
check 'a setup command' setup
check 'a check' a_check
check 'a gate' gate
check 'a notify command' notify
check 'a script in a spec' script
check 'the check of a spec' check_of_a_spec
check 'a run: criterion' criterion
finish
