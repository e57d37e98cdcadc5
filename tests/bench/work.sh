#!/bin/sh
# 32 specs, an agent that makes one commit and exits, 2,000 files, 8 at once: wall time against a
# script that does the same with plain git; git processes for each spec; peak memory.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
specs=${SPECS:-32} files=2000 jobs=8

committing_agent
# One spec with plain git. What all worktrees share is changed by one at a time, else git fails.
cat >"$bench/floor-one" <<'END'
#!/bin/sh
set -eu
id=$1 wt=$FLOOR/wt-$1
flock "$FLOOR/lock" git worktree add --quiet --no-track -b "spec/$id" "$wt" main
(cd "$wt" && CHANT_SPEC_ID=$id CHANT_SPEC_FILE=.chant/specs/$id.md "$AGENT" </dev/null)
exec 9>"$FLOOR/landing"
flock 9
old=$(git rev-parse main)
tree=$(git merge-tree --write-tree "$old" "spec/$id")
new=$(git commit-tree -p "$old" -p "spec/$id" -m "Merge spec/$id" "$tree")
git update-ref refs/heads/main "$new" "$old"
exec 9>&-
flock "$FLOOR/lock" git worktree remove --force "$wt"
END
chmod +x "$bench/floor-one"
printf 'parallel:\n  agents:\n    - {name: a, command: ["%s"], profile: command, max_concurrent: %s}\n' \
  "$bench/agent" "$jobs" >"$XDG_CONFIG_HOME/git-chant/config.yaml"

make_repo() {
  rm -rf "$bench/repo" "$bench/worktrees"
  git init -q "$bench/repo"
  cd "$bench/repo"
  i=0
  while [ "$i" -lt "$files" ]; do
    mkdir -p "src/d$((i / 50))"
    echo "file $i" >"src/d$((i / 50))/f$i.c"
    i=$((i + 1))
  done
  git chant init >/dev/null
  i=1
  while [ "$i" -le "$specs" ]; do
    printf -- '---\ntype: code\nstatus: pending\n---\n# Spec %s\n\n## Acceptance Criteria\n\n- [ ] done\n' \
      "$i" >".chant/specs/s$i.md"
    i=$((i + 1))
  done
  git add .
  git commit -qm start
}

ours() { git chant work --parallel --max "$jobs" >"$bench/out" 2>&1; }
floor() { seq "$specs" | sed 's/^/s/' | xargs -P "$jobs" -n 1 "$bench/floor-one"; }
export AGENT="$bench/agent" FLOOR="$bench"

round=0
while [ "$round" -lt "$rounds" ]; do
  make_repo
  timed ours >>"$bench/ours"
  grep -q "Summary: $specs completed, 0 failed" "$bench/out" || { cat "$bench/out"; exit 1; }
  make_repo
  timed floor >>"$bench/floor"
  [ "$(git ls-tree --name-only main | grep -c '^made-')" -eq "$specs" ]
  round=$((round + 1))
done
ratio "work: $specs specs, $files files, $jobs at once" 1.5 "$bench/ours" "$bench/floor"

# Counted apart, because tracing costs time: every git that is started except by agents.
make_repo
strace -f -qq -e trace=execve -e signal=none -o "$bench/trace" git chant work --parallel --max "$jobs" >/dev/null 2>&1
total=$(grep -c 'execve("[^"]*/git", .*= 0$' "$bench/trace" || true)
agents=$(grep -c 'execve("[^"]*/git", \["git", "\(add\|commit\)"' "$bench/trace" || true)
awk -v t="$total" -v a="$agents" -v n="$specs" 'BEGIN {
  printf "%-44s %6.2f  (limit 12; %d in all, %d of agents)\n", "git processes for each spec", (t - a) / n, t, a
}'
make_repo
peak 'peak memory of that run' git-chant work --parallel --max "$jobs"
