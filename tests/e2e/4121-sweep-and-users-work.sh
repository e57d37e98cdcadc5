# Finalizing a landing leaves the user's work as it is: staged, unstaged, untracked, stashed.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

merge() { clock; git merge -q --no-edit "$@"; }
spec_file=.chant/specs/a.md

# mine: all index entries but the spec's with all that git keeps of them, the bytes of all files but
# the spec's, and the stash.
mine() {
  git ls-files --debug -s -v -- . ":!$spec_file"
  find . -path ./.git -prune -o -path "./$spec_file" -prune -o -type f -print | sort | xargs md5sum
  git stash list
  git stash show -p --include-untracked 2>/dev/null || :
  git status --porcelain -- . ":!$spec_file"
}

# work: of all kinds, in files that the branch does not change.
work() {
  echo stashed >other.txt
  git stash -q
  echo staged >staged.txt
  git add staged.txt
  echo more >>staged.txt
  echo unstaged >>other.txt
  git rm -q --cached .chant/specs/b.md
  echo untracked >untracked.txt
  touch -d '2020-01-01' untracked.txt
  git update-index --assume-unchanged .chant/config.yaml
}

one_path() {
  same "$(git log -1 --format=%s main)" 'chant(a): finalize'
  same "$(git diff --name-only main~1 main)" "$spec_file"
  same "$(git rev-list --count main~1..main)" 1
}

# Fast-forward: git refuses any other merge when something is staged.
kept_by() {
  start unsealed "$with_hooks"
  work
  if [ "$with_hooks" = hooks ]; then
    CHANT_HOOK=0 merge spec/a
    mine >../before
    "$CHANT_BINARY" hook post-merge 0
  else
    merge spec/a
    mine >../before
    git chant list >../list
  fi
  mine >../after
  diff ../before ../after
  one_path
  is_recorded unsealed completed branch
  same "$(git diff HEAD --name-only -- "$spec_file")" ''
  same "$(git ls-files -v "$spec_file")" "H $spec_file"
}

# The hook runs before git applies what it stashed for the merge.
autostash() {
  start unsealed hooks
  diverge
  echo unstaged >>other.txt
  echo staged >>main.txt
  git add main.txt
  echo untracked >untracked.txt
  git diff HEAD >../before
  merge --autostash spec/a
  git diff HEAD >../after
  cmp ../before ../after
  same "$(git stash list)" ''
  same "$(cat untracked.txt)" untracked
  one_path
  is_recorded unsealed completed branch
}

template unsealed
for with_hooks in hooks none; do
  check "work of all kinds is as it was, hooks: $with_hooks" kept_by
done
check 'what git stashed for the merge comes back' autostash
finish
