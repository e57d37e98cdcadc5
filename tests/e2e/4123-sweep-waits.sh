# Finalizing a landing waits while the spec file itself is being edited, and during a merge or rebase:
# nothing is lost, and the next command records it.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

merge() { clock; git merge -q --no-edit "$@"; }
spec_file=.chant/specs/a.md

# edited: the user's own line in the spec file; recorded by the next command after it is gone.
edited() {
  start unsealed "$with_hooks"
  diverge
  CHANT_HOOK=0 merge spec/a
  tip=$(git rev-parse main)
  echo 'a line of mine' >>"$spec_file"
  [ "$1" = unstaged ] || git add "$spec_file"
  cp "$spec_file" ../edited
  git ls-files -s >../before
  if [ "$with_hooks" = hooks ]; then
    "$CHANT_BINARY" hook post-merge 0 2>../err
  else
    git chant list >../list 2>../err
  fi
  has "uncommitted changes in '$spec_file' are in the way" ../err
  cmp "$spec_file" ../edited
  git ls-files -s >../after
  cmp ../before ../after
  same "$(git rev-parse main)" "$tip"
  same "$(state a)" needs_attention
  git commit -qm 'my line' "$spec_file"
  same "$(state a)" completed
  has 'a line of mine' "$spec_file"
  is_recorded unsealed completed branch
}
edited_unstaged() { edited unstaged; }
edited_staged() { edited staged; }

# An edit that git's autostash holds while the hook runs.
edited_in_autostash() {
  start unsealed hooks
  diverge
  sed -i 's/^# Do a$/# Do a, a line of mine/' "$spec_file"
  merge --autostash spec/a 2>../err
  has 'a line of mine' "$spec_file"
  same "$(git stash list)" ''
  same "$(git ls-files -u)" ''
  git commit -qam 'my line'
  same "$(state a)" completed
  is_recorded unsealed completed branch
}

# The target moved under the checkout: its files are behind, and nobody knows whose they are.
moved_under() {
  start unsealed none
  git update-ref refs/heads/main spec/a
  git ls-files -s >../before
  git chant list >../list 2>../err
  git ls-files -s >../after
  cmp ../before ../after
  same "$(git rev-parse main)" "$(git rev-parse spec/a)"
  has "uncommitted changes in '$spec_file' are in the way" ../err
  git reset -q --hard
  same "$(state a)" completed
  is_recorded unsealed completed branch
}

quiet() {
  { git rev-parse main; git ls-files -s; git status --porcelain; } >"../$1"
}

# beside_a_conflict: the branch has landed unseen, and `topic` conflicts with main.
beside_a_conflict() {
  start unsealed hooks
  CHANT_HOOK=0 merge spec/a
  git checkout -q -b topic fork
  set_line start.txt 5 'five of topic'
  commit topic
  git checkout -q main
}

in_merge() {
  beside_a_conflict
  must_fail 1 merge topic
  quiet before
  git chant list
  "$CHANT_BINARY" hook post-merge 0
  "$CHANT_BINARY" hook post-checkout main main 1
  quiet after
  cmp ../before ../after
  [ -f .git/MERGE_HEAD ]
  resolve
  clock
  git commit -q --no-edit
  is_recorded unsealed completed branch
}

in_rebase() {
  beside_a_conflict
  must_fail 1 git rebase -q topic
  quiet before
  git chant list
  "$CHANT_BINARY" hook post-checkout main main 1
  quiet after
  cmp ../before ../after
  [ -d .git/rebase-merge ]
  git rebase --abort
  git chant list
  is_recorded unsealed completed branch
}

template unsealed
for with_hooks in hooks none; do
  check "an unstaged edit of the spec file is waited for, hooks: $with_hooks" edited_unstaged
  check "a staged edit of the spec file is waited for, hooks: $with_hooks" edited_staged
done
check 'an edit of the spec file that git stashed comes back' edited_in_autostash
check 'a target that was moved under its checkout is waited for' moved_under
check 'nothing moves during a merge' in_merge
check 'nothing moves during a rebase' in_rebase
finish
