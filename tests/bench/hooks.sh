#!/bin/sh
# Hooks with nothing to do, in a repository with 1,000 specs: the installed hook file with git-chant
# against the same file with /bin/true; git processes that they start.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
thousand_specs
git chant list --all >/dev/null
for event in post-merge post-commit; do
  sed "s|@git-chant@|$(readlink -f "$bench/bin/git-chant")|" "$root/hooks/$event" >"$bench/$event"
  sed "s|@git-chant@|/bin/true|" "$root/hooks/$event" >"$bench/$event-floor"
  chmod +x "$bench/$event" "$bench/$event-floor"
done

# As git starts them: at the top of the worktree.
twenty() {
  n=0
  while [ "$n" -lt 20 ]; do
    "$@"
    n=$((n + 1))
  done
}
round=0
while [ "$round" -lt $((rounds * 4)) ]; do
  for event in post-merge post-commit; do
    timed twenty "$bench/$event" 0 >>"$bench/ours-$event"
    timed twenty "$bench/$event-floor" 0 >>"$bench/floor-$event"
  done
  round=$((round + 1))
done
for event in post-merge post-commit; do
  ratio "$event with nothing to do / true (20 times)" 2 "$bench/ours-$event" "$bench/floor-$event"
  strace -f -qq -e trace=execve -e signal=none -o "$bench/trace" "$bench/$event" 0
  printf '%-44s %6d  (limit 0)\n' "git processes of $event" \
    "$(grep -c 'execve("[^"]*/git".*= 0$' "$bench/trace" || true)"
done
