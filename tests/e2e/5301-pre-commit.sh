# The pre-commit hook: which commits it refuses, and that it looks at what is committed.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"

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

# spec_worktree: the worktree of the spec `good`, with a second spec beside it.
spec_worktree() {
  hooked
  plain_spec second
  git add .chant
  git commit -qm second
  git worktree add -q -b spec/good ../good
  mkdir -p .git/worktrees/good/chant
  echo good >.git/worktrees/good/chant/spec
  cd ../good
}

own_file_only() {
  spec_worktree
  sed -i.bak 's/\[ \]/[x]/' .chant/specs/good.md .chant/specs/second.md
  rm .chant/specs/*.bak
  echo work >work.txt
  git add -A
  refused ".chant/specs/second.md: error: not the file of this worktree's spec 'good'" \
    git commit -qm work
  git reset -q -- .chant/specs/second.md
  git commit -qm work
  echo 'check: true' >>.chant/config.yaml
  refused ".chant/config.yaml: error: not the file" git commit -qam config
  git rm -qf .chant/specs/second.md
  refused ".chant/specs/second.md: error: not the file" git commit -qm removed
  git commit -q --no-verify -m removed
}

# The target is merged into the spec's branch, with a conflict: what comes from there is no fault.
merged_in() {
  spec_worktree
  echo work >start.txt
  git commit -qam work
  cd ../repo
  sed -i.bak 's/Do second/Do more/' .chant/specs/second.md
  rm .chant/specs/second.md.bak
  bad_spec third
  echo more >start.txt
  git add .chant start.txt
  git commit -q --no-verify -m more
  cd ../good
  must_fail 1 git merge -q main >/dev/null
  echo both >start.txt
  git commit -qam merged 2>../err
  same "$(cat ../err)" ''
  git rev-parse -q --verify HEAD^2 >/dev/null
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
check "a spec's worktree commits no other file below .chant" own_file_only
check 'a merge into a spec branch may bring them in' merged_in
check 'a check that fails refuses nothing' out_of_order
finish
