# What agents see of the environment: nothing of the user's secrets but what the configuration
# names; and nobody else sees anything of it: not in files, commits or the arguments of processes.
. "$(dirname "$0")/lib.sh"

# shows [AGENT-KEYS]: an agent that writes down its environment and what can be seen of it.
shows() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  cat >"$XDG_CONFIG_HOME/git-chant/config.yaml" <<CONFIG
parallel:
  agents:
    - {name: main, command: ["$PWD/shows"], profile: command${1:-}}
worktree:
  setup: 'env >"\$HOME/setup.env"'
check: 'env >"\$HOME/check.env"'
CONFIG
  cat >shows <<SHOWS
#!/bin/sh
set -eu
env >"\$HOME/agent.env"
if [ -r /proc/self/cmdline ]; then cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' >"\$HOME/ps" || :; fi
ls -ld "\$TMPDIR" >"\$HOME/tmpdir"
echo left >"\$TMPDIR/left"
ls -lR "$PWD/repo/.git/chant/logs" "$PWD/repo/.git/chant/scratch" >"\$HOME/files"
exec "$AGENTS/ok"
SHOWS
  chmod +x shows
  repo
  spec a <<SPEC
# Do a, the PROMPTSECRET

- [ ] It is done
SPEC
}

not_listed() {
  shows
  export MY_TOKEN=SECRET AWS_SECRET_ACCESS_KEY=SECRET ANTHROPIC_API_KEY=SECRET \
    SSH_AUTH_SOCK=/SECRET
  git chant work --parallel >../out 2>&1
  same "$(field a status)" completed
  for of in agent setup check; do
    lacks SECRET "$HOME/$of.env"
    has "HOME=$HOME" "$HOME/$of.env"
    has 'CHANT_SPEC_ID=a' "$HOME/$of.env"
    has 'CHANT_SLUG=' "$HOME/$of.env"
    has 'CHANT_PORT=' "$HOME/$of.env"
  done
}

listed() {
  shows ', env: {pass: [MY_TOKEN, "FOO_*"], set: {TOOL_HOME: ~/tool}, files: {KEY: ~/key}}'
  printf 'FILESECRET\nmore\n' >"$HOME/key"
  chmod 600 "$HOME/key"
  MY_TOKEN=one FOO_A=two FOO_B=three BAR=SECRET
  export MY_TOKEN FOO_A FOO_B BAR
  git chant work --parallel >../out 2>&1
  same "$(field a status)" completed
  for line in MY_TOKEN=one FOO_A=two FOO_B=three "TOOL_HOME=$HOME/tool" KEY=FILESECRET; do
    has "$line" "$HOME/agent.env"
  done
  lacks BAR= "$HOME/agent.env"
  # Nowhere else: not as an argument of anything, in the history, in what is kept, or on the screen.
  [ ! -f "$HOME/ps" ] || { lacks FILESECRET "$HOME/ps"; lacks PROMPTSECRET "$HOME/ps"; }
  git log --all -p >../history
  lacks FILESECRET ../history
  lacks FILESECRET ../out
  must_fail 1 grep -rqF FILESECRET .git
}

readable_by_others() {
  shows ', env: {files: {KEY: ~/key}}'
  echo FILESECRET >"$HOME/key"
  chmod 644 "$HOME/key"
  must_fail 1 git chant work --parallel >../out 2>&1
  has "'$HOME/key', the value of KEY, can be read by others" ../out
  lacks FILESECRET ../out
  [ ! -e "$HOME/agent.env" ]
}

private_files() {
  shows
  umask 022
  git chant work --parallel >../out 2>&1
  same "$(field a status)" completed
  same "$(find .git/chant/logs -type f -perm /077)" ''
  same "$(find .git/chant/logs -type d -perm /077)" ''
  same "$(grep -c '^-rw-------.* [0-9a-z.]*\(prompt\|log\)$' "$HOME/files")" \
    "$(grep -c '^-.*\(prompt\|log\)$' "$HOME/files")"
  [ "$(grep -c 'prompt$' "$HOME/files")" -ge 1 ]
  same "$(cut -c 1-10 "$HOME/tmpdir")" drwx------
  directory=$(sed -n 's/^TMPDIR=//p' "$HOME/agent.env")
  same "$(sed -n 's/^CHANT_TMPDIR=//p' "$HOME/agent.env")" "$directory"
  [ ! -e "$directory" ]
  same "$(find .git/chant/scratch -type f)" ''
}

check 'secrets that are not on the list reach no agent, no setup and no check' not_listed
check 'what the configuration names reaches the agent, and nobody else' listed
check 'a file with a value that others can read is refused' readable_by_others
check 'prompts, logs and temporary files are only for the user' private_files
finish
