#!/bin/sh
# format.sh [ROOT]: C++ is as clang-format writes it.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$root"
find src tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --style=file --dry-run -Werror
