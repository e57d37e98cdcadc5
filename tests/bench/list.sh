#!/bin/sh
# `list` of 1,000 specs against reading the same files with cat; `version` against git --version.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
thousand_specs
ours() { git-chant list --all >"$bench/out"; }
floor() { cat .chant/specs/*.md >"$bench/out"; }
ours
[ "$(wc -l <"$bench/out")" -eq 1000 ]
ten() { for _ in 1 2 3 4 5 6 7 8 9 10; do "$@"; done; }
version() { git-chant version >/dev/null; }
git_version() { git --version >/dev/null; }
round=0
while [ "$round" -lt $((rounds * 4)) ]; do
  timed ours >>"$bench/ours"
  timed floor >>"$bench/floor"
  timed ten version >>"$bench/version"
  timed ten git_version >>"$bench/git"
  round=$((round + 1))
done
ratio 'list of 1,000 specs / cat' 3 "$bench/ours" "$bench/floor"
ratio 'version / git --version (ten starts)' 1.5 "$bench/version" "$bench/git"
