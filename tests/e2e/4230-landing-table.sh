#!/bin/sh
# Landing: what the user has in the checkouts of the target stays, or nothing moves, and what the
# user commits meanwhile stays.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# Branches that change one.txt, add new.txt and remove old.txt. mine.txt and *.log are the user's.
waits() {
  base one.txt mine.txt old.txt
  echo '*.log' >.gitignore
  git add .gitignore
  git commit -qm ignore
  waiting a 'line one.txt 2 A; echo new >new.txt; echo log >a.log; git add -f a.log'
  waiting b 'git rm -q old.txt'
  git chant list >/dev/null
}

everything() {
  refs_now
  git worktree list --porcelain
  for everything_in in "$@"; do
    git -C "$everything_in" ls-files -s -v
    git -C "$everything_in" status --porcelain --ignored
    find "$everything_in" -name "*.txt" -type f -exec cat {} +
  done
}

# landed DIRECTORY...: all is there, in these checkouts, and what is not the user's is clean.
landed() {
  same "$(git for-each-ref refs/heads/chant)" ''
  same "$(git show main:one.txt | sed -n 2p)" A
  same "$(git ls-tree --name-only main old.txt new.txt)" new.txt
  git rev-parse -q --verify refs/chant/spec/a/tip >/dev/null
  same "$(git chant ops | grep -c 'land 2 specs on main')" 1
  for landed_in in "$@"; do
    same "$(sed -n 2p "$landed_in/one.txt")" A
    [ -f "$landed_in/new.txt" ]
    [ ! -e "$landed_in/old.txt" ]
    same "$(git -C "$landed_in" status --porcelain -- one.txt new.txt old.txt .chant)" ''
  done
  sound
}

lands_here() {
  waits
  "$row"
  git status --porcelain >"$HOME/mine"
  git chant reconcile >"$HOME/out"
  landed .
  git status --porcelain | diff "$HOME/mine" -
  has "${row_has:-start}" "${row_in:-start.txt}"
}
clean() { :; }
dirty() { echo changed >>mine.txt && row_has=changed row_in=mine.txt; }
staged() { dirty && git add mine.txt; }
both() { staged && echo 'changed again' >>mine.txt; }
untracked() { echo free >free.txt && row_has=free row_in=free.txt; }
ignored() { echo free >free.log && row_has=free row_in=free.log; }
removed() { rm mine.txt; }
touched() { touch -d 2001-01-01 one.txt; }

refuses_here() {
  waits
  "${row}_in_the_way"
  git chant list >/dev/null
  everything . >"$HOME/before"
  must_fail 1 git chant reconcile >"$HOME/out" 2>&1
  has "'$row_path'" "$HOME/out"
  has 'git chant reconcile --continue' "$HOME/out"
  everything . | grep -v refs/chant/queue/ | diff "$HOME/before" -
  sound
  "without_$row"
  git chant reconcile --continue
  landed .
}
dirty_in_the_way() { echo mine >>one.txt && row_path=one.txt; }
without_dirty() { git checkout -q one.txt; }
staged_in_the_way() { dirty_in_the_way && git add one.txt; }
without_staged() { git reset -q --hard; }
untracked_in_the_way() { echo mine >new.txt && row_path=new.txt; }
without_untracked() { rm new.txt; }
ignored_in_the_way() { echo mine >a.log && row_path=a.log; }
without_ignored() { rm a.log; }
directory_in_the_way() { mkdir new.txt && echo mine >new.txt/file.txt && row_path=new.txt/file.txt; }
without_directory() { rm -r new.txt; }
removed_in_the_way() { echo mine >>old.txt && row_path=old.txt; }
without_removed() { git checkout -q old.txt; }

# While the gate runs, the user commits: that stays, and the train is made again on top of it.
user_commits() {
  waits
  # shellcheck disable=SC2016 # for the gate
  git chant reconcile --gate '[ ! -e ~/user ] || exit 0; touch ~/user
    cd '"$PWD"' && echo by the user >>mine.txt && git commit -qm "by the user" mine.txt' \
    >"$HOME/out" 2>&1 || { cat "$HOME/out"; return 1; }
  has 'made again' "$HOME/out"
  landed .
  has 'by the user' mine.txt
  git log --format=%s main >"$HOME/log"
  has 'by the user' "$HOME/log"
}

checked_out_elsewhere() {
  waits
  git checkout -q -b side
  git worktree add -q ../linked main
  echo changed >>../linked/mine.txt
  must_fail 128 git chant reconcile --onto gone
  git chant reconcile --onto main
  landed ../linked
  has changed ../linked/mine.txt
  same "$(git status --porcelain)" ''
  same "$(git symbolic-ref HEAD)" refs/heads/side
}

checked_out_nowhere() {
  waits
  git checkout -q -b side
  git chant reconcile --onto main
  landed
  same "$(git status --porcelain)" ''
}

checked_out_twice() {
  waits
  git worktree add -q -f ../linked main
  echo mine >>../linked/one.txt
  everything . ../linked >"$HOME/before"
  must_fail 1 git chant reconcile >"$HOME/out"
  has linked "$HOME/out"
  everything . ../linked | grep -v refs/chant/queue/ | diff "$HOME/before" -
  git -C ../linked checkout -q one.txt
  git chant reconcile --continue
  landed . ../linked
}

for row in clean dirty staged both untracked ignored removed touched; do
  check "lands with: $row" lands_here
done
for row in dirty staged untracked ignored directory removed; do
  check "nothing moves with: $row, in the way" refuses_here
done
check 'what the user commits meanwhile stays' user_commits
check 'a target that is checked out elsewhere' checked_out_elsewhere
check 'a target that is checked out nowhere' checked_out_nowhere
check 'a target that is checked out twice' checked_out_twice
finish
