#!/bin/sh
# What people do to branches and target before and while they are reconciled: it is said, and the
# rest goes on.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

three_waiting() {
  base one.txt two.txt three.txt
  waiting a 'line one.txt 2 A'
  waiting b 'line two.txt 2 B'
  waiting c 'line three.txt 2 C'
  git tag base
}

# meanwhile SHELL-LINE: reconciles, with a gate that does this when it runs first.
meanwhile() {
  cat >"$HOME/gate" <<'EOF'
#!/bin/sh
[ -e "$HOME/began" ] && exit
: >"$HOME/began"
echo >"$HOME/tell"
read -r line <"$HOME/go"
EOF
  chmod +x "$HOME/gate"
  mkfifo "$HOME/tell" "$HOME/go"
  git chant reconcile -j 1 --gate "$HOME/gate" >"$HOME/out" 2>&1 &
  reconcile=$!
  read -r line <"$HOME/tell"
  (eval "$1")
  echo >"$HOME/go"
  wait "$reconcile"
}

# The others have landed; nothing of ours is left.
rest_lands() {
  for id; do
    is_state "$id" completed
    must_fail 1 git rev-parse -q --verify "refs/heads/chant/$id"
  done
  same "$(git for-each-ref refs/chant/queue)" ''
  same "$(git status --porcelain)" ''
  sound
}

merged_before() {
  three_waiting
  git merge -q --no-edit chant/b
  git chant reconcile >"$HOME/out"
  has 'b left out: it has landed already' "$HOME/out"
  rest_lands a c
  is_state b completed
  same "$(git log --merges --first-parent --format=%s base..main | grep -c 'chant/b')" 1
}

squashed_before() {
  three_waiting
  git merge -q --squash chant/b
  git commit -qm 'b, by hand'
  git chant reconcile >"$HOME/out"
  has 'b left out: it has landed already' "$HOME/out"
  rest_lands a c
  is_state b completed
}

merged_meanwhile() {
  three_waiting
  meanwhile 'git merge -q --no-edit chant/b'
  rest_lands a c
  git chant list >"$HOME/list"
  is_state b completed
  same "$(git log --merges --first-parent --format=%s base..main | grep -c 'chant/b')" 1
}

committed_meanwhile() {
  three_waiting
  meanwhile 'echo mine >mine.txt; git add mine.txt; git commit -qm mine'
  rest_lands a b c
  same "$(cat mine.txt)" mine
  git merge-base --is-ancestor "$(git log --format=%H --grep='^mine$' main)" main^
}

deleted_meanwhile() {
  three_waiting
  tip=$(git rev-parse chant/b)
  meanwhile 'git branch -q -D chant/b'
  rest_lands a c
  has b "$HOME/out"
  must_fail 1 git merge-base --is-ancestor "$tip" main
  is_state b ready
}

moved_meanwhile() {
  three_waiting
  meanwhile 'git checkout -q chant/b; echo amended >two.txt
    git commit -q -a --amend --no-edit; git checkout -q main'
  rest_lands a b c
  same "$(cat two.txt)" amended
}

unfinished_meanwhile() {
  three_waiting
  meanwhile 'git checkout -q chant/b; sed -i "s/\[x\]/[ ]/" .chant/specs/b.md
    git commit -q -a -m untick; git checkout -q main'
  rest_lands a c
  has 'b left out: 1 of its 1 criterion is not ticked' "$HOME/out"
  git rev-parse -q --verify chant/b
  same "$(sed -n 2p two.txt)" 2
}

touches_another_spec() {
  three_waiting
  git checkout -q chant/b
  echo more >>.chant/specs/a.md
  git commit -qam 'on the side' -m 'Chant-Spec: b'
  git checkout -q main
  tip=$(git rev-parse chant/b)
  git chant reconcile >"$HOME/out"
  has "b left out: its commit $(git rev-parse --short=10 chant/b) changes '.chant/specs/a.md'" \
    "$HOME/out"
  rest_lands a c
  same "$(git rev-parse chant/b)" "$tip"
  same "$(sed -n 2p two.txt)" 2
}

commits_of_two_specs() {
  three_waiting
  git checkout -q chant/b
  echo more >>one.txt
  git commit -qam 'on the side' -m 'Chant-Spec: a'
  git checkout -q main
  git chant reconcile >"$HOME/out"
  has "b left out: its branch has a commit of 'a', too" "$HOME/out"
  rest_lands a c
}

check 'a branch that was merged by hand before is left alone' merged_before
check 'so is one that was squashed by hand' squashed_before
check 'a branch that is merged by hand meanwhile lands once' merged_meanwhile
check 'a commit of the user meanwhile is not lost' committed_meanwhile
check 'a branch that is deleted meanwhile does not land' deleted_meanwhile
check 'a branch that is moved meanwhile lands as it is then' moved_meanwhile
check 'a branch that is unfinished again does not land' unfinished_meanwhile
check 'a branch that touches another spec is left out' touches_another_spec
check 'a branch with commits of two specs is left out' commits_of_two_specs
finish
