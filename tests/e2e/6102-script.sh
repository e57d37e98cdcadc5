# shellcheck shell=sh
# shellcheck disable=SC2016 # it is the scripts that expand it
. "$(dirname "$0")/lib.sh"

odd_names() {
  repo
  script_spec a 'touch " x" -- "-x" "*" "$(printf "two\nlines")" "ü"; mkdir d; touch "d/y z"'
  git chant trust --yes >/dev/null
  git chant work --parallel
  same "$(field a status)" completed
  same "$(git ls-tree -r -z --name-only main | tr '\0\n' '|/' | tr '|' '\n' | grep -c -v -e chant -e start)" 6
  same "$(git log -1 --format=%s main^2~1)" 'chant(a): Do a'
  git log -1 --format=%B main^2~1 >../message
  has "Chant-Spec: a" ../message
}

in_the_checkout() {
  repo
  script_spec a 'touch "$(printf "two\nlines")"'
  git chant trust --yes >/dev/null
  echo staged >staged.txt
  git add staged.txt
  git chant work a
  same "$(field a status)" completed
  same "$(git status --porcelain)" 'A  staged.txt'
}

nothing_done() {
  repo
  script_spec a 'echo only words'
  git chant trust --yes >/dev/null
  must_fail 1 git chant work --parallel >../out
  has 'Failed (no_commit)' ../out
  same "$(field a status)" pending
}

stops_at_the_first_error() {
  repo
  script_spec a 'echo half >half.txt; false; echo more >more.txt'
  git chant trust --yes >/dev/null
  must_fail 1 git chant work --parallel >../out
  has 'Failed (failed): the agent ended with exit 1' ../out
  has 'uncommitted work is kept as refs/chant/spec/a/1' ../out
  same "$(git show refs/chant/spec/a/1:half.txt)" half
  must_fail 128 git cat-file -e refs/chant/spec/a/1:more.txt
}

all_blocks_run_and_stdin_is_empty() {
  repo
  script_spec a 'read -r line || echo none >a.txt'
  printf '\n```sh run\necho second >b.txt\n```\n' >>.chant/specs/a.md
  git chant trust --yes >/dev/null
  git chant work --parallel
  same "$(cat a.txt) $(cat b.txt)" 'none second'
}

check 'files with any name are committed' odd_names
check 'in the checkout only what the script changed is committed' in_the_checkout
check 'a script that changes nothing has done nothing' nothing_done
check 'a script stops at its first error, and what it left is kept' stops_at_the_first_error
check 'every block runs, without input' all_blocks_run_and_stdin_is_empty
finish
