# shellcheck shell=sh
# shellcheck disable=SC2016 # it is the agents who expand their plans
# What agents change that is not theirs: named, nothing of it executed by us, put back, and the other
# specs of the run go on.
. "$(dirname "$0")/lib.sh"

# meddled COMMAND: an agent that does its work and, last of all, COMMAND; no process of ours executes
# the planted program, and the other spec is completed.
meddled() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b
  git branch other
  git worktree add -q -b mine ../wt
  echo mine >>start.txt
  git commit -qam 'start again'
  printf '#!/bin/sh\necho "$@" >>"%s/ran"\n' "$PWD/.." >../planted
  chmod +x ../planted
  plan a "main=\$HOME/../test/repo planted=\$HOME/../test/planted
sed -i 's/\[ \]/[x]/' \"\$CHANT_SPEC_FILE\"; git commit -qam work; $1; exit 0"
  # One after the other: the git of an agent obeys what was planted.
  traced git chant work --parallel --max 1 >../out || :
  same "$(field b status)" completed
  not_run
}

# tampered COMMAND TEXT...: as above; the run names each TEXT, and a person is needed.
tampered() {
  meddled "$1"
  same "$(state a)" needs_attention
  shift
  for text; do has "$text" ../out; done
}

# noticed COMMAND TEXT: as above, for what a person may have done as well: it is named.
noticed() {
  meddled "$1"
  has '✓ Finalized a' ../out
  has "changed while the agent ran: $2" ../out
}

# onto COMMAND: as tampered, after the spec first was landed on a target that nobody has checked out.
onto() {
  agent main "$AGENTS/planned"
  repo
  for id in first a b; do plain_spec "$id"; done
  git add .chant
  git commit -qm specs
  git config chant.target main
  git branch other
  git checkout -q -b side
  plan a "main=\$HOME/../test/repo
sed -i 's/\[ \]/[x]/' \"\$CHANT_SPEC_FILE\"; git commit -qam work; $1; exit 0"
  git chant work --worktree first >../out
  same "$(git show main:first.txt)" 'work of first'
  git chant work --parallel --max 1 >../out 2>&1 || :
}

# What we start, without what the agents start.
traced() {
  if command -v strace >/dev/null; then
    # Leaks cannot be looked for under another tracer.
    ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve -o ../trace "$@"
  else
    : >../trace
    "$@"
  fi
}
not_run() {
  [ ! -e ../ran ] || { cat ../ran; return 1; }
  lacks "$HOME/../test/planted" ../trace
}

repaired() {
  git chant doctor --fix >../out 2>../err || { cat ../out ../err; return 1; }
  not_run
  same "$(git chant doctor)" 'nothing is wrong'
  same "$(git symbolic-ref HEAD)" refs/heads/main
  same "$(cat start.txt)" "start
mine"
  git status --porcelain >../status
  lacks start.txt ../status
  [ -e ../wt/.git ]
  git -C ../wt status
  [ ! -e ../ran ]
}

