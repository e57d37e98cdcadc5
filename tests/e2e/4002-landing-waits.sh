# A landing that would change a file with uncommitted changes waits: nothing moves, the file is
# named, the other specs go on. Afterwards it lands without running the agent again.
. "$(dirname "$0")/lib.sh"

# prepare LINE: what the spec `a` does; `b` is harmless, `c` depends on `a`.
prepare() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  plain_spec c 'depends_on: [a]'
  plan a "echo a >>\"\$HOME/worked\"; $1"
  git add .chant
  git commit -qm specs
}

# waits FILE: the landing of `a` is held up by this file alone.
waits() {
  git diff --binary HEAD >../diff_before
  cp "$1" ../user_file
  must_fail 1 git chant work --parallel >../out
  cmp "$1" ../user_file
  git diff --binary HEAD >../diff_after
  cmp ../diff_before ../diff_after
  has "[a] ✓ Finished (commit: " ../out
  has "waits to land: uncommitted changes in '$1'" ../out
  has 'Summary: 1 completed, 0 failed, 1 finished, 1 skipped (' ../out
  has '→ git chant work a' ../out
  has 'depends on a, which was not completed' ../out
  same "$(state a) $(state b) $(state c)" 'finished completed blocked'
  same "$(field a status)" pending
  same "$(git worktree list | wc -l)" 1
}

# lands COMMAND...: after the file is clean; the agent is not run again.
lands() {
  git chant "$@" >../again
  has '✓ Finalized a' ../again
  same "$(cat "$HOME/worked")" a
  same "$(field a status)" completed
  same "$(branch_at spec/a)" ''
  same "$(git status --porcelain)" ''
  git show main:.chant/specs/a.md | cmp - .chant/specs/a.md
}

changed_file() {
  prepare 'echo from the spec >start.txt'
  echo mine >>start.txt
  waits start.txt
  same "$(git status --porcelain)" ' M start.txt'
  must_fail 1 git chant work a >../again
  has "waits to land: uncommitted changes in 'start.txt'" ../again
  git checkout -q start.txt
  lands work a
  same "$(cat start.txt)" 'from the spec'
}

staged_file() {
  prepare 'echo from the spec >start.txt'
  echo mine >>start.txt
  git add start.txt
  waits start.txt
  same "$(git status --porcelain)" 'M  start.txt'
  git reset -q
  git checkout -q start.txt
  lands work --parallel a
}

untracked_file() {
  prepare 'mkdir dir; echo from the spec >dir/new.txt'
  mkdir dir
  echo mine >dir/new.txt
  waits dir/new.txt
  same "$(git status --porcelain)" '?? dir/'
  mv dir/new.txt ../kept
  lands work --parallel
  same "$(cat dir/new.txt) $(cat ../kept)" 'from the spec mine'
  same "$(state c)" completed
}

ignored_file() {
  prepare 'echo from the spec >new.log; git add -f new.log'
  echo '*.log' >.gitignore
  git add .gitignore
  git commit -qm ignore
  echo mine >new.log
  waits new.log
  mv new.log ../kept
  lands work --parallel a
}

directory_in_the_way() {
  prepare 'echo from the spec >new'
  mkdir new
  echo mine >new/file
  must_fail 1 git chant work --parallel >../out
  has "waits to land: uncommitted changes in 'new" ../out
  same "$(cat new/file)" mine
  same "$(state a)" finished
  rm -r new
  lands work a
}

# A file that has only been touched is not changed.
touched_file() {
  prepare 'echo from the spec >start.txt'
  touch -d '2020-02-02' start.txt
  git chant work --parallel
  same "$(cat start.txt)" 'from the spec'
  same "$(git status --porcelain)" ''
}

# git would delete a directory in which everything is ignored.
ignored_directory_in_the_way() {
  prepare 'echo from the spec >new'
  echo '*.log' >.gitignore
  git add .gitignore
  git commit -qm ignore
  mkdir new
  echo mine >new/file.log
  must_fail 1 git chant work --parallel >../out
  has "waits to land: uncommitted changes in 'new" ../out
  same "$(cat new/file.log)" mine
}

check 'an unstaged change is in the way; then the work lands without the agent' changed_file
check 'a staged change is in the way' staged_file
check 'an untracked file is in the way' untracked_file
check 'an ignored file is in the way' ignored_file
check 'a directory is in the way' directory_in_the_way
check 'a directory of ignored files is in the way' ignored_directory_in_the_way
check 'a file that was only touched is not in the way' touched_file
finish
