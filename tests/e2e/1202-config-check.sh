# git chant config --check: all that is wrong with the configuration, at once.
. "$(dirname "$0")/lib.sh"

user_file() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  cat >"$XDG_CONFIG_HOME/git-chant/config.yaml"
}

# faulty LINE...: one line for each fault and no other, exit 1.
faulty() {
  must_fail 1 git chant config --check >../out 2>../err
  printf '%s\n' "$@" | diff - ../out
}

# repository_file TEXT: of printf.
repository_file() {
  # shellcheck disable=SC2059 # the text is the format
  printf "$1" >.chant/config.yaml
}

faults() {
  repo
  repository_file 'parallel:\n  total_max: [8]\n'
  faulty ".chant/config.yaml:2: bad value for 'parallel.total_max': expected a number from 0 to 1024, not a list"
  repository_file 'parallel:\n  total_max: -1\n'
  faulty ".chant/config.yaml:2: bad value '-1' for 'parallel.total_max': expected a number from 0 to 1024"
  repository_file 'parallel:\n  agents:\n  - name: a\n    command: sh\n    max_concurrent: -2\n'
  faulty ".chant/config.yaml:5: bad value '-2' for 'parallel.agents.max_concurrent': expected a number from 0 to 256"
  repository_file 'parallel:\n  agents:\n  - name: a\n    command: sh\n    max_concurrent: 0\n'
  faulty ".chant/config.yaml:5: the 'max_concurrent' of all agents together is 0: nothing could be worked on"
  repository_file 'parallel:\n  agents:\n  - name: a\n    command: sh\n    profile: clod\n'
  faulty ".chant/config.yaml:5: bad value 'clod' for 'parallel.agents.profile': expected one of 'script', 'claude', 'codex', 'opencode', 'qwen', 'gemini', 'copilot', 'cline', 'command'"
  repository_file 'parallel:\n  agents:\n  - {name: a, command: sh}\n  - {name: a, command: sh}\n'
  faulty ".chant/config.yaml:4: agent 'a' is there twice"
  repository_file 'paralel: {}\n'
  faulty ".chant/config.yaml:1: unknown key 'paralel' (did you mean 'parallel'?)"
  repository_file 'parallel:\n  agents:\n  - {name: a, command: no-such-program}\n'
  faulty ".chant/config.yaml:3: agent 'a': command 'no-such-program' is not on PATH"
  repository_file 'prompt: none\nagent: nobody\n'
  faulty ".chant/config.yaml:2: there is no agent 'nobody'" ".chant/config.yaml:1: no prompt 'none'"
}

# A path is one from the top, wherever the question is asked.
relative_program() {
  repo
  mkdir tools
  printf '#!/bin/sh\n' >tools/agent
  chmod +x tools/agent
  repository_file 'parallel:\n  agents:\n  - {name: a, command: tools/agent}\n'
  git chant config --check
  git chant -C tools config --check
}

# All levels at once; every other command ends with the first of them.
all_at_once() {
  repo
  repository_file 'targt: x\nparallel: {retries: many}\n'
  echo 'modle: x' | user_file
  git config chant.bogus 1
  GIT_CHANT_CRITERIA=some
  export GIT_CHANT_CRITERIA
  faulty "$XDG_CONFIG_HOME/git-chant/config.yaml:1: unknown key 'modle' (did you mean 'model'?)" \
    ".chant/config.yaml:1: unknown key 'targt' (did you mean 'target'?)" \
    ".chant/config.yaml:2: bad value 'many' for 'parallel.retries': expected a number from 0 to 100" \
    "unknown git config name 'chant.bogus'" \
    "bad value 'some' for 'GIT_CHANT_CRITERIA': expected 'require' or 'ignore'"
  same "$(cat ../err)" '5 faults'
  for verb in list status config 'work --parallel'; do
    # shellcheck disable=SC2086 # one word for each argument
    must_fail 128 git chant $verb >../out 2>../err
    has "config.yaml:1: unknown key 'modle'" ../err
  done
}

# What is not ours cannot write on the terminal.
disguised() {
  repo
  git config chant.notify.command "$(printf 'echo \033[2Kx')"
  git chant config --show-origin >../out
  has 'notify.command=echo x' ../out
  clean ../out
  git config chant.target "$(printf '\033[2K-x')"
  must_fail 1 git chant config --check >../out 2>../err
  clean ../out
}

check 'each kind of fault: one line with file and line' faults
check 'a relative program, asked from a subdirectory' relative_program
check 'the faults of all levels at once' all_at_once
check 'control characters in values are shown harmless' disguised
finish
