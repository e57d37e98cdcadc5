#!/bin/sh
# `git chant conflicts`: who conflicts with whom and with the target, before anything is merged.
# shellcheck source=tests/e2e/lib.sh
. "$CHANT_SOURCE/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$CHANT_SOURCE/tests/e2e/reconciling.sh"

# a and b change one line, b and c add one file, d deletes what a changes, e is in nobody's way, and
# main has changed what f changes.
six_branches() {
  base one.txt two.txt six.txt
  fork=$(git rev-parse main)
  waiting a 'line one.txt 5 A; line two.txt 5 A'
  waiting b 'line one.txt 5 B; echo B >new'
  waiting c 'echo C >new'
  waiting d 'git rm -q two.txt'
  waiting e 'line one.txt 1 E; echo E >e.txt'
  FROM=$fork waiting f 'line six.txt 5 F'
  line six.txt 5 main
  git commit -qam 'main moves on'
}

expected='4 conflicts among 6 branches and '"'main'"'

  main - f  six.txt (contents)
  a - b     one.txt (contents)
  a - d     two.txt (modify/delete)
  b - c     new (add/add)'

names_all() {
  six_branches
  must_fail 1 git chant conflicts >../out 2>../err
  same "$(cat ../out)" "$expected"
  same "$(cat ../err)" ''
  must_fail 1 git chant conflicts f >../out 2>../err
  has 'main - f' ../out
  git chant conflicts a c e >../out
  same "$(cat ../out)" "no conflicts: 3 branches and 'main'"
}
check 'each pair and the target are named, with files and kinds' names_all

changes_nothing() {
  six_branches
  git branch elsewhere
  refs_now >../refs
  git worktree list >../worktrees
  line one.txt 9 mine
  git status --porcelain >../status
  for at in elsewhere main; do
    git checkout -q "$at"
    must_fail 1 git chant conflicts --onto main >../out
    has 'main - f  six.txt (contents)' ../out
  done
  refs_now | cmp - ../refs
  git worktree list | cmp - ../worktrees
  git status --porcelain | cmp - ../status
  same "$(find "$WORKTREES" -mindepth 1 2>&1)" ''
  sound
}
check 'nothing changes, and no worktree stays' changes_nothing

other_target() {
  six_branches
  git branch release main~1
  must_fail 1 git chant conflicts --onto release >../out
  same "$(head -n 1 ../out)" "3 conflicts among 6 branches and 'release'"
  must_fail 128 git chant conflicts --onto absent 2>../err
}
check 'another branch can be the target' other_target

as_json() {
  six_branches
  must_fail 1 git chant conflicts --json a f >../out
  valid_json ../out
  has '"one": "f"' ../out
  has '"other": null' ../out
  has '"kind": "contents"' ../out
  has "\"ours\": \"$(git rev-parse main:six.txt)\"" ../out
  has "\"theirs\": \"$(git rev-parse chant/f:six.txt)\"" ../out
  has "\"base\": \"$(git rev-parse "$fork:six.txt")\"" ../out
}
check 'JSON has the blobs of all sides' as_json

left_out() {
  base one.txt
  waiting a 'line one.txt 5 A'
  waiting b 'line one.txt 5 B'
  git checkout -q chant/b
  sed -i 's/\[x\]/[ ]/' .chant/specs/b.md
  git commit -qam untick
  git checkout -q main
  git chant conflicts >../out 2>../err
  same "$(cat ../out)" "no conflicts: 1 branch and 'main'"
  has 'left out: b: ' ../err
}
check 'what would not be taken is left out and said' left_out

renames() {
  base d/one.txt d/two.txt
  fork=$(git rev-parse main)
  waiting a 'git mv d e'
  waiting b 'echo new >d/new.txt'
  waiting c 'git rm -q d/one.txt'
  FROM=$fork waiting g 'echo x >e'
  must_fail 1 git chant conflicts >../out
  has 'a - b  e/new.txt (directory rename suggested)' ../out
  has 'a - c  e/one.txt (rename/delete)' ../out
  has 'a - g  ' ../out
  lacks 'b - c' ../out
  lacks 'main - ' ../out
}
check 'renames, renamed directories and files for directories' renames

unrelated() {
  base one.txt
  waiting a 'line one.txt 5 A'
  waiting b 'line one.txt 5 B'
  tree=$(git rev-parse 'chant/b^{tree}')
  git update-ref refs/heads/chant/b "$(git commit-tree -m 'chant(b): do it' -m 'Chant-Spec: b' "$tree")"
  code=0
  git chant conflicts >../out 2>../err || code=$?
  [ "$code" -le 1 ]
  cat ../out ../err >../all
  has b ../all
}
check 'a branch without common history is no failure' unrelated

hostile_names() {
  base one.txt
  waiting a "echo A >'$(printf 'x\033]0;evil\007\nname')'"
  waiting b "echo B >'$(printf 'x\033]0;evil\007\nname')'"
  must_fail 1 git chant conflicts >../out
  clean ../out
  same "$(wc -l <../out | tr -d ' ')" 3
}
check 'names of files do nothing to the terminal' hostile_names

table() {
  needs_terminal
  six_branches
  script -qec 'git chant conflicts' /dev/null </dev/null >../out || :
  tr -d '\r' <../out | sed 's/\x1b\[[0-9;]*m//g' >../plain
  has ' 2  a    ·   ✗ · ✗ ·' ../plain
  has ' 1  main   · · · · ✗' ../plain
}
check 'a terminal gets a table' table

finish
