# Repositories that git chant cannot work in: one clear line, exit 128, nothing changed.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"

verbs='list|status|show a|log a|reset a|cancel a|finalize a|trust|work a|work --parallel|add New'

# each MESSAGE VERB...: all of them (separated by |) say this first and change nothing.
each() {
  message=$1
  picture >../before
  echo "$2" | tr '|' '\n' | while read -r verb; do
    # shellcheck disable=SC2086 # one word for each argument
    must_fail 128 git chant $verb >../out 2>../err </dev/null
    same "$(head -n 1 ../err)" "error: $message"
    [ "$(grep -c . ../err)" -eq 1 ] || same "$(sed -n '2,$s/:.*//p' ../err)" hint
    same "$(cat ../out)" ''
  done
  picture | diff ../before -
}

# picture: everything that a command must not have changed.
picture() {
  find . -path ./.git/chant -prune -o -type f ! -name index -print | sort | while read -r file; do
    cksum "$file"
  done
  git status --porcelain 2>/dev/null || :
}

nowhere() { each 'not a git repository (or any of the parent directories): .git' "init|$verbs"; }

bare() {
  git init -q --bare bare.git
  cd bare.git
  each 'this is a bare repository: git chant works in a checkout' "init|$verbs"
}

uninitialised() {
  git init -q repo
  cd repo
  git commit -q --allow-empty -m start
  each 'there is no .chant/specs in this repository' "$verbs"
}

no_commit() {
  git init -q repo
  cd repo
  git chant init >/dev/null
  script_spec a ':'
  git chant trust --yes >/dev/null
  each 'this repository has no commit yet' 'work a|work --parallel|work a --worktree|finalize a'
  git chant list >/dev/null
  git chant add New >/dev/null
}

# ready_to_work: a spec that would be worked if nothing were wrong.
ready_to_work() {
  repo
  script_spec a 'echo x >x.txt'
  git chant trust --yes >/dev/null
  git add .chant
  git commit -qm 'add a'
}

changes='work a|work --parallel|work a --worktree|reset a|cancel a|finalize a'

detached() {
  ready_to_work
  git checkout -q --detach
  each 'HEAD is detached, and no target branch is configured' "$changes"
  git config chant.target main
  each 'HEAD is detached: there is no branch to work on here' 'work a'
  git chant work a --worktree >../out
  same "$(field a status)" completed
}

# diverged: a branch `other` that conflicts with main.
diverged() {
  ready_to_work
  git checkout -qb other
  echo other >start.txt
  git commit -qam other
  git checkout -q main
  echo main >start.txt
  git commit -qam main
}

merging() {
  diverged
  git merge other >/dev/null && return 1
  each 'a merge is in progress in this checkout' "$changes"
  git chant list >/dev/null
  git merge --abort
  git chant work a >/dev/null
}

rebasing() {
  diverged
  for how in --merge --apply; do
    git rebase -q "$how" other >/dev/null 2>&1 && return 1
    each 'a rebase is in progress in this checkout' "$changes"
    git rebase --abort
  done
}

picking() {
  diverged
  git cherry-pick other >/dev/null 2>&1 && return 1
  each 'a cherry-pick is in progress in this checkout' "$changes"
  git cherry-pick --abort
  git revert --no-edit HEAD~1 >/dev/null 2>&1 || :
  git bisect start >/dev/null
  must_fail 128 git chant work a 2>../err
  git bisect reset >/dev/null 2>&1
}

no_target() {
  ready_to_work
  git config chant.target gone
  each "the target branch 'gone' does not exist" 'work a|work --parallel'
}

anonymous() {
  ready_to_work
  git config --global --unset user.name
  git config --global --unset user.email
  git config --global user.useConfigOnly true
  each 'git does not know who you are' 'work a|work --parallel'
}

check 'not a repository' nowhere
check 'a bare repository' bare
check 'no .chant' uninitialised
check 'no commit' no_commit
check 'a detached HEAD' detached
check 'a merge in progress' merging
check 'a rebase in progress' rebasing
check 'a cherry-pick or a bisect in progress' picking
check 'a target that does not exist' no_target
check 'no identity' anonymous
finish
