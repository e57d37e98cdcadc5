#!/bin/sh
# format.sh [ROOT]: C++ is as clang-format 14 writes it, that of Debian 12. Versions differ in small
# things, so another one is not asked.
set -eu
version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" != 14 ]; then
  echo "formatting is checked with clang-format 14, and this is $version"
  exit 0
fi
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$root"
find src tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --style=file --dry-run -Werror
