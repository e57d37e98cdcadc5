# git chant hooks where core.hooksPath is set: relative, in the repository, shared, turned off.
# shellcheck disable=SC2016,SC2164 # inner shells expand it; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

one_commit() {
  recorder
  git commit -q --allow-empty -m one
  said "theirs pre-commit
ours pre-commit
ours prepare-commit-msg .git/COMMIT_EDITMSG message
ours commit-msg .git/COMMIT_EDITMSG
ours post-commit"
  own_chant
}

relative() {
  scene
  mkdir .githooks
  theirs .githooks/pre-commit
  git add .githooks
  git commit -qm hooks
  git config core.hooksPath .githooks
  fingerprint >../before
  must_fail 1 own hooks install </dev/null >../out
  has "not installed: Hooks are among the files of this checkout, in '.githooks'" ../out
  [ ! -e .githooks/post-merge ]
  own hooks install --yes >../out
  has "core.hooksPath is relative ('.githooks'): other worktrees have hooks of their own, or none" ../out
  own hooks status >../out
  has "core.hooksPath is relative ('.githooks')" ../out
  one_commit
  is_back own hooks uninstall
}

inside() {
  scene
  mkdir .git/our-hooks
  theirs .git/our-hooks/pre-commit
  git config core.hooksPath "$PWD/.git/our-hooks"
  fingerprint >../before
  own hooks install
  [ -x .git/our-hooks/post-merge ]
  one_commit
  git worktree add -q -b wt ../linked
  (cd ../linked && own hooks status >../out)
  git worktree remove ../linked
  is_back own hooks uninstall
  same "$(ls .git/our-hooks)" pre-commit
}

shared() {
  scene
  mkdir "$HOME/hooks"
  theirs "$HOME/hooks/pre-commit"
  # shellcheck disable=SC2088 # git expands it
  git config --global core.hooksPath '~/hooks'
  fingerprint >../before
  must_fail 1 own hooks install </dev/null >../out
  has "Hooks are in '$HOME/hooks' (core.hooksPath, global), outside this repository" ../out
  has 'nothing was written there; the next git chant command does what the hooks would' ../out
  same "$(ls "$HOME/hooks")" pre-commit
  same "$(git check-attr merge .chant/specs/x.md)" '.chant/specs/x.md: merge: chant-spec'
  must_fail 1 own hooks status >../out
  has "hooks are outside this repository, in '$HOME/hooks' (global)" ../out
  own hooks install --yes >../out
  one_commit
  # A second repository finds them there, and they are not its own.
  git init -q ../second
  cd ../second
  own hooks install </dev/null
  own hooks status
  own hooks uninstall
  [ -x "$HOME/hooks/post-merge" ]
  cd ../repo
  is_back own hooks uninstall
  same "$(ls "$HOME/hooks")" pre-commit
}

linked_out() {
  scene
  mkdir "$HOME/hooks"
  theirs "$HOME/hooks/pre-commit"
  rm -rf .git/hooks
  ln -s "$HOME/hooks" .git/hooks
  fingerprint >../before
  must_fail 1 own hooks install </dev/null >../out
  has 'outside this repository' ../out
  same "$(ls "$HOME/hooks")" pre-commit
  is_back own hooks uninstall
}

turned_off() {
  scene
  for value in /dev/null ''; do
    git config core.hooksPath "$value"
    fingerprint >../before
    must_fail 1 own hooks install --yes >../out
    has "hooks are turned off here: core.hooksPath is '$value'" ../out
    must_fail 1 own hooks status >../out
    has "hooks are turned off: core.hooksPath is '$value'" ../out
    has 'merge driver        installed' ../out
    is_back own hooks uninstall
  done
}

shadowed() {
  scene
  fingerprint >../before
  own hooks install
  mkdir .git/elsewhere
  git config core.hooksPath "$PWD/.git/elsewhere"
  must_fail 1 own hooks status >../out
  has "post-merge          shadowed  $PWD/.git/hooks/post-merge: core.hooksPath is '$PWD/.git/elsewhere'" ../out
  own hooks install
  own hooks status
  [ -x .git/elsewhere/post-merge ]
  [ ! -e .git/hooks/post-merge ]
  own hooks uninstall
  rmdir .git/elsewhere
  git config --unset core.hooksPath
  is_back :
}

check 'relative: asked for, and said to be for this worktree alone' relative
check 'absolute, in the repository: used, in every worktree' inside
check 'global: written to only after asking, and shared' shared
check 'a hooks directory that is a link out of the repository counts as outside' linked_out
check 'turned off: nothing but the merge driver' turned_off
check 'moved after the installation: said, and mended by the next one' shadowed
finish
