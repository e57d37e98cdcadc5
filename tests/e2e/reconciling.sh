# Branches that wait to be reconciled, for the tests of it: sourced after lib.sh.
#
# Branches are made by hand and unsealed, with the criteria ticked: reconcile seals them. That is
# much faster than having agents make them.

# base [FILE]...: a repository `repo` on main with files of nine lines, and goes there.
base() {
  repo
  for base_file; do
    mkdir -p "$(dirname "$base_file")"
    seq 9 >"$base_file"
  done
  git add .
  git commit -qm 'base files' --allow-empty
}

# waiting ID SHELL-LINE [FRONTMATTER-LINE]...: a spec on main with a branch chant/ID from main (or
# from $FROM) on which SHELL-LINE was done and committed, and the criterion ticked.
waiting() {
  waiting_id=$1 waiting_line=$2
  shift 2
  plain_spec "$waiting_id" "$@"
  git add .chant/specs
  git commit -qm "add spec $waiting_id"
  git checkout -qb "chant/$waiting_id" "${FROM:-main}"
  [ -z "${FROM:-}" ] || git merge -q --no-edit main
  eval "$waiting_line"
  sed -i 's/\[ \]/[x]/' ".chant/specs/$waiting_id.md"
  git add -A
  git commit -qm "chant($waiting_id): do it" -m "Chant-Spec: $waiting_id"
  git checkout -q main
}

# line FILE N TEXT: sets a line of a file.
line() { sed "$2s/.*/$3/" "$1" >"$1.new" && mv "$1.new" "$1"; }

state() { git chant list --all --porcelain | awk -F'\t' -v id="$1" '$1 == id { print $2 }'; }
is_state() { same "$(state "$1")" "$2"; }
refs_now() { git for-each-ref --format='%(objectname) %(refname)'; }
# unlocked: the git that outlived a git-chant that was killed has ended, and its locks are gone.
unlocked() {
  unlocked_tries=0
  while [ -n "$(find .git -name "${1:-*.lock}" -not -path '*/chant/*' 2>&1)" ] && [ "$unlocked_tries" -lt 2000 ]; do
    unlocked_tries=$((unlocked_tries + 1))
  done
}
sound() {
  git fsck --strict --no-dangling >"$HOME/fsck" 2>&1 || { cat "$HOME/fsck"; return 1; }
  [ ! -s "$HOME/fsck" ] || { cat "$HOME/fsck"; return 1; }
  same "$(find "$(git rev-parse --git-common-dir)" -name '*.lock' -not -path '*/chant/*')" ''
}

# What the branches bring, oldest first.
brought() { git log --reverse --topo-order --format="${1:-%s}" base..main; }

# The commits that the spec records are in main; how many.
recorded() {
  git show "main:.chant/specs/$1.md" | grep -o '[0-9a-f]\{10\}' >"$HOME/recorded"
  while read -r commit; do
    git merge-base --is-ancestor "$commit" main || { echo "$commit of $1 is not in main"; return 1; }
  done <"$HOME/recorded"
  same "$(wc -l <"$HOME/recorded" | tr -d ' ')" "$2"
}

# Nothing is left to be done: no commit, no branch, no ref of the queue, no worktree.
settled() {
  settled_at=$(git rev-parse main)
  git chant list --all >"$HOME/list" 2>&1
  for id; do
    is_state "$id" completed
    git chant finalize "$id" >"$HOME/finalize" 2>&1
    lacks "finalized $id (" "$HOME/finalize"
  done
  same "$(git rev-parse main)" "$settled_at"
  same "$(git for-each-ref refs/heads refs/chant/queue refs/chant/parked --format='%(refname)')" \
    refs/heads/main
  same "$(git worktree list | wc -l | tr -d ' ')" 1
  same "$(git status --porcelain)" ''
  sound
}

# Two finished specs, the first with two commits of somebody else.
two_waiting() {
  base one.txt two.txt
  # A committer's name that is not the author's.
  export GIT_AUTHOR_NAME='Some Body' GIT_AUTHOR_EMAIL=some@example.com
  GIT_AUTHOR_DATE='2025-05-05T05:05:05+05:00'
  waiting a 'line one.txt 2 A; git add .; git commit -qm "chant(a): first"; line one.txt 3 A'
  unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
  export GIT_AUTHOR_DATE="$GIT_COMMITTER_DATE"
  waiting b 'line two.txt 2 B'
  git tag base
}

# The files of main, without those of specs.
content() { git -C "$1" ls-tree -r main | grep -v '	\.chant/'; }

# as_git ID...: reconciles in two copies of the repository, one of them with main checked out
# nowhere, and merges the branches with git in a third; what git cannot merge must be parked.
as_git() {
  cd ..
  for copy in git away; do cp -R repo "$copy"; done
  parked=''
  for id; do
    git -C git merge -q --no-ff --no-edit "chant/$id" >said 2>&1 && continue
    git -C git reset -q --hard
    git -C git clean -qfd
    parked="$parked $id"
  done
  git -C away checkout -q -b elsewhere
  for copy in repo away; do
    code=0
    git -C "$copy" chant reconcile --order id --onto main >out 2>&1 || code=$?
    same "$code" "$([ -z "$parked" ] && echo 0 || echo 1)" || { cat out; return 1; }
    content git >wanted
    content "$copy" | diff wanted - || { cat out; return 1; }
    same "$(git -C "$copy" for-each-ref --format='%(refname)' refs/chant/parked | sed 's,.*/, ,' |
      tr -d '\n')" "$parked"
    (cd "$copy" && sound)
    same "$(git -C "$copy" worktree list | wc -l | tr -d ' ')" 1
  done
}
