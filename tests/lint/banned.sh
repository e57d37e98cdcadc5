#!/bin/sh
# banned.sh [ROOT]: what must not be in the sources: calls that start shells or change the
# directory, threads, libraries outside their module, files and functions that are too long,
# headers without their paragraph, paths of one machine.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$root"
status=0

# report WHY LINES: prints the lines as a finding, if there are any.
report() {
  if [ -n "$2" ]; then
    printf '%s:\n%s\n' "$1" "$2" | sed '2,$s/^/  /' >&2
    status=1
  fi
}

sources() { find src -name '*.h' -o -name '*.cpp' | sort; }

# Lines of the sources that match $1, without comments; further arguments are files to leave out.
code() {
  pattern=$1
  shift
  files=$(sources)
  for allowed in "$@"; do files=$(printf '%s\n' "$files" | grep -v "^$allowed" || :); done
  printf '%s\n' "$files" | xargs -r grep -nE "$pattern" /dev/null | grep -vE '^[^:]*:[0-9]+: *//' || :
}

free='(^|[^A-Za-z0-9_.>])' # not part of a longer name, not a member

report 'a shell' "$(code "$free(system|popen|wordexp)\(|\"[^\"]*sh -c ")"
report 'changes the directory of the whole process' \
  "$(code "$free(chdir|fchdir)\(|current_path\([^)]")"
report 'a thread' "$(code '<(thread|future)>|std::(jthread|thread|async)|pthread_create|\.detach\(')"
report 'using namespace' "$(code '^ *using namespace')"
report 'a condition that never ends' "$(sources | xargs -r grep -nE '(TODO|FIXME|HACK)' /dev/null || :)"
report 'a name that says nothing' \
  "$(code '(class|struct) [A-Za-z]*(Manager|Helper|Utils)'; sources | grep -E '/(utils?|helpers?)\.' || :)"

report 'libgit2 outside src/git' "$(code '<git2' src/git/)"
report 'SQLite outside src/journal' "$(code '<sqlite3' src/journal/)"
report 'yaml-cpp outside src/spec/yaml.cpp' "$(code '<yaml-cpp' src/spec/yaml.cpp)"
report 'CLI11 outside src/cli and src/cmd' "$(code '<CLI/' src/cli/ src/cmd/)"
report 'child processes outside src/process' "$(code '<(spawn|sys/wait|sys/prctl)\.h>' src/process/)"
report 'signals outside src/process' "$(code '<(signal\.h|csignal)>' src/process/ src/main.cpp src/util/fault.cpp)"

too_long() {
  sources | while read -r file; do
    case $file in *.h) cap=150 ;; src/main.cpp) cap=40 ;; *) cap=500 ;; esac
    lines=$(wc -l <"$file")
    if [ "$lines" -gt "$cap" ]; then echo "$file: $lines lines, at most $cap"; fi
  done
}
report 'a file that is too long' "$(too_long)"

# The sources are formatted: a function begins with a line that ends in '{' and ends with a brace
# in the first column, inside a class in the third.
long_functions() {
  # shellcheck disable=SC2016 # the dollars are awk's
  sources | xargs -r awk '
    FNR == 1 { start = inside = 0 }
    /^(class|struct|union) .*\{$/ { inside = 1; next }
    /^(namespace|enum|extern) / || /= \{$/ { next }
    !start && /\{$/ { start = FNR; next }
    start && (inside ? /^  \}/ : /^\}/) {
      if (FNR - start - 1 > 50) printf "%s:%d: %d lines\n", FILENAME, start, FNR - start - 1
      start = 0
    }
    /^\}/ { start = inside = 0 }'
}
report 'a function of more than 50 lines' "$(long_functions)"

poor_headers() {
  find src -name '*.h' | sort | while read -r file; do
    case $(head -n 1 "$file") in
      '// '*) ;;
      *) echo "$file: does not start with a paragraph about what it is for" ;;
    esac
    grep -qx '#pragma once' "$file" || echo "$file: no '#pragma once'"
  done
}
report 'a poor header' "$(poor_headers)"

# Split so that this file does not find itself.
machine="/work/""(main|shared)|/farm/|/home/[a-z]|/root/[a-z.]"
report 'a path of one machine' "$(find . \( -path ./.git -o -path ./build \) -prune -o -type f \
  ! -path ./tests/lint/banned.sh -print | sort | xargs grep -nIE "$machine" /dev/null || :)"

exit "$status"
