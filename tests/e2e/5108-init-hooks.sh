# git chant init --hooks, and the command line of git chant hooks.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

with_option() {
  git init -q repo
  cd repo
  git chant init --dry-run --hooks >../out
  must_fail 1 git chant hooks status >../status
  git chant init --hooks >../out
  has 'created .chant/specs/' ../out
  has 'installed the merge driver for spec files' ../out
  git chant hooks status
  git chant init >../out
  lacks 'git chant hooks install' ../out
}

without_terminal() {
  git init -q repo
  cd repo
  git chant init >../out </dev/null
  has 'git chant hooks install' ../out
  must_fail 1 git chant hooks status >../out
}

on_terminal() {
  needs_terminal
  git init -q repo
  cd repo
  echo y | script -qec 'git chant init' /dev/null >../out
  has 'Install git hooks, so that merges are recorded at once? [y/N]' ../out
  git chant hooks status
  git init -q ../second
  cd ../second
  echo n | script -qec 'git chant init' /dev/null >../out
  must_fail 1 git chant hooks status >../out
}

command_line() {
  git init -q repo
  cd repo
  must_fail 129 git chant hooks 2>../err
  must_fail 129 git chant hooks remove 2>../err
  has "error: git chant hooks: unknown action 'remove'" ../err
  must_fail 129 git chant hooks install --json 2>../err
  must_fail 129 git chant hooks status --yes 2>../err
  must_fail 129 git chant hooks install extra 2>../err
  must_fail 1 git chant hooks status --json >../json
  valid_json ../json
  has '"complete": false' ../json
  cd .git
  must_fail 128 git chant hooks status 2>../../err
  git init -q --bare ../../bare.git
  cd ../../bare.git
  must_fail 128 git chant hooks install 2>../err
}

check 'init --hooks installs them' with_option
check 'init without a terminal prints the command' without_terminal
check 'init asks on a terminal' on_terminal
check 'wrong command lines change nothing' command_line
finish
