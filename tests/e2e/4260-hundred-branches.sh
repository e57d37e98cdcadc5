#!/bin/sh
# 100 branches on 10,000 files, 98 clean and 2 that conflict with the target.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

stream() {
  awk 'function data(text) { printf "data %d\n%s\n", length(text), text }
    function file(path, text) { printf "M 100644 inline %s\n", path; data(text) }
    function commit(ref, from, message) {
      printf "commit %s\n%scommitter T <t@example.com> %d +0000\n", ref, (from == "" ? "mark :1\n" : ""), 1700000000 + ++clock
      data(message)
      if (from != "") printf "from %s\n", from
    }
    function name(i) { return sprintf("src/d%d/f%d.c", i / 50, i) }
    function spec(i, box) {
      return "---\ntype: code\nstatus: pending\n---\n# Spec " i "\n\n## Acceptance Criteria\n\n- [" box "] done\n"
    }
    BEGIN {
      commit("refs/heads/main", "", "start")
      for (i = 0; i < 10000; i++) file(name(i), "file " i "\n2\n3\n4\n5\n")
      for (i = 1; i <= 100; i++) file(sprintf(".chant/specs/s%03d.md", i), spec(i, " "))
      for (i = 1; i <= 100; i++) {
        commit(sprintf("refs/heads/chant/s%03d", i), ":1", sprintf("chant(s%03d): do it\n\nChant-Spec: s%03d\n", i, i))
        for (j = 0; j < 6; j++) file(name((i * 37 + j * 911) % 9900), "file\n2\nspec " i "\n4\n5\n")
        if (i % 50 == 25) file(name(9999), "spec " i "\n2\n3\n4\n5\n")
        file(sprintf(".chant/specs/s%03d.md", i), spec(i, "x"))
      }
      commit("refs/heads/main", ":1", "main goes on")
      file(name(9999), "main\n2\n3\n4\n5\n")
    }'
}

hundred() {
  git init -q repo
  cd repo
  stream | git fast-import --quiet
  git reset -q --hard main
  before=$(git rev-parse main)
  must_fail 1 git chant reconcile --json >"$HOME/json" 2>"$HOME/err"
  same "$(git chant list --all --porcelain | awk -F'\t' '$2 == "completed"' | wc -l)" 98
  for id in s025 s075; do
    is_state "$id" needs_attention
    git chant show --json "$id" >"$HOME/show"
    has '"path": "src/d199/f9999.c"' "$HOME/show"
  done
  same "$(git status --porcelain)" ''
  same "$(git for-each-ref --format='%(refname:short)' refs/heads/chant | tr '\n' ' ')" 'chant/s025 chant/s075 '
  git log --first-parent --reverse --format='%(trailers:key=Chant-Spec,valueonly,separator=)' \
    "$before..main" >"$HOME/order"
  same "$(wc -l <"$HOME/order")" 98
  landed=$(git rev-parse 'main^{tree}')
  git checkout -q --detach "$before"
  while read -r id; do
    git merge -q --no-ff -m "$id" "refs/chant/spec/$id/tip"
  done <"$HOME/order"
  same "$(git rev-parse 'HEAD^{tree}')" "$landed"
}

check 'what lands is what plain merges in the same order give' hundred
finish
