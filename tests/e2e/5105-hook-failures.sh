# Whatever happens to git-chant, the user's git command prints what it printed and ends as it did.
# shellcheck disable=SC2016,SC2164 # inner shells expand it; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

scene() {
  repo
  own_chant
  PATH=$(printf '%s' "$PATH" | sed "s|^$TEST_ROOT/bin:||")
  git branch start
  cp -R . ../plain
  own hooks install >/dev/null
}

# What a user does, with all that is printed and every exit code.
session() (
  cd "$1"
  run() {
    "$@" 2>&1
    echo "exit $?"
  }
  run git checkout -b side start
  echo a >a
  run git add a
  run git commit -m 'add a'
  run git commit --amend -m 'add a again'
  run git checkout main
  echo b >b
  run git add b
  run git commit -m 'add b'
  run git merge --no-edit side
  run git rebase start
  run git checkout -q start
  run git cherry-pick side
)

same_as_plain() {
  session ../plain >../wanted || :
  session . >../printed || :
  diff ../wanted ../printed
}

missing() {
  scene
  rm "$HOME/own/git-chant"
  same_as_plain
}

not_executable() {
  scene
  chmod -x "$HOME/own/git-chant"
  same_as_plain
}

crashing() {
  scene
  recorder 'kill -SEGV $$'
  same_as_plain
  has 'ours post-merge' "$HOME/said"
}

failing() {
  scene
  recorder 'exit 128'
  same_as_plain
}

unknown_interpreter() {
  scene
  printf '#!/nowhere/sh\n' >"$HOME/own/git-chant"
  session ../plain >../wanted || :
  session . >../printed || :
  grep '^exit [0-9]' ../printed >../codes
  grep '^exit [0-9]' ../wanted | diff - ../codes
}

refusing() {
  scene
  recorder 'test "$2" != pre-commit'
  must_fail 1 git commit --allow-empty -qm no
  git commit --allow-empty -qm yes --no-verify
  git checkout -q -b other
  git merge -q start
  recorder 'exit 1'
  git commit --allow-empty -qm also --no-verify
  git checkout -q main
}

theirs_decides() {
  files_only
  scene
  own hooks uninstall
  theirs .git/hooks/pre-commit 'exit 3'
  theirs .git/hooks/post-checkout 'exit 4'
  own hooks install
  recorder
  must_fail 1 git commit --allow-empty -qm no
  lacks 'ours pre-commit' "$HOME/said"
  must_fail 1 git checkout -q -b other
  has 'ours post-checkout' "$HOME/said"
}

elsewhere_on_path() {
  scene
  recorder
  mv "$HOME/own" "$HOME/on path"
  PATH="$HOME/on path:$PATH" git commit --allow-empty -qm one
  has 'ours post-commit' "$HOME/said"
}

switched_off() {
  scene
  recorder 'exit 1'
  CHANT_HOOK=0 git commit --allow-empty -qm one
  [ ! -s "$HOME/said" ]
}

check 'git-chant is missing' missing
check 'git-chant is not executable' not_executable
check 'git-chant crashes' crashing
check 'git-chant fails' failing
check 'git-chant cannot be started' unknown_interpreter
check 'only pre-commit refuses, and --no-verify helps' refusing
check 'the hook that was there decides as it did' theirs_decides
check 'git-chant on PATH is run when the recorded one is gone' elsewhere_on_path
check 'CHANT_HOOK=0 switches it off' switched_off
finish
