#!/bin/sh
# `list` of 1,000 specs against reading the same files with cat; `version` against git --version.
# With CHANT_SPEC_CORPUS the specs are copies of real ones, else they are made.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
git init -q "$bench/repo"
cd "$bench/repo"
git chant init >/dev/null
corpus=${CHANT_SPEC_CORPUS:-}
[ -n "$corpus" ] || [ ! -d "$root/../shared/data/specs" ] || corpus=$root/../shared/data/specs
i=0
while [ "$i" -lt 1000 ]; do
  for file in ${corpus:+"$corpus"/*.md} ${corpus:-made}; do
    i=$((i + 1))
    [ "$i" -le 1000 ] || break
    to=.chant/specs/$(printf 'b%04d' "$i").md
    case $file in
      *.md) sed -e '/^depends_on:/,/^[a-z]/{/^depends_on:/d;/^ *- /d;}' "$file" >"$to" ;;
      *) printf -- '---\ntype: code\nstatus: pending\n---\n# Spec %s\n\n- [ ] a\n' "$i" >"$to" ;;
    esac
  done
done
git add .
git commit -qm start
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
