#!/bin/sh
# People edit a list while it is worked on: nothing of theirs is lost, the right box is ticked or none.
# shellcheck disable=SC2016,SC2119 # agents expand their plans; some arguments may be left out
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/tasks.sh
. "$(dirname "$0")/tasks.sh"

# T002 goes to the end, with a new one before it, and T001 gets other words.
edit() {
  sed -i -e '/T002/d' -e 's/Do one/Do one, well/' "$LIST"
  printf -- '- [ ] T005 [P] Of a person\n- [ ] T002 [P] Do two\n' >>"$LIST"
}

committed() {
  four
  up T001
  up T002
  begin
  is_up T001 T002
  edit
  git commit -qam 'the list is edited'
  git tag edited
  go T001 T002
  over 0
  same "$(marks)" 'x x x _ x'
  ticked edited main "$(($(marks edited | tr -cd _ | wc -c) - 1))"
  has '- [x] T001 [P] Do one, well' "$LIST"
  has '- [x] T002 [P] Do two' "$LIST"
  nothing_left
}

# What a person writes without committing it stays as it is, but for the box.
uncommitted() {
  four 1
  up T001
  begin
  is_up T001
  edit
  cp "$LIST" ../mine
  ln "$LIST" ../same_file
  go T001
  over 0
  same "$(marks)" 'x x x x'
  ticked planned main 4
  sed 's/\[ \] T00\([1-4]\)/[x] T00\1/' ../mine | diff - "$LIST"
  cmp ../same_file "$LIST"
  same "$(git diff --cached --name-only)" ''
  nothing_left " M $LIST"
  # It can be committed as it is, and everything is done.
  approve
  git commit -qam 'the list is edited'
  same "$(marks)" 'x x x _ x'
}

# A task that the person has taken out, uncommitted, is done on the target all the same.
taken_out_here() {
  four 1
  up T001
  begin
  is_up T001
  sed -i '/T003/d' "$LIST"
  go T001
  over 0
  same "$(marks)" 'x x x x'
  same "$(sed -n 's/^- \[\(.\)\] \(T...\).*/\1\2/p' "$LIST" | tr '\n' ' ')" 'xT001 xT002 xT004 '
}

# What is staged of the list is not ours to touch: then the landing waits and says so.
staged() {
  four
  up T001
  begin
  is_up T001
  edit
  git add "$LIST"
  cp "$LIST" ../mine
  git ls-files -s "$LIST" >../index
  go T001
  over 1
  has "waits to land: uncommitted changes in 'specs/001-demo/tasks.md'" ../out
  same "$(state 001-demo.T001)" finished
  diff ../mine "$LIST"
  git ls-files -s "$LIST" | diff ../index -
  same "$(git diff --cached --name-only)" "$LIST"
  git commit -qm 'the list is edited'
  git chant work 001-demo.T001 >../out 2>&1 || { cat ../out; return 1; }
  has '- [x] T001 [P] Do one, well' "$LIST"
}

taken_out() {
  four
  up T002
  begin --continue-on-error
  is_up T002
  sed -i '/T002/d' "$LIST"
  git commit -qam 'T002 is not wanted any more'
  go T002
  over 1
  same "$(marks)" 'x x x'
  same "$(state 001-demo.T002)" needs_attention
  has "in 'specs/001-demo/tasks.md'" ../out
  test ! -e T002.txt
  branch_at spec/001-demo.T002 >../branch
  test -s ../branch
  must_fail 1 git chant reconcile 001-demo.T002 >../out 2>&1
  has 'Parked 001-demo.T002 (task)' ../out
  same "$(branch_at spec/001-demo.T002)" "$(cat ../branch)"
  # Wanted again.
  printf -- '- [ ] T002 [P] Do two\n' >>"$LIST"
  git commit -qam 'T002 is wanted'
  git chant reconcile 001-demo.T002 >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  same "$(cat T002.txt)" 'work of T002'
  nothing_left
}

ticked_by_person() {
  four
  up T002
  begin
  is_up T002
  sed -i 's/\[ \] T002/[x] T002/' "$LIST"
  git commit -qam 'done by hand, I say'
  go T002
  over 0
  same "$(marks)" 'x x x x'
  same "$(cat T002.txt)" 'work of T002'
  nothing_left
}

# Another branch is checked out: the list of the target counts.
elsewhere() {
  four
  git config chant.target main
  git checkout -q -b side
  git chant work --feature demo >../out 2>&1 || { cat ../out; return 1; }
  same "$(marks)" 'x x x x'
  same "$(marks side)" '_ _ _ _'
  same "$(git status --porcelain)" ''
}

check 'a list that is edited and committed meanwhile' committed
check 'a list that is edited and not committed gets the byte, and keeps the edit' uncommitted
check 'a task that is taken out in the checkout only' taken_out_here
check 'what is staged of a list makes the landing wait' staged
check 'a task that is taken out of the list needs a person' taken_out
check 'a box that a person ticks meanwhile is fine' ticked_by_person
check 'on another branch, the list of the target counts' elsewhere
finish
