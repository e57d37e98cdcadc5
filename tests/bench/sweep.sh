#!/bin/sh
# One sweep after 50 of 500 open specs landed: git processes, and the time. Sealed branches need no
# write when they are merged; unsealed ones get a commit each.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
specs=${SPECS:-500} landed=${LANDED:-50}

committing_agent
printf 'parallel:\n  agents:\n    - {name: a, command: ["%s"], profile: command, max_concurrent: 4}\n' \
  "$bench/agent" >"$XDG_CONFIG_HOME/git-chant/config.yaml"

ids() { seq "$1" | sed 's/^/s/'; }

make_repo() {
  git init -q "$1"
  cd "$1"
  git chant init >/dev/null
  for id in $(ids "$specs"); do
    printf -- '---\ntype: code\nstatus: pending\n---\n# Spec %s\n\n## Acceptance Criteria\n\n- [ ] done\n' \
      "$id" >".chant/specs/$id.md"
  done
  git add .
  git commit -qm start
}

# A branch of a person for each spec, of one commit, made without a checkout.
by_person() {
  for id in $(ids "$specs"); do
    printf 'commit refs/heads/spec/%s\ncommitter Bench <bench@example.com> %s +0000\n' "$id" 1767323045
    printf 'data 4\nwork\nfrom refs/heads/main^0\nM 644 inline made-%s\ndata 2\nx\n' "$id"
    sed 's/\[ \]/[x]/' ".chant/specs/$id.md" >"$bench/text"
    printf 'M 644 inline .chant/specs/%s.md\ndata %s\n' "$id" "$(wc -c <"$bench/text")"
    cat "$bench/text"
    echo
  done >"$bench/stream"
  git fast-import --quiet <"$bench/stream"
}

# swept NAME COMMAND...: lands the first branches, then counts and times one sweep of copies.
swept() {
  name=$1
  shift
  git-chant list >/dev/null
  # shellcheck disable=SC2046 # one word for each branch
  git merge -q --no-edit $(ids "$landed" | sed 's|^|spec/|') >/dev/null
  "$@"
  cp -R .git "$bench/git-before"
  strace -f -qq -e trace=execve -e signal=none -o "$bench/trace" git-chant hook post-merge 0 \
    >"$bench/out" 2>&1
  git-chant list --all --porcelain >"$bench/list"
  [ "$(awk -F '\t' '$2 == "completed"' "$bench/list" | wc -l)" -eq "$landed" ] ||
    { head "$bench/out" "$bench/list"; exit 1; }
  printf '%-44s %6d  (limit 10)\n' "git processes of a sweep, $name" \
    "$(grep -c 'execve("[^"]*/git".*= 0$' "$bench/trace" || true)"
  rm -rf .git
  mv "$bench/git-before" .git
  git reset -q --hard
  sweep_time=$(timed git-chant hook post-merge 0 2>/dev/null)
  awk -v n="time of that sweep, ms" -v t="$sweep_time" 'BEGIN { printf "%-44s %6.1f\n", n, t / 1000 }'
}

make_repo "$bench/unsealed"
by_person
swept 'unsealed, merged' true
make_repo "$bench/sealed"
git chant work --parallel --max 4 --no-land >"$bench/out" 2>&1 || { tail "$bench/out"; exit 1; }
swept 'sealed, merged' true
