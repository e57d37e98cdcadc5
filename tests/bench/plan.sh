#!/bin/sh
# `plan` of a list of 5,000 tasks with tracks, groups and dependencies against reading the file with
# cat and one start of git chant, as any command has: the rest is what planning costs. Fails above
# the limit.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
list=documentation/features/boats/tasks.md limit=10

# 20 tracks of 250 tasks, cut into 10 groups. In a group each task of a track waits for the one
# before it, the first for the group before. Two groups are done.
tasks() {
  awk '
    function number(track, group, i) { return track * 250 + group * 25 + i + 1 }
    BEGIN {
      print "# Implementation Tasks\n"
      for (track = 0; track < 20; track++) {
        printf "### Track %c: Part %d\n\n", 65 + track, track + 1
        for (group = 0; group < 10; group++)
          for (i = 0; i < 25; i++) {
            n = number(track, group, i)
            printf "- [%s] %d. **Make part %d of the boat**\n", group < 2 ? "x" : " ", n, n
            printf "  - Cut it from `src/part%d/hull%d.c`, and test that it floats\n", track, n
            if (i > 0) printf "  - _Dependencies: Task %d_\n", n - 1
          }
        print ""
      }
      print "## Parallel Execution Groups\n"
      for (group = 0; group < 10; group++) {
        printf "**Group %d%s**\n", group + 1, group ? " (Depends on Group " group ")" : ""
        for (track = 0; track < 20; track++)
          printf "- Track %c: Tasks %d-%d (Part %d)\n", 65 + track, number(track, group, 0),
            number(track, group, 24), track + 1
        print ""
      }
    }'
}

git init -q "$bench/repo"
cd "$bench/repo"
git chant init >/dev/null
mkdir -p "$(dirname "$list")"
tasks >"$list"
git add .
git commit -qm start
git chant approve "$list" >/dev/null

ours() { git chant plan "$list" >"$bench/out"; }
floor() { cat "$list" >"$bench/floor-out" && git chant version >>"$bench/floor-out"; }
ours
grep -q '^Total: 5,*000 tasks, 1000 done, 4000 open' "$bench/out" ||
  { tail "$bench/out"; exit 1; }
round=0
while [ "$round" -lt $((rounds * 4)) ]; do
  timed ours >>"$bench/ours"
  timed floor >>"$bench/floor"
  round=$((round + 1))
done
ratio 'plan of 5,000 tasks / cat and one start' "$limit" "$bench/ours" "$bench/floor"
awk -v a="$(median <"$bench/ours")" -v b="$(median <"$bench/floor")" -v l="$limit" \
  'BEGIN { exit a > l * b }'
