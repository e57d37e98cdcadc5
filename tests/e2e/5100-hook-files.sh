# git chant hooks install and uninstall, beside plain hook files.
# shellcheck disable=SC2016,SC2164 # inner shells expand it; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

# Every event once, by the commands that users type.
all_events() {
  git checkout -q -b side
  git commit -q --allow-empty -m side
  git commit -q --allow-empty --amend -m again
  git checkout -q main
  git merge -q side
}

in_order() {
  for who in "$@"; do
    echo "$who post-checkout ID ID 1"
  done
  for how in 'message' 'message amended'; do
    for who in "$@"; do echo "$who pre-commit"; done
    for who in "$@"; do echo "$who prepare-commit-msg .git/COMMIT_EDITMSG ${how%% *}"; done
    for who in "$@"; do echo "$who commit-msg .git/COMMIT_EDITMSG"; done
    for who in "$@"; do echo "$who post-commit"; done
  done
  for who in "$@"; do
    echo "$who post-rewrite amend"
    echo "$who read ID ID"
  done
  for who in "$@"; do echo "$who post-checkout ID ID 1"; done
  for who in "$@"; do echo "$who post-merge 0"; done
}

alone() {
  scene
  fingerprint >../before
  must_fail 1 own hooks status >../out
  has 'post-merge          missing' ../out
  own hooks install >../out
  has "installed in '$PWD/.git/hooks': post-merge, post-commit, post-rewrite, post-checkout" ../out
  lacks 'after the hook that was there' ../out
  own hooks status >../out
  lacks missing ../out
  recorder
  all_events
  said "$(in_order ours)"
  own_chant
  is_back own hooks uninstall
  own hooks uninstall >../out
  same "$(cat ../out)" 'nothing is installed'
  is_back :
}

beside_others() {
  scene
  for event in post-merge post-commit post-rewrite post-checkout prepare-commit-msg commit-msg \
    pre-commit; do
    theirs ".git/hooks/$event" "exec ${1:-true}"
  done
  fingerprint >../before
  own hooks install >../out
  has 'after the hook that was there: post-merge, post-commit, ' ../out
  own hooks status --json >../json
  valid_json ../json
  has "\"previous\": \"$PWD/.git/hooks/pre-commit.pre-chant\"" ../json
  recorder
  all_events
  said "$(in_order theirs ours)"
  git worktree add -q -b wt ../linked
  git -C ../linked commit -q --allow-empty -m linked
  said "$(in_order theirs ours)
$(echo 'theirs post-checkout ID ID 1'; echo 'ours post-checkout ID ID 1')
$(for who in theirs ours; do echo "$who pre-commit"; done)
$(for who in theirs ours; do echo "$who prepare-commit-msg $PWD/.git/worktrees/linked/COMMIT_EDITMSG message"; done)
$(for who in theirs ours; do echo "$who commit-msg $PWD/.git/worktrees/linked/COMMIT_EDITMSG"; done)
$(for who in theirs ours; do echo "$who post-commit"; done)"
  git worktree remove ../linked
  own_chant
  is_back own hooks uninstall
}

again() {
  scene
  theirs .git/hooks/post-merge
  fingerprint >../before
  own hooks install
  fingerprint >../first
  own hooks install
  fingerprint | diff ../first -
  # An older dispatcher is replaced, a lost mode comes back.
  sed 's/hook 1/hook 0/' .git/hooks/post-commit >../old
  cat ../old >.git/hooks/post-commit
  chmod -x .git/hooks/pre-commit
  must_fail 1 own hooks status >../out
  has "post-commit         outdated  $PWD/.git/hooks/post-commit: git chant hooks install" ../out
  has "pre-commit          not executable  $PWD/.git/hooks/pre-commit: git does not run it" ../out
  own hooks install
  fingerprint | diff ../first -
  # The binary moves.
  mv "$HOME/own" "$HOME/moved"
  "$HOME/moved/git-chant" hooks status >../out && return 1
  has "'$HOME/own/git-chant' is not there: git-chant on PATH is run instead" ../out
  "$HOME/moved/git-chant" hooks install
  has "$HOME/moved/git-chant" .git/hooks/post-merge
  mv ../repo ../elsewhere
  cd ../elsewhere
  is_back "$HOME/moved/git-chant" hooks uninstall
}

check 'alone: every event runs git-chant with its arguments and its input' alone
check 'hooks that were there run first, with the same arguments and input' beside_others
check 'installing again changes nothing, and mends what is old or moved' again
finish
