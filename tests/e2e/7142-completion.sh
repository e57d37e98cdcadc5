#!/bin/sh
# Completion in bash: offers what is there, and runs nothing that a repository names.
# shellcheck disable=SC2016 # bash expands it, or nobody
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/importing.sh
. "$(dirname "$0")/importing.sh"

# offered WORD...: what is offered for the last of the words behind git-chant, one on each line.
offered() {
  bash -c '
    . "$CHANT_SOURCE/docs/completion.bash"
    COMP_WORDS=(git-chant "$@") COMP_CWORD=$#
    __git_chant_command
    if [ ${#COMPREPLY[@]} -gt 0 ]; then printf "%s\n" "${COMPREPLY[@]}"; fi' bash "$@"
}

lists() {
  command -v bash >/dev/null || skip 'no bash'
  repo
  list documentation/features/demo/tasks.md
  mkdir -p .taskmaster/tasks
  echo '{}' >.taskmaster/tasks/tasks.json
  same "$(offered import '')" '.taskmaster/tasks/tasks.json
documentation/features/demo/tasks.md'
  same "$(offered approve '')" documentation/features/demo/tasks.md
  same "$(offered work --feature doc)" documentation/features/demo/tasks.md
  same "$(offered import --as '')" specs
  same "$(offered import --format ki)" kiro
  same "$(offered import --write)" --write-back
  same "$(offered hooks un)" uninstall
}

hostile() {
  command -v bash >/dev/null || skip 'no bash'
  repo
  list documentation/features/demo/tasks.md
  for name in '$(touch x)' '`touch x`' 'a b' ';touch x' '-rf'; do
    mkdir -- "./$name"
    cp documentation/features/demo/tasks.md "./$name/tasks.md"
    cp documentation/features/demo/tasks.md ".chant/specs/$name.md"
  done
  same "$(offered import '')" documentation/features/demo/tasks.md
  same "$(offered show '')" ''
  [ ! -e x ]
}

check 'lists, forms and options are offered' lists
check 'nothing in a name is run, and only plain names are offered' hostile
finish
