#!/bin/sh
# 100 spec branches of 6 or 7 files on 10,000 files, the target 20 commits ahead, 98 clean and 2 that
# conflict, no gate: against `git merge --no-ff` in a checkout, and against the bare loop of
# merge-tree and commit-tree. The matrix of all pairs against the bare `merge-tree --stdin`. The same
# landing on 50,000 files. Peak memory.
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
branches=100

# stream FILES: a history for git fast-import.
stream() {
  awk -v files="$1" -v branches="$branches" '
    function data(text) { printf "data %d\n%s\n", length(text), text }
    function commit(ref, from, message) {
      printf "commit %s\n", ref
      if (!clock) print "mark :1"
      printf "committer B <b@example.com> %d +0000\n", 1700000000 + ++clock
      data(message)
      if (from != "") printf "from %s\n", from
    }
    function file(path, text) { printf "M 100644 inline %s\n", path; data(text) }
    function name(i) { return sprintf("src/d%d/f%d.c", i / 50, i) }
    function spec(i, box) {
      return "---\ntype: code\nstatus: pending\n---\n# Spec " i "\n\n## Acceptance Criteria\n\n- [" box "] done\n"
    }
    BEGIN {
      commit("refs/heads/main", "", "start")
      for (i = 0; i < files; i++) file(name(i), "file " i "\n2\n3\n4\n5\n")
      for (i = 1; i <= branches; i++) file(sprintf(".chant/specs/s%03d.md", i), spec(i, " "))
      file(".chant/config.yaml", "target: main\n")
      for (i = 1; i <= branches; i++) {
        commit("refs/heads/chant/" sprintf("s%03d", i), ":1", sprintf("chant(s%03d): do it\n\nChant-Spec: s%03d\n", i, i))
        for (j = 0; j < 5 + i % 2; j++) file(name((i * 37 + j * 911) % (files - 100)), "file\n2\nspec " i "\n4\n5\n")
        if (i > branches - 2) file(name(files - 1), "spec " i "\n2\n3\n4\n5\n")
        file(sprintf(".chant/specs/s%03d.md", i), spec(i, "x"))
      }
      for (i = 1; i <= 20; i++) {
        commit("refs/heads/main", "", "main " i)
        file(name(files - 1 - i), "main " i "\n2\n3\n4\n5\n")
        if (i == 1) file(name(files - 1), "main\n2\n3\n4\n5\n")
      }
    }'
}

# seals FORK: of the branches on stdin (object id, name), as git-chant would have made them.
seals() {
  awk -v fork="$1" '
    function data(text) { printf "data %d\n%s\n", length(text), text }
    {
      id = substr($2, length("refs/heads/chant/") + 1)
      printf "commit %s\ncommitter B <b@example.com> 1700001000 +0000\n", $2
      data("chant(" id "): finalize\n\nChant-Spec: " id "\nChant-Seal: 2026-01-01T00:00:00Z\n")
      printf "from %s\nM 100644 inline .chant/specs/%s.md\n", $1, id
      data("---\ntype: code\nstatus: completed\ncommits:\n- " substr($1, 1, 10) \
        "\ncompleted_at: 2026-01-01T00:00:00Z\nbranch: chant/" id "\n---\n# Spec " substr(id, 2) + 0 \
        "\n\n## Acceptance Criteria\n\n- [x] done\n")
      printf "reset refs/chant/spec/%s/tip\nfrom %s\n\n", id, $2
      printf "reset refs/chant/spec/%s/base\nfrom %s\n\n", id, fork
    }'
}

# make_repo FILES DIRECTORY: once, to be copied.
make_repo() {
  git init -q "$2"
  stream "$1" | git -C "$2" fast-import --quiet
  git -C "$2" for-each-ref --format='%(objectname) %(refname)' refs/heads/chant |
    seals "$(git -C "$2" rev-parse main~20)" | git -C "$2" fast-import --quiet --force
  git -C "$2" reset -q --hard main
  git -C "$2" repack -adq
}

# fresh COPY: a repository of its own to work in. The last one stays until the end: while a file
# system remembers thousands of files that just went, making new ones is slow, for us and for git.
copies=0
fresh() {
  copies=$((copies + 1))
  cp -R "$bench/$1" "$bench/work$copies"
  cd "$bench/work$copies"
  git update-index -q --refresh || true
  sync # what the copy left to be written is nobody's cost
}

ours() { git-chant reconcile >"$bench/out" 2>&1 || :; }
back() { git read-tree -m -u main "$before"; }

# land COPY SUFFIX: the time of a reconcile, and what of it is not the refresh of the checkout, which
# costs as much on the way back.
land() {
  fresh "$1"
  before=$(git rev-parse main)
  whole=$(timed ours)
  grep -q 'Summary: 98 landed, 2 parked' "$bench/out" || { cat "$bench/out"; exit 1; }
  echo "$whole" >>"$bench/ours$2"
  echo $((whole - $(timed back))) >>"$bench/net$2"
}

by_merging() {
  for ref in $(git for-each-ref --format='%(refname)' refs/heads/chant); do
    git merge -q --no-ff -m "Merge $ref" "$ref" >/dev/null 2>&1 || git merge --abort
  done
}
by_plumbing() {
  tip=$(git rev-parse main)
  for ref in $(git for-each-ref --format='%(refname)' refs/heads/chant); do
    tree=$(git merge-tree --write-tree "$tip" "$ref") || continue
    tip=$(git commit-tree -p "$tip" -p "$ref" -m "Merge $ref" "$tree")
  done
}
pairs() {
  git for-each-ref --format='%(objectname)' refs/heads/chant | awk '
    { oid[NR] = $1 } END { for (i = 1; i <= NR; i++) for (j = i + 1; j <= NR; j++) print oid[i], oid[j] }'
}
matrix() { git-chant conflicts >"$bench/matrix" 2>&1 || :; }
bare_matrix() { git merge-tree --write-tree --stdin -z <"$bench/pairs" >/dev/null || :; }

make_repo 10000 "$bench/small"
make_repo 50000 "$bench/large"
git-chant -C "$bench/small" list >/dev/null # the sweep has seen it
git-chant -C "$bench/large" list >/dev/null
round=0
while [ "$round" -lt "$rounds" ]; do
  land small ''
  fresh small
  timed by_merging >>"$bench/merging"
  fresh small
  timed by_plumbing >>"$bench/plumbing"
  fresh small
  pairs >"$bench/pairs"
  timed matrix >>"$bench/matrices"
  timed bare_matrix >>"$bench/bare"
  land large -large
  round=$((round + 1))
done
ratio 'git merge in a checkout / reconcile (>= 6)' '>= 6' "$bench/merging" "$bench/ours"
ratio 'reconcile / two plumbing calls a branch' 1.5 "$bench/ours" "$bench/plumbing"
ratio 'conflicts of 100 / merge-tree of all pairs' 1.3 "$bench/matrices" "$bench/bare"
ratio 'reconcile, 50,000 files / 10,000 files' 1.5 "$bench/net-large" "$bench/net"

fresh small
peak 'peak memory of reconcile' git-chant reconcile
