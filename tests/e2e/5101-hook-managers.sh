# git chant hooks beside husky and lefthook: imitated, and the tools where they are on PATH.
# shellcheck disable=SC2016,SC2164 # inner shells expand it; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

# What husky's files do: each hook runs the script of its name one level up, with sh -e.
imitate_husky() {
  mkdir -p .husky/_
  printf '#!/bin/sh\nscript=$(dirname "$0")/../$(basename "$0")\n[ -f "$script" ] || exit 0\nsh -e "$script" "$@"\n' \
    >.husky/_/h
  for event in post-merge post-commit post-rewrite post-checkout prepare-commit-msg commit-msg \
    pre-commit; do
    printf '#!/bin/sh\n. "$(dirname "$0")/h"\n' >".husky/_/$event"
    chmod +x ".husky/_/$event"
  done
  echo '*' >.husky/_/.gitignore
  git config core.hooksPath .husky/_
}

with_husky() {
  theirs .husky/pre-commit 'exec true'
  theirs .husky/post-rewrite 'exec true'
  chmod -x .husky/post-rewrite
  printf 'echo "no line-feed" >/dev/null' >.husky/post-merge
  git add .husky
  git commit -qm husky
  : >"$HOME/said"
  fingerprint >../before
  must_fail 1 own hooks install </dev/null >../out
  has "not installed: husky manages the hooks here. Add git-chant to the scripts in '.husky'?" ../out
  has 'git-chant hook post-merge "$@"' ../out
  has 'to install: git chant hooks install --yes' ../out
  lacks git-chant .husky/pre-commit
  own hooks install --yes </dev/null >../out
  own hooks status >../out
  has "core.hooksPath is relative ('.husky/_')" ../out
  recorder
  PATH=$HOME/own:$PATH
  git commit -q --allow-empty -m one
  git commit -q --allow-empty --amend -m two
  git checkout -q -b side
  said "$(for how in message message; do
    echo 'ours pre-commit'
    echo 'theirs pre-commit'
    echo "ours prepare-commit-msg .git/COMMIT_EDITMSG $how"
    echo 'ours commit-msg .git/COMMIT_EDITMSG'
    echo 'ours post-commit'
  done)
ours post-rewrite amend
ours read ID ID
theirs post-rewrite amend
theirs read ID ID
ours post-checkout ID ID 1"
  recorder 'exit 1'
  must_fail 1 git commit -q --allow-empty -m refused
  recorder 'exit 3'
  git commit -q --allow-empty -m crashed
  own_chant
  is_back own hooks uninstall
}

husky_imitated() {
  scene
  imitate_husky
  with_husky
}

husky_real() {
  scene
  command -v husky >/dev/null || skip 'husky is not on PATH'
  husky
  with_husky
}

lefthook_file() {
  cat >lefthook.yml <<EOF
# ours alone
pre-commit:
    commands:
        lint:
            run: echo theirs >>'$HOME/said'
post-rewrite:
  jobs:
    - run: sed 's/^/theirs read /' >>'$HOME/said'
      use_stdin: true
EOF
  printf 'pre-push:\n  commands: {a: {run: "true"}}' >>lefthook.yml
}

lefthook_imitated() {
  scene
  lefthook_file
  fingerprint >../before
  must_fail 1 own hooks install </dev/null >../out
  has "Add git-chant to 'lefthook.yml'?" ../out
  lacks git-chant lefthook.yml
  own hooks install --yes
  same "$(grep -c 'git-chant hook [a-z]' lefthook.yml)" 7
  must_fail 1 own hooks status >../out
  has 'post-merge          missing: lefthook install' ../out
  # What somebody else changes around it is kept.
  cp lefthook.yml ../installed
  sed 's/ours alone/ours together/' ../installed >lefthook.yml
  own hooks uninstall
  has 'ours together' lefthook.yml
  lacks git-chant lefthook.yml
  lefthook_file
  is_back :
  echo 'post-merge: {commands: {a: {run: "true"}}}' >lefthook.yml
  fingerprint >../before
  must_fail 1 own hooks install --yes >../out
  has "'lefthook.yml' cannot be added to line by line" ../out
  has 'the next git chant command does what the hooks would have done' ../out
  is_back own hooks uninstall
}

lefthook_real() {
  mkdir 'a place' && cd 'a place'
  scene
  command -v lefthook >/dev/null || skip 'lefthook is not on PATH'
  lefthook_file
  LEFTHOOK_OUTPUT=false lefthook install
  fingerprint >../before
  own hooks install --yes
  lefthook install
  own hooks status
  recorder
  PATH=$HOME/own:$PATH
  git add lefthook.yml
  git commit -qm one
  git commit -q --allow-empty --amend -m two
  for what in 'ours pre-commit' 'theirs read ' 'ours read '; do has "$what" "$HOME/said"; done
  git worktree add -q -b wt ../linked
  git -C ../linked commit -q --allow-empty -m linked
  has "ours prepare-commit-msg $PWD/.git/worktrees/linked/COMMIT_EDITMSG message" "$HOME/said"
  own_chant
  own hooks uninstall
  fingerprint | grep lefthook.yml >../after
  grep lefthook.yml ../before | diff - ../after
}

check 'husky (imitated): its scripts get ours, after asking' husky_imitated
check 'husky (the real one)' husky_real
check 'lefthook (imitated): its configuration gets ours, after asking' lefthook_imitated
check 'lefthook (the real one)' lefthook_real
finish
