# For the tests of trust: sourced after lib.sh. That nothing is executed is read from a trace of all
# processes that git-chant and its children become.

# cloned SPEC-LINE [CRITERION [SCRIPT]] <<CONFIG: goes to a clone of a repository that somebody else has
# made, with that configuration and one spec, `a`. The program `evil` on PATH leaves ~/ran.
cloned() {
  mkdir -p "$HOME/bin"
  printf '#!/bin/sh\n: >"%s/ran"\n' "$HOME" >"$HOME/bin/evil"
  chmod +x "$HOME/bin/evil"
  PATH=$HOME/bin:$PATH
  repo ../origin
  cat >.chant/config.yaml
  spec a "$1" <<SPEC
# Do a

## Acceptance Criteria

- [ ] It is done${2:-}
SPEC
  # shellcheck disable=SC2016 # a fence
  [ -z "${3:-}" ] || printf '\n```sh run\n%s\n```\n' "$3" >>.chant/specs/a.md
  git add .chant
  git commit -qm 'add a'
  git clone -q . ../clone
  cd ../clone || return
  agent main "$AGENTS/ok"
}

# traced CODE ARGUMENT...: runs git chant, which exits with that code (`any`: whichever); nothing with
# `evil` in it is executed, nor any shell.
traced() {
  wanted=$1 code=0
  shift
  # Leaks cannot be looked for under another tracer.
  ASAN_OPTIONS=detect_leaks=0 strace -f -qq -s 4096 -e trace=execve -o ../trace git chant "$@" >../out 2>../err || code=$?
  [ "$wanted" = any ] || same "$code" "$wanted"
  has 'execve(' ../trace
  grep '^[0-9]* execve(' ../trace | cut -d , -f 1,2 >../executed
  ! grep -E 'evil|/(ba|da)?sh"' ../executed || { cat ../executed; return 1; }
  [ ! -e "$HOME/ran" ]
}

refused() {
  traced 128 work --parallel
  has 'hint: git chant trust' ../err
  traced 128 work a --worktree
}
