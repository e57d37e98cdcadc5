#!/bin/sh
# What happens in a worktree before its agent: files are copied, the setup runs, ports and a name
# are given. When it fails there is no agent.
# shellcheck disable=SC2016 # setups and agents expand what they are told
. "$(dirname "$0")/lib.sh"

# prepared: a repository with the specs a and b, whose agents leave a file each, for planned.
prepared() {
  agent main "$AGENTS/planned"
  repo
  printf '.env\n/local/\n/ready\n' >.gitignore
  git add .gitignore
  git commit -qm ignore
  for id in a b; do
    plain_spec "$id"
    plan "$id" "echo $id >>\$HOME/agents; echo $id >$id.txt"
  done
}

first() {
  prepared
  git config chant.worktree.setup 'echo loud; echo yes >ready; echo left >left.txt; echo x >>start.txt'
  plan a 'cat ready >seen.txt; echo "$CHANT_WORKTREE" >>seen.txt; git add seen.txt
sed -i "s/\[ \]/[x]/" "$CHANT_SPEC_FILE"; git commit -qm work seen.txt "$CHANT_SPEC_FILE"; exit 0'
  git chant work --parallel a >../out 2>&1
  same "$(git show main:seen.txt)" "yes
$WORKTREES/chant-a"
  lacks loud ../out
  same "$(cat .git/chant/logs/a/1.setup.log)" loud
}

fails() {
  prepared
  git config chant.worktree.setup 'echo "no database for $CHANT_SPEC_ID"; test "$CHANT_SPEC_ID" = b'
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(attempt a exit_class)" setup
  same "$(state a)" failed
  same "$(cat "$HOME/agents")" b
  same "$(state b)" completed
  has 'no database for a' ../out
  has 'exit 1' ../out
}

# Nothing of it is left running.
takes_too_long() {
  prepared
  git config chant.worktree.setup 'echo $$ >"$HOME/pid"; trap "" TERM; while :; do tail -f /dev/null; done'
  git config chant.worktree.setup-timeout 1s
  git config --global chant.parallel.grace 1s
  must_fail 1 timeout 20 git chant work --parallel a >../out 2>&1
  same "$(attempt a exit_class)" setup
  has 'timed out' ../out
  [ ! -e "$HOME/agents" ]
  must_fail 1 kill -0 "$(cat "$HOME/pid")" 2>/dev/null
}

interrupted() {
  prepared
  mkfifo "$HOME/began"
  git config chant.worktree.setup 'echo $$ >"$HOME/began"; while :; do tail -f /dev/null; done'
  (trap - INT; exec git-chant work --parallel a) >../out 2>&1 &
  run=$!
  read -r pid <"$HOME/began"
  kill -TERM "$run"
  must_fail 143 wait "$run"
  must_fail 1 kill -0 "$pid" 2>/dev/null
  [ ! -e "$HOME/agents" ]
  git config --unset chant.worktree.setup
  git chant work --parallel a
  same "$(state a)" completed
}

# The setup has the copied files; nothing of them comes into a commit.
copies() {
  prepared
  echo TOKEN=1 >.env
  mkdir local
  echo one >local/one
  echo two >local/two
  ln -s one local/link
  ln -s /etc/passwd local/outside
  printf 'local/*\n!local/two\n' >.worktreeinclude
  printf 'worktree:\n  copy: [.env]\n' >>"$XDG_CONFIG_HOME/git-chant/config.yaml"
  git config chant.worktree.setup 'cat .env local/one >ready'
  plan a 'cat ready >seen.txt; ls local >>seen.txt; cat local/link >>seen.txt'
  git chant work --parallel a
  same "$(git show main:seen.txt)" 'TOKEN=1
one
link
one
one'
  same "$(git ls-tree -r --name-only main | grep -v '^.chant/')" '.gitignore
seen.txt
start.txt'
  same "$(cat .env)" TOKEN=1
}

# What git does not ignore is no leftover of the agent.
copied_and_not_ignored() {
  prepared
  echo mine >notes.txt
  echo notes.txt >.worktreeinclude
  plan a 'test "$CHANT_ATTEMPT" = 2; cat notes.txt >seen.txt; git add seen.txt; sed -i "s/\[ \]/[x]/" "$CHANT_SPEC_FILE"
git commit -qam work; exit 0'
  GIT_CHANT_PARALLEL_RETRIES=1 git chant work --parallel a
  same "$(git show main:seen.txt)" mine
  must_fail 128 git cat-file -e main:notes.txt 2>/dev/null
  same "$(cat notes.txt)" mine
}

# Both agents run at once; setup and agent of one spec have the same.
ports_and_names() {
  prepared
  mkfifo "$HOME/meet"
  git config chant.worktree.setup 'echo "$CHANT_SPEC_ID $CHANT_PORT $CHANT_SLUG" >>"$HOME/setups"'
  note='echo "$CHANT_SPEC_ID $CHANT_PORT $CHANT_SLUG" >>"$HOME/given"'
  plan a "$note; echo here >\"\$HOME/meet\"; echo a >a.txt"
  plan b "$note; read -r _ <\"\$HOME/meet\"; echo b >b.txt"
  timeout 20 git chant work --parallel
  sort "$HOME/given" >../given
  same "$(sort "$HOME/setups")" "$(cat ../given)"
  same "$(cut -d ' ' -f 1,3 ../given)" 'a spec_a
b spec_b'
  same "$(cut -d ' ' -f 2 ../given | sort -u | wc -l)" 2
  same "$(cut -d ' ' -f 2 ../given | grep -c '^2[0-9]*0$')" 2
}

# What a setup changes in the repository is put back, and kept where our other files are.
tampers() {
  prepared
  git config chant.worktree.setup 'git config core.fsmonitor false-monitor'
  must_fail 1 git chant work --parallel a >../out 2>&1
  same "$(attempt a exit_class)" tampered
  must_fail 1 git config core.fsmonitor
  has "$PWD/.git/chant/logs/a/1.changed" ../out
  [ -d .git/chant/logs/a/1.changed ]
  same "$(git status --porcelain .changed)" ''
  [ ! -e .changed ]
}

untrusted() {
  prepared
  printf 'worktree:\n  setup: touch "$HOME/ran"\n' >.chant/config.yaml
  must_fail 128 git chant work --parallel a 2>../err
  has 'git chant trust' ../err
  [ ! -e "$HOME/ran" ]
  git chant trust --yes >../trust
  has 'touch "$HOME/ran"' ../trust
  git chant work --parallel a
  [ -e "$HOME/ran" ]
}

check 'the setup runs before the agent, who does not answer for what it leaves' first
check 'no agent is started when the setup fails, and others go on' fails
check 'a setup that takes too long is ended' takes_too_long
check 'a run can be stopped during the setup' interrupted
check 'untracked files are copied by pattern and not committed' copies
check 'a copied file that git does not ignore is not left by the agent' copied_and_not_ignored
check 'specs that run at once have ports and names of their own' ports_and_names
check 'what a setup changes in the repository is put back' tampers
check 'the setup of a repository must be trusted' untrusted
finish
