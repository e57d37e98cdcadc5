# `git chant worktree ID` and `--remove`: a person's place to work, and what is never lost from it.
# shellcheck disable=SC2016 # it is others who expand it
. "$(dirname "$0")/lib.sh"

work_by_hand() { # DIRECTORY ID: one commit that does the work
  echo "by hand" >"$1/$2.txt"
  sed -i 's/- \[ \]/- [x]/' "$1/.chant/specs/$2.md"
  git -C "$1" add -A
  git -C "$1" commit -qm "$2 by hand"
}

makes_branch_and_worktree() {
  repo
  plain_spec a
  git chant worktree a >../out 2>../err
  path=$(cat ../out)
  same "$(wc -l <../out | tr -d ' ')" 1
  has "committed 1 spec file to 'main' first" ../err
  same "$path" "$WORKTREES/chant-a"
  same "$(git -C "$path" symbolic-ref HEAD)" refs/heads/spec/a
  same "$(git -C "$path" status --porcelain)" ''
  same "$(cat "$(git -C "$path" rev-parse --git-path chant/spec)")" a
  same "$(git rev-parse refs/chant/spec/a/base)" "$(git rev-parse main)"
  cmp "$path/.chant/specs/a.md" .chant/specs/a.md
  git chant worktree a >../again 2>../err
  cmp ../out ../again
  same "$(cat ../err)" ''
  same "$(cd "$path" && git chant worktree a)" "$path"
}

takes_the_branch_there_is() {
  repo
  plain_spec a
  git add .chant && git commit -qm specs
  git branch spec/a
  echo later >later && git add later && git commit -qm later
  path=$(git chant worktree a)
  same "$(git -C "$path" rev-parse HEAD)" "$(git rev-parse main~)"
  must_fail 1 git rev-parse -q --verify refs/chant/spec/a/base
}

marks_a_worktree_made_by_hand() {
  repo
  plain_spec a
  git add .chant && git commit -qm specs
  git worktree add -q -b spec/a "$HOME/mine"
  same "$(git chant worktree a)" "$HOME/mine"
  same "$(cat "$(git -C "$HOME/mine" rev-parse --git-path chant/spec)")" a
}

refuses_what_is_over() {
  agent main "$AGENTS/ok"
  repo
  plain_spec over
  git chant work over --worktree >/dev/null
  must_fail 128 git chant worktree over 2>../err
  has 'over is completed' ../err
  has 'hint: git chant reset over' ../err
  plain_spec sealed
  git chant work sealed --worktree --no-land >/dev/null
  must_fail 128 git chant worktree sealed 2>../err
  has "sealed is finished: 'spec/sealed' waits to land" ../err
  plain_spec off
  git chant cancel off >/dev/null
  must_fail 128 git chant worktree off 2>../err
  has 'off is cancelled' ../err
  must_fail 128 git chant worktree --remove off 2>../err
  has 'off has no worktree' ../err
  must_fail 129 git chant worktree --ignored off 2>../err
}

refuses_what_a_run_has() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  gate gate
  mkfifo "$HOME/started"
  plan a 'echo up >"$HOME/started"; read -r _ <"$HOME/gate"; echo x >a.txt'
  git chant work a --worktree >../out 2>&1 &
  run=$!
  heard "$HOME/started"
  must_fail 128 git chant worktree a 2>../err
  must_fail 128 git chant worktree --remove a 2>>../err
  open_gate
  wait "$run"
  same "$(grep -c 'a is being worked on' ../err)" 2
  same "$(field a status)" completed
}

runs_leave_it_alone() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  plain_spec needs-a 'depends_on: [a]'
  path=$(git chant worktree a)
  work_by_hand "$path" a
  echo more >"$path/untracked"
  tip=$(branch_at spec/a)
  for place in --worktree --parallel ''; do
    # shellcheck disable=SC2086 # no option is no word
    must_fail 128 git chant work a $place 2>../err
    has "error: a is worked on by a person in '$path'" ../err
    has 'hint: git chant worktree --remove a' ../err
  done
  git chant work --parallel >../out 2>../err
  has "a is left to the person who works on it in '$path'" ../err
  same "$(field b status)" completed
  must_fail 128 git chant reset a 2>../err
  has "a is worked on by a person in '$path'" ../err
  rm "$path/untracked"
  git chant worktree --remove a
  must_fail 128 git chant work a --worktree 2>../err
  has "a is worked on by a person on branch 'spec/a'" ../err
  same "$(branch_at spec/a)" "$tip"
  git chant reset a >/dev/null
  kept 'by hand'
  git chant work a --worktree >/dev/null
  same "$(field a status)" completed
}

check 'it makes the branch and the worktree, and prints the path alone' makes_branch_and_worktree
check 'a branch that is there is checked out' takes_the_branch_there_is
check 'a worktree made by hand is shown and marked' marks_a_worktree_made_by_hand
check 'completed, cancelled and finished specs are refused' refuses_what_is_over
check 'a spec that a run has is refused' refuses_what_a_run_has
check 'runs and resets leave a spec to its person' runs_leave_it_alone
finish
