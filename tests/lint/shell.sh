#!/bin/sh
# shell.sh [ROOT]: shellcheck for every script, mandoc's linter for every man page.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$root"
status=0

scripts() {
  find . \( -path ./.git -o -path ./build \) -prune -o -type f -print | sort |
    while read -r file; do
      case $file in
        *.sh) echo "$file" ;;
        *) if head -n 1 "$file" | grep -qE '^#!/bin/sh( |$)'; then echo "$file"; fi ;;
      esac
    done
}

# Functions that are passed by name are not unreachable (SC2317).
scripts | xargs shellcheck --shell=sh --exclude=SC2317,SC1090,SC1091 --external-sources --source-path="$root" ||
  status=1
shellcheck --shell=bash docs/completion.bash || status=1
mandoc -Tlint -W warning man/*.1 || status=1
exit "$status"
