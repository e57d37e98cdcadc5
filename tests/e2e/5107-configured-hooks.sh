# git chant hooks with a git that runs hook.<name>.command: no file is touched.
# shellcheck disable=SC2016,SC2164 # inner shells expand it; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

scene() {
  configured_hooks || skip 'this git does not run configured hooks'
  repo
  own_chant
}

installed() {
  scene
  theirs .git/hooks/pre-commit 'exec true'
  theirs .git/hooks/post-rewrite 'exec true'
  fingerprint >../before
  own hooks install
  own hooks status >../out
  has 'post-merge          installed  hook.chant-post-merge' ../out
  fingerprint | grep '/hooks/[a-z-]* ' >../files
  grep '/hooks/[a-z-]* ' ../before | diff - ../files
  cp .git/config ../config
  own hooks install
  cmp .git/config ../config
  recorder
  git commit -q --allow-empty -m one
  git commit -q --allow-empty --amend -m two
  git checkout -q -b side HEAD~1
  git merge -q main
  said "$(for _ in one two; do
    echo 'ours pre-commit'
    echo 'theirs pre-commit'
    echo 'ours prepare-commit-msg .git/COMMIT_EDITMSG message'
    echo 'ours commit-msg .git/COMMIT_EDITMSG'
    echo 'ours post-commit'
  done)
ours post-rewrite amend
ours read ID ID
theirs post-rewrite amend
theirs read ID ID
ours post-checkout ID ID 1
ours post-merge 0"
  own_chant
  is_back own hooks uninstall
}

beside_a_manager() {
  scene
  git config core.hooksPath .husky/_
  mkdir -p .husky/_
  : >.husky/_/h
  fingerprint >../before
  own hooks install </dev/null
  own hooks status
  recorder
  git commit -q --allow-empty -m one
  has 'ours post-commit' "$HOME/said"
  own_chant
  is_back own hooks uninstall
}

refusing() {
  scene
  own hooks install
  recorder 'exit 1'
  must_fail 1 git commit -q --allow-empty -m no
  git checkout -q -b side
  recorder 'exit 128'
  git commit -q --allow-empty -m yes
  CHANT_HOOK=0 git commit -q --allow-empty -m again
  own_chant
  git config hook.chant-pre-commit.enabled false
  must_fail 1 own hooks status >../out
  has "pre-commit          disabled  hook.chant-pre-commit: 'hook.chant-pre-commit.enabled' is false" ../out
}

check 'configured hooks run beside hook files, with the same arguments and input' installed
check 'a manager of hooks is left alone' beside_a_manager
check 'only pre-commit refuses' refusing
finish
