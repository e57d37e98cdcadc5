#!/bin/sh
# layers_test.sh [ROOT]: layers.sh passes what the table allows and names what it forbids.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

fail() {
  echo "layers_test: $1" >&2
  exit 1
}

# must_catch FILE INCLUDE: planted in a copy of the sources, the include is found and named.
must_catch() {
  rm -rf "$copy/src"
  cp -R "$root/src" "$copy/src"
  mkdir -p "$copy/src/${1%/*}"
  printf '#include "%s"\n' "$2" >>"$copy/src/$1"
  if found=$("$root/tests/lint/layers.sh" "$copy"); then fail "'$1' may include '$2'"; fi
  case $found in
    *"$1:"*"\"$2\""*) ;;
    *) fail "the message for '$1' and '$2' names them not: $found" ;;
  esac
}

must_pass() {
  rm -rf "$copy/src"
  mkdir -p "$copy/src/${1%/*}"
  printf '#include "%s"\n#include <vector>\n' "$2" >"$copy/src/$1"
  "$root/tests/lint/layers.sh" "$copy" || fail "'$1' must be free to include '$2'"
}

must_catch util/planted.h git/store.h
must_catch sched/planted.cpp git/store.h
must_catch git/planted.cpp journal/journal.h
must_catch cli/planted.cpp work/run.h
must_catch spec/planted.cpp yaml.h
must_catch nowhere/planted.cpp util/text.h
must_pass sched/x.h sched/plan.h
must_pass cmd/x.cpp work/run.h
must_pass cli/x.cpp cmd/command.h
