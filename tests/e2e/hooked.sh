# For tests with the pre-commit hook: sourced after lib.sh.
# shellcheck disable=SC2164 # tests run with set -e

# hooked: a repository whose pre-commit hook is git-chant, with one good spec.
hooked() {
  repo
  plain_spec good
  git add .chant
  git commit -qm good
  # shellcheck disable=SC2016 # the hook expands it
  printf '#!/bin/sh\nexec "%s" hook pre-commit "$@"\n' "$CHANT_BINARY" >.git/hooks/pre-commit
  chmod +x .git/hooks/pre-commit
}

bad_spec() { spec "$1" 'labels: [x' </dev/null; }

# refused TEXT COMMAND...: no commit is made, and this is said.
refused() {
  refused_text=$1
  shift
  before=$(git rev-parse -q --verify HEAD || :)
  must_fail 1 "$@" 2>../err
  has "$refused_text" ../err
  has 'git commit --no-verify skips this check' ../err
  same "$(git rev-parse -q --verify HEAD || :)" "$before"
}