fsmonitor() {
  tampered 'git config core.fsmonitor "$planted"' core.fsmonitor
  repaired
  must_fail 1 git config core.fsmonitor
}
hooks_path() {
  tampered 'mkdir $HOME/hooks; cp "$planted" $HOME/hooks/post-merge; git config core.hooksPath $HOME/hooks' \
    core.hookspath
  repaired
  must_fail 1 git config core.hooksPath
}
bare() {
  tampered 'git config --file "$main/.git/config" core.bare true' core.bare
  repaired
  same "$(git config core.bare)" false
}
filter() {
  tampered 'git config filter.x.clean "$planted"; echo "* filter=x" >"$main/.git/info/attributes"; touch start.txt' \
    filter.x.clean info/attributes
  repaired
  [ ! -e .git/info/attributes ]
}
hook() {
  tampered 'cp "$planted" "$main/.git/hooks/post-merge"; chmod +x "$main/.git/hooks/post-merge"' \
    hooks/post-merge
  repaired
  [ ! -e .git/hooks/post-merge ]
}
own_git_directory() {
  tampered 'git init -q $HOME/evil; git -C $HOME/evil config filter.x.clean "$planted"
    echo "* filter=x" >$HOME/evil/.git/info/attributes; echo "gitdir: $HOME/evil/.git" >.git' '.git'
  repaired
}
submodule() {
  tampered 'git init -q sub; (cd sub; echo a >a; git add a; git commit -qm a)
    git add sub 2>/dev/null; git commit -qm sub; echo "* filter=x" >sub/.git/info/attributes
    git -C sub config filter.x.clean "$planted"; echo b >sub/a' 'sub/.git: git config filter.x.clean'
  repaired
}
branch() {
  tampered 'git branch -f other HEAD' "branch 'other' moved from"
  repaired
  same "$(git log -1 --format=%s other)" 'add .chant'
  git log -1 --format=%s refs/chant/foreign/1 >../kept
  has work ../kept
}
deleted_branch() {
  tampered 'git branch -qD other' "branch 'other' was deleted"
  repaired
  same "$(git log -1 --format=%s other)" 'add .chant'
}
stash() {
  tampered 'echo x >x.txt; git stash push -qu' 'a stash was made'
  repaired
  same "$(git stash list)" ''
}
main_checkout() {
  noticed 'echo foreign >"$main/start.txt"' "'start.txt' was changed in the main checkout"
  repaired
  grep -rqx foreign .git/chant/aside
}
left_branch() {
  noticed 'git -C "$main" checkout -q --detach' "the main checkout left branch 'main'"
  repaired
}
worktree() {
  tampered 'git worktree remove --force "$HOME/../test/wt"' "wt' is gone"
  repaired
  same "$(git -C ../wt symbolic-ref HEAD)" refs/heads/mine
}

target() {
  onto 'git update-ref refs/heads/main main~1'
  has "branch 'main' moved from" ../out
  same "$(state a)" needs_attention
  same "$(state b)" completed
}
landings() {
  onto 'git branch -f other HEAD'
  has "branch 'other' moved from" ../out
  same "$(git show main:b.txt)" 'work of b'
  landed=$(git rev-parse main)
  git chant doctor --fix >../out || { cat ../out; return 1; }
  lacks "'main'" ../out
  same "$(git rev-parse main)" "$landed"
  same "$(git rev-parse other)" "$(git rev-parse side)"
}
taken_back() {
  onto '(cd $main && git chant undo >/dev/null)'
  same "$(state a)" completed
  lacks "branch 'main' moved" ../out
}
finished_branch() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b 'depends_on: [a]'
  plan b "git update-ref refs/heads/chant/a main; echo b >b.txt"
  git chant work --parallel --branch --max 1 >../out 2>&1 || :
  has "branch 'chant/a' moved from" ../out
  same "$(state b)" needs_attention
}

check 'an fsmonitor that an agent set is not run and goes' fsmonitor
check 'a directory of hooks that an agent set is not used and goes' hooks_path
check 'a repository that an agent calls bare is put right' bare
check 'a filter that an agent planted is not run and goes' filter
check 'a hook that an agent planted is not run and goes' hook
check 'a worktree that an agent lets lead elsewhere is not obeyed' own_git_directory
check 'the settings of a repository inside the worktree are not obeyed' submodule
check 'a branch that an agent moved is named and put back' branch
check 'a branch that an agent deleted is named and put back' deleted_branch
check 'a target that an agent moved back is named' target
check 'what landed is no tampering, wherever the target is' landings
check 'a landing that somebody takes back meanwhile is no tampering' taken_back
check 'the branch of finished work that another agent moved is named' finished_branch
check 'a stash that an agent made is named and kept elsewhere' stash
check 'an edit of the main checkout is named and put back' main_checkout
check 'a main checkout that an agent moved away is named and put back' left_branch
check 'a worktree that an agent removed is named and made again' worktree
finish
