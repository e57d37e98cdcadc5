# The trailers that our hooks add to people's commits; they survive what git does to commits.
# shellcheck disable=SC2016 # it is others who expand it
. "$(dirname "$0")/lib.sh"

# install_hooks: ours alone, as git runs them.
install_hooks() {
  for event in prepare-commit-msg commit-msg; do
    mkdir -p .git/hooks
    printf '#!/bin/sh\nexec "%s" hook %s "$@"\n' "$CHANT_BINARY" "$event" >".git/hooks/$event"
    chmod +x ".git/hooks/$event"
  done
}

# place ID: a repository with a spec and our hooks; goes to the spec's worktree.
place() {
  repo
  plain_spec "$1"
  install_hooks
  cd "$(git chant worktree "$1")" || return
}

# trailers REVISION: those that git sees, on one line.
trailers() { git log -1 --format='%(trailers:only,unfold,separator=%x2C)' "$1"; }
main_checkout() { dirname "$(git rev-parse --git-common-dir)"; }
change() { echo "$1" >>work.txt && git add work.txt; }
editor() {
  printf '#!/bin/sh\n%s\n' "$1" >"$HOME/editor"
  chmod +x "$HOME/editor"
  export GIT_EDITOR="$HOME/editor"
}

every_kind_of_commit() {
  place a
  change 1 && git commit -qm 'with -m'
  same "$(trailers HEAD)" 'Chant-Spec: a'
  printf 'no newline' >"$HOME/message"
  change 2 && git commit -qF "$HOME/message"
  same "$(trailers HEAD)" 'Chant-Spec: a'
  change 3 && git commit -q --no-verify -sm 'fix: signed off'
  same "$(trailers HEAD)" 'Signed-off-by: Test User <test@example.com>,Chant-Spec: a'
  change 4 && CHANT_MODEL=model-7 git commit -qm 'with a model'
  same "$(trailers HEAD)" 'Chant-Spec: a,Chant-Model: model-7'
  git commit -q --amend --no-edit
  same "$(trailers HEAD)" 'Chant-Spec: a,Chant-Model: model-7'
  git revert --no-edit HEAD >/dev/null
  same "$(trailers HEAD)" 'Chant-Spec: a'
}

by_editor() {
  place a
  change 1
  editor 'printf "written\n" >"$1.new"; cat "$1" >>"$1.new"; mv "$1.new" "$1"'
  git commit -qv
  same "$(git log -1 --format=%s)" written
  same "$(trailers HEAD)" 'Chant-Spec: a'
  before=$(git rev-parse HEAD)
  change 2
  for left in 'exit 0' ': >"$1"' 'exit 1'; do
    editor "$left"
    must_fail 1 git commit -q
    must_fail 1 git commit -qs
    must_fail 1 git -c commit.verbose=true -c commit.cleanup=scissors commit -q
  done
  printf 'subject:\n' >"$HOME/template"
  editor 'exit 0'
  must_fail 1 git -c commit.template="$HOME/template" commit -q
  same "$(git rev-parse HEAD)" "$before"
  git config core.commentChar ';'
  editor 'printf "t\n\n# not a comment\n" >"$1.new"; cat "$1" >>"$1.new"; mv "$1.new" "$1"'
  git commit -q
  same "$(git log -1 --format=%B)" 't

# not a comment

Chant-Spec: a'
}

rewriting() {
  place a
  for n in 1 2 3; do change "$n" && git commit -qm "commit $n"; done
  git -C "$(main_checkout)" commit -q --allow-empty -m later
  git rebase -q main
  for n in 0 1 2; do same "$(trailers "HEAD~$n")" 'Chant-Spec: a'; done
  git -C "$(main_checkout)" commit -q --allow-empty -m 'later again'
  git merge -q --no-edit main
  same "$(trailers HEAD)" 'Chant-Spec: a'
  git checkout -q -b elsewhere main
  git cherry-pick spec/a~3 >/dev/null
  same "$(trailers HEAD)" 'Chant-Spec: a'
}

autosquash() {
  place a
  change 1 && git commit -qm 'first'
  first=$(git rev-parse HEAD)
  change 2 && git commit -qm 'second'
  for kind in "--fixup=$first" "--squash=$first" "--fixup=amend:$first"; do
    echo "$kind" >>"other.txt" && git add other.txt
    editor 'exit 0'
    git commit -q "$kind" -m 'more words' 2>/dev/null || git commit -q "$kind"
    same "$(trailers HEAD)" 'Chant-Spec: a'
  done
  editor 'exit 0'
  git rebase -q -i --autosquash main
  same "$(git rev-list --count main..HEAD)" 2
  for commit in HEAD HEAD~; do
    same "$(trailers "$commit")" 'Chant-Spec: a'
    same "$(git log -1 --format=%B "$commit" | grep -c Chant-Spec)" 1
  done
}

merge_squash() {
  place a
  change 1 && CHANT_MODEL=m1 git commit -qm one
  change 2 && CHANT_MODEL=m2 git commit -qm two
  cd "$(main_checkout)" || return
  wanted='Chant-Spec: a,Chant-Model: m2,Chant-Model: m1'
  git merge -q --squash spec/a >/dev/null
  git commit -q --no-edit
  same "$(trailers HEAD)" "$wanted"
  git reset -q --hard HEAD~
  git merge -q --squash spec/a >/dev/null
  git commit -qm 'my own words'
  same "$(trailers HEAD)" "$wanted"
  same "$(git log -1 --format=%s)" 'my own words'
  git commit -q --allow-empty -m 'the next one'
  same "$(trailers HEAD)" ''
}

elsewhere_nothing() {
  repo
  plain_spec a
  git add .chant && git commit -qm specs
  install_hooks
  git commit -q --allow-empty -m 'on the target'
  git checkout -q -b spec/no-such-spec
  git commit -q --allow-empty -m 'no spec'
  same "$(trailers HEAD),$(trailers HEAD~)" ','
  git checkout -q -b spec/a
  git commit -q --allow-empty -m 'in the main checkout'
  same "$(trailers HEAD)" 'Chant-Spec: a'
}

check 'every commit in the worktree names its spec, also with --no-verify' every_kind_of_commit
check 'a message from the editor gets them, an empty one still aborts' by_editor
check 'they survive a rebase and a cherry-pick' rewriting
check 'autosquash leaves one set' autosquash
check 'a squash merge has those of what it squashed' merge_squash
check 'other commits are not touched' elsewhere_nothing
finish
