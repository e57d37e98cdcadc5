# The pre-commit hook: which commits it refuses, and that it looks at what is committed.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooked.sh"

errors() {
  hooked
  bad_spec bad
  echo 2 >>start.txt
  git commit -qam 'not staged, not looked at'
  git add .chant
  refused '.chant/specs/bad.md:' git commit -qm bad
  git commit -qm bad --no-verify
  echo 3 >>start.txt
  git commit -qam 'what is committed already does not matter'
  git mv .chant/specs/bad.md .chant/specs/worse.md
  refused '.chant/specs/worse.md:' git commit -qm renamed
  git rm -qf .chant/specs/worse.md
  git commit -qm removed
}

warnings() {
  hooked
  printf '# Vague\n' >.chant/specs/vague.md
  git add .chant
  git commit -qm vague 2>../err
  has '.chant/specs/vague.md: warning: there are no criteria' ../err
}

# git hands the hook another index for these.
other_index() {
  hooked
  bad_spec bad
  git add .chant/specs/bad.md
  echo 2 >>start.txt
  git commit -qm 'only this file' -- start.txt
  git rm -q --cached .chant/specs/bad.md
  mv .chant/specs/bad.md ../bad.md
  cp ../bad.md .chant/specs/good.md
  refused '.chant/specs/good.md:' git commit -qam all
  refused '.chant/specs/good.md:' git commit -qm 'only this' -- .chant/specs/good.md
  same "$(git status --porcelain)" ' M .chant/specs/good.md'
}

first_commit() {
  hooked
  git checkout -q --orphan fresh
  bad_spec bad
  git add .chant
  refused '.chant/specs/bad.md:' git commit -qm first
  git rm -qf .chant/specs/bad.md
  git commit -qm first
}

amended() {
  hooked
  git commit -q --amend -m 'nothing changed'
  bad_spec bad
  git add .chant
  refused '.chant/specs/bad.md:' git commit -q --amend --no-edit
}

# Whatever happens to the check, the user's commit is made.
out_of_order() {
  hooked
  echo 2 >>start.txt
  mkdir ../empty
  printf '#!/bin/sh\nGIT_INDEX_FILE=/dev/null/none exec "%s" hook pre-commit\n' "$CHANT_BINARY" \
    >.git/hooks/pre-commit
  git commit -qam 'an index that cannot be read' 2>../err
  same "$(grep -c . ../err)" 1
  has 'git chant: cannot check what is staged: ' ../err
  bad_spec bad
  git add .chant
  # shellcheck disable=SC2016 # the hook expands it
  printf '#!/bin/sh\nexec "%s" hook pre-commit "$@"\n' "$CHANT_BINARY" >.git/hooks/pre-commit
  CHANT_HOOK=0 git commit -qm 'switched off'
}

check 'a staged spec with an error is refused' errors
check 'a warning refuses nothing' warnings
check 'commits of named paths and of everything' other_index
check 'the first commit' first_commit
check 'an amended commit' amended
check 'a check that fails refuses nothing' out_of_order
finish
