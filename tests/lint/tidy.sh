#!/bin/sh
# tidy.sh [ROOT [BUILD]]: clang-tidy with the list in .clang-tidy over src/, as BUILD (default:
# ROOT/build/dev) compiles it.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
build=${2:-$root/build/dev}
[ -f "$build/compile_commands.json" ] || {
  echo "tidy.sh: there is no '$build/compile_commands.json': build with the preset 'dev' first" >&2
  exit 1
}
# Another compiler's precompiled headers cannot be read.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed -E 's/-Winvalid-pch//; s/-include [^ ]*cmake_pch\.hxx//' "$build/compile_commands.json" \
  >"$commands/compile_commands.json"
cd "$root"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
found=$(find src -name '*.cpp' -print0 | sort -z | xargs -0 -n 1 -P "$jobs" \
  clang-tidy --quiet -p "$commands" --extra-arg=-Wno-unknown-warning-option 2>&1) || {
  printf '%s\n' "$found" >&2
  exit 1
}
