# What the user has staged, changed and added in files that no spec touches is byte for byte as
# before after a run, in the index as well.
. "$(dirname "$0")/lib.sh"

# Every way in which a file can differ between HEAD, the index and the disk.
make_changes() {
  for name in unstaged staged both deleted removed renamed mode added_later; do
    seq 1 20 | sed "s/^/$name /" >"user-$name.txt"
  done
  mkdir sub
  echo flagged >sub/user-flagged.txt
  printf '*.log\n' >.gitignore
  git add .
  git commit -qm 'files of the user'
  echo changed >>user-unstaged.txt
  echo changed >>user-staged.txt
  echo staged >>user-both.txt
  git add user-staged.txt user-both.txt
  echo unstaged >>user-both.txt
  rm user-deleted.txt
  git rm -q --cached user-removed.txt
  git mv user-renamed.txt user-new-name.txt
  chmod +x user-mode.txt
  echo new >user-new.txt
  git add user-new.txt
  echo intended >user-intended.txt
  git add --intent-to-add user-intended.txt
  git update-index --assume-unchanged sub/user-flagged.txt
  echo 'changed, but git must not look' >sub/user-flagged.txt
  mkdir dir
  printf 'untracked\0binary' >dir/user-untracked.bin
  echo ignored >user-ignored.log
}

# State of everything that is not a file of a spec: index entries with their flags and content,
# differences, and the files themselves with times.
state_of_user() {
  git ls-files --stage -- '*user-*' >"$1.stage"
  git ls-files -v -- '*user-*' >"$1.flags"
  git ls-files --stage -- '*user-*' | cut -d' ' -f2 | sort -u |
    git cat-file --batch >"$1.content"
  git diff --binary -- '*user-*' >"$1.unstaged"
  git diff --binary --cached -- '*user-*' >"$1.staged"
  git status --porcelain --ignored -- '*user-*' >"$1.status"
  find . -path ./.git -prune -o -name '*user-*' -printf '%p %i %s %m %T@\n' | sort >"$1.files"
  find . -path ./.git -prune -o -name '*user-*' -type f -exec sha256sum {} + | sort >"$1.sums"
}

same_states() {
  for part in stage flags content unstaged staged status files sums; do
    [ -s "../before.$part" ]
    diff "../before.$part" "../after.$part"
  done
}

# work_with ARGUMENT...: three specs; one changes a file, one adds and one deletes.
work_with() {
  agent main "$AGENTS/planned"
  repo
  echo old >old.txt
  git add old.txt
  git commit -qm old
  make_changes
  for id in a b c; do plain_spec "$id"; done
  plan a 'echo more >>start.txt'
  plan b 'mkdir -p deep/er; echo new >deep/er/b.txt'
  plan c 'git rm -q old.txt'
  state_of_user ../before
  git chant work "$@"
  state_of_user ../after
  same_states
}

parallel() {
  work_with --parallel
  same "$(cat start.txt deep/er/b.txt)" 'start
more
new'
  [ ! -e old.txt ]
  same "$(git status --porcelain -- start.txt deep old.txt .chant)" ''
}

isolated() { work_with --worktree a b c; }

branch_mode() {
  work_with --parallel --branch
  same "$(cat start.txt)" start
}

# The specs are new and one is staged already; other staged spec files are the user's business.
specs_staged() {
  agent main "$AGENTS/planned"
  repo
  make_changes
  for id in a b user-draft; do plain_spec "$id"; done
  git add .chant/specs/b.md .chant/specs/user-draft.md
  state_of_user ../before
  git chant work --parallel a b
  state_of_user ../after
  same_states
  same "$(git status --porcelain -- .chant)" 'A  .chant/specs/user-draft.md'
}

# A script works in the user's own checkout; only what it did is committed.
sequential() {
  repo
  make_changes
  script_spec a 'echo more >>start.txt; echo new >a.txt'
  git chant trust --yes
  state_of_user ../before
  git chant work a
  state_of_user ../after
  same_states
  same "$(git show --format= --name-only main~1)" '.chant/specs/a.md
a.txt
start.txt'
}

check 'changes of the user are the same after a parallel run' parallel
check 'changes of the user are the same after a run with --worktree' isolated
check 'changes of the user are the same after a run in branch mode' branch_mode
check 'changes of the user are the same after a script in the checkout' sequential
check 'staged specs of the user are the same after a run' specs_staged
finish
