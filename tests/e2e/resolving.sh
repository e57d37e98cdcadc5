# A conflict and agents that resolve it, for the tests of that: sourced after reconciling.sh.

# clash: in repo, a has landed; b conflicts with it in line 2 of one.txt, while line 8 and c.txt
# changed on main without a conflict. Made once.
clash() {
  if [ ! -d "$TEST_ROOT/clash" ]; then
    base one.txt
    waiting a 'line one.txt 2 AAA; line one.txt 8 EIGHT; echo c >c.txt'
    waiting b 'line one.txt 2 BBB'
    git chant reconcile a >"$HOME/out"
    is_state a completed
    cp -R . "$TEST_ROOT/clash"
  else
    cp -R "$TEST_ROOT/clash" repo
    cd repo || return
  fi
  # shellcheck disable=SC2034 # for the tests
  before=$(branch_at chant/b)
}

# agent_does SHELL-LINES: what the agent does in the scratch worktree; `both` resolves the conflict
# and `end` commits.
agent_does() {
  cat >"$HOME/agent" <<EOF
#!/bin/sh
set -eu
cat >"\$HOME/prompt"
both() { seq 9 | sed 's/^2\$/AAA BBB/;s/^8\$/EIGHT/' >one.txt; }
end() { git commit -qam resolved; }
$1
EOF
  chmod +x "$HOME/agent"
  [ -f "$XDG_CONFIG_HOME/git-chant/config.yaml" ] || agent mine "$HOME/agent"
}

resolve() { git chant reconcile --resolve >"$HOME/out" 2>&1; }

# scratch: the worktree in which b can be resolved, or nothing.
scratch() { git chant show --json b | sed -n 's/^ *"scratch": "\(.*\)",*$/\1/p'; }

# b has landed with both sides' changes, and nothing is left to do.
landed_whole() {
  is_state b completed
  same "$(sed -n 2p one.txt)" 'AAA BBB'
  same "$(sed -n 8p one.txt)" EIGHT
  settled a b
}
