# shellcheck shell=sh
# What killed processes and lost files leave behind: named, put right when asked to, and nothing lost.
. "$(dirname "$0")/lib.sh"

# ill KIND TEXT: the doctor names it, and changes nothing.
ill() {
  must_fail 1 git chant doctor >../out 2>../err
  grep -q "^$1 .*" ../out || { cat ../out; return 1; }
  has "$2" ../out
  has 'hint: git chant doctor --fix' ../err
  must_fail 1 git chant doctor >../again 2>/dev/null
  cmp ../out ../again
}

cured() {
  git chant doctor --fix >../out 2>../err
  has 'fixed: ' ../out
  git chant doctor >../out
  same "$(cat ../out)" 'nothing is wrong'
}

healthy() {
  repo
  same "$(git chant doctor)" 'nothing is wrong'
  mkdir -p sub/dir
  git -C sub/dir chant doctor --fix
  git worktree add -q ../wt
  git -C ../wt chant doctor
  mkdir ../outside
  cd ../outside || return
  must_fail 128 git chant doctor 2>../err
  has 'not in a git repository' ../err
}

lock() {
  repo
  : >.git/index.lock
  touch -d '1 hour ago' .git/index.lock
  ill lock "the lock 'index.lock' is left"
  must_fail 128 git add start.txt
  cured
  git add start.txt
  find .git/chant/aside -path '*/locks/index.lock' | grep .
}

gone_worktree() {
  repo
  git worktree add -q --detach ../wt
  git -C ../wt commit -q --allow-empty -m precious
  rm -rf ../wt
  ill worktree "wt' is gone"
  cured
  same "$(git worktree list | wc -l)" 1
  same "$(git log -1 --format=%s refs/chant/foreign/1)" precious
}

# Forgetting one takes no other along before that is kept.
several_gone() {
  repo
  for name in a b c; do
    git worktree add -q --detach "../$name"
    git -C "../$name" commit -q --allow-empty -m "$name"
    rm -rf "../$name"
  done
  for name in 1 2 3; do
    mkdir ".git/worktrees/$name"
    echo ../none/.git >".git/worktrees/$name/gitdir"
  done
  git chant doctor --fix >../out
  same "$(find .git/chant/aside -path '*/worktrees/[abc]/HEAD' | wc -l)" 3
  same "$(git for-each-ref refs/chant/foreign | wc -l)" 3
  same "$(git worktree list | wc -l)" 1
}

half_made_worktree() {
  repo
  git worktree add -q ../wt
  : >.git/worktrees/wt/commondir
  mkdir .git/worktrees/never
  echo ../none/.git >.git/worktrees/never/gitdir
  must_fail 128 git worktree list
  ill worktree "wt' is half-made"
  cured
  same "$(git worktree list | wc -l)" 2
}

dangling_ref() {
  repo
  git update-ref refs/chant/spec/a/tip HEAD
  lost=$(echo lost | git commit-tree 'HEAD^{tree}')
  git update-ref refs/chant/spec/a/1 "$lost"
  rm -f ".git/objects/$(echo "$lost" | cut -c 1-2)/$(echo "$lost" | cut -c 3-)"
  : >.git/refs/chant/spec/a/2
  ill ref "'refs/chant/spec/a/1' names $(echo "$lost" | cut -c 1-7), which is not there"
  has "'refs/chant/spec/a/2' names nothing" ../out
  lacks a/tip ../out
  cured
  same "$(git for-each-ref --format='%(refname)' refs/chant/spec)" refs/chant/spec/a/tip
  grep -rqF "$lost" .git/chant/aside
}

damaged_journal() {
  repo
  script_spec a 'echo a >a.txt'
  git chant trust --yes a >/dev/null
  git chant work a
  rm -f .git/chant/journal.db-*
  head -c 8192 /dev/urandom >.git/chant/journal.db
  git chant doctor >../out
  has 'the journal was damaged; it was moved to' ../out
  git chant doctor >../out
  same "$(cat ../out)" 'nothing is wrong'
}

hooks() {
  repo
  git chant hooks install --yes
  echo '#!/bin/sh' >.git/hooks/post-merge
  rm .git/hooks/post-commit
  ill hook 'the hook post-merge is missing'
  has 'the hook post-commit is missing' ../out
  cured
  git chant hooks status
  [ -f .git/hooks/post-merge.pre-chant ]
}

no_hooks() {
  repo
  rm -rf .git/hooks
  git chant doctor
}

bare() {
  repo
  git config core.bare true
  must_fail 128 git chant list
  ill setting "'git config core.bare' says that there is no checkout"
  has 'git would obey what was changed' ../err
  cured
  git chant list
}

# All checkouts are linked worktrees, beside a bare repository that is called '.git'.
bare_on_purpose() {
  repo
  git clone -q --bare . ../beside/.git
  git --git-dir=../beside/.git worktree add -q ../beside/main main
  for place in ../beside ../beside/main; do
    git chant -C "$place" doctor --fix >../out
    same "$(cat ../out)" 'nothing is wrong'
  done
  same "$(git --git-dir=../beside/.git config core.bare)" true
}

json() {
  repo
  : >.git/config.lock
  touch -d '1 hour ago' .git/config.lock
  must_fail 1 git chant doctor --json >../out
  has '"kind": "lock"' ../out
  has '"well": false' ../out
  git chant doctor --fix --json >../out
  has '"fixed": true' ../out
  has '"well": true' ../out
}

check 'nothing is wrong with a repository that nobody harmed' healthy
check 'the lock of a git that was killed is moved away' lock
check 'a worktree whose directory is gone is forgotten, its commit is kept' gone_worktree
check 'several are, and each is kept' several_gone
check 'worktrees that were never finished are made whole or removed' half_made_worktree
check 'refs of ours that name nothing are removed and written down' dangling_ref
check 'a damaged journal is moved aside' damaged_journal
check 'hooks that are no longer ours are installed again' hooks
check 'hooks that were never installed are not missed' no_hooks
check 'a repository that is called bare is put right' bare
check 'a bare repository with checkouts beside it is nothing wrong' bare_on_purpose
check 'what was found is told as JSON' json
finish
