# Where the target is while specs land on it: moved by the user, not checked out, or checked out in
# another worktree; and what other tools see of a landing.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

commit_as_user() {
  echo user >user.txt
  git add user.txt
  git commit -qm 'by the user'
  echo 'not yet' >>user.txt
  open_gate
}

# The agent waits until the user has committed to main.
user_commits() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  gate gate
  plan a 'echo now; read -r _ <"$HOME/gate"; echo a >a.txt'
  react '[a] now' commit_as_user --parallel
  same "$(field a status)" completed
  same "$(git show main:user.txt) $(git show main:a.txt)" 'user a'
  same "$(cat a.txt)" a
  same "$(cat user.txt)" 'user
not yet'
  same "$(git status --porcelain)" ' M user.txt'
  git log --format=%s main >../subjects
  has 'by the user' ../subjects
  same "$(git log --first-parent -2 --format=%s main)" 'Merge spec/a: Do a
by the user'
}

commit_the_same_line() {
  echo user >start.txt
  git commit -qam 'by the user'
  open_gate
}

user_commits_a_conflict() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  gate gate
  plan a 'echo now; read -r _ <"$HOME/gate"; echo a >start.txt'
  must_fail 1 react '[a] now' commit_the_same_line --parallel
  same "$(state a)" needs_attention
  same "$(git log -1 --format=%s main) $(cat start.txt)" 'by the user user'
  same "$(git show spec/a:start.txt)" a
  same "$(git status --porcelain)" ''
}

# elsewhere: a repository with a spec on main; we are on the branch `side`.
elsewhere() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  git add .chant
  git commit -qm 'a spec'
  git config chant.target main
  git branch side
}

target_not_checked_out() {
  elsewhere
  git checkout -q side
  echo mine >start.txt
  plan a 'echo from the spec >start.txt'
  git chant work --parallel
  same "$(field a status) $(git show main:start.txt)" 'completed from the spec'
  same "$(git symbolic-ref HEAD) $(cat start.txt)" 'refs/heads/side mine'
  same "$(git status --porcelain)" ' M start.txt'
  same "$(state a) $(branch_at spec/a)" 'completed '
}

target_in_other_worktree() {
  elsewhere
  main=$PWD
  git worktree add -q ../side side
  echo mine >untracked.txt
  cd ../side || return
  git chant work --parallel
  same "$(git symbolic-ref HEAD)" refs/heads/side
  [ ! -e a.txt ]
  same "$(git status --porcelain)" ''
  same "$(state a)" completed
  same "$(cat "$main/a.txt")" 'work of a'
  same "$(git -C "$main" status --porcelain)" '?? untracked.txt'
}

# The checkout in the way is the other one.
dirty_in_other_worktree() {
  elsewhere
  main=$PWD
  plan a 'echo from the spec >start.txt'
  echo mine >start.txt
  git worktree add -q ../side side
  cd ../side || return
  must_fail 1 git chant work --parallel >../out
  has "waits to land: uncommitted changes in 'start.txt'" ../out
  same "$(cat "$main/start.txt")" mine
  git -C "$main" checkout -q start.txt
  git chant work a
  same "$(cat "$main/start.txt")" 'from the spec'
  same "$(state a)" completed
}

not_on_the_target() {
  elsewhere
  git checkout -q side
  must_fail 128 git chant work a 2>../err
  same "$(head -n 1 ../err)" "error: this checkout is on 'side', not on the target branch 'main'"
  same "$(state a)" ready
  git chant work --worktree a
  same "$(state a)" completed
}

# The hook sees the landing as it would see a merge, in the checkout of the target.
post_merge_hook() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b 'depends_on: [a]'
  mkdir -p .git/hooks
  cat >.git/hooks/post-merge <<'HOOK'
#!/bin/sh
echo "$* $(pwd -P) $(git log -1 --format=%s) $(ls a.txt)" >>"$HOME/merges"
exit 1
HOOK
  chmod +x .git/hooks/post-merge
  git chant work --parallel
  same "$(cat "$HOME/merges")" "0 $PWD Merge spec/a: Do a a.txt
0 $PWD Merge spec/b: Do b a.txt"
  same "$(state a) $(state b)" 'completed completed'
}

check 'the user commits to the target during the run: nothing is lost' user_commits
check "the user's commit conflicts: it stays, the spec needs attention" user_commits_a_conflict
check 'the target is not checked out' target_not_checked_out
check 'the target is checked out in another worktree' target_in_other_worktree
check 'work in a checkout that is not on the target is refused' not_on_the_target
check 'changes in the other worktree of the target are in the way' dirty_in_other_worktree
check "the user's post-merge hook runs after a landing" post_merge_hook
finish
