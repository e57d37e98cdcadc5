# git chant finalize, by hand after a manual merge: records what is in the target, refuses what is
# not and says why, and does nothing the second time.
. "$(dirname "$0")/lib.sh"

# left_on_branch: the sealed work of spec `a` on its branch, and unsealed work for spec `b`.
by_hand() {
  repo
  spec b <<'SPEC'
# Do b

## Acceptance Criteria

- [ ] It is done
SPEC
  git add .chant
  git commit -qm 'add b'
  git checkout -qb topic
  for n in 1 2; do
    echo "$n" >"$n.txt"
    git add "$n.txt"
    git commit -qm "chant(b): part $n"
  done
  sed -i 's/\[ \]/[x]/' .chant/specs/b.md
  git commit -qam 'chant(b): tick' -m 'Chant-Model: some-model'
  git checkout -q main
}

merged() {
  by_hand
  git merge -q --no-ff --no-edit topic
  echo staged >staged.txt
  git add staged.txt
  echo unstaged >>start.txt
  git chant finalize b >../out
  wanted=$(git log --reverse --format=%H --abbrev=10 main~1^1..topic | cut -c 1-10 | tr '\n' ' ')
  same "$(cat ../out)" "✓ Finalized b (commits: ${wanted% })"
  same "$(field b status)" completed
  same "$(field b model)" some-model
  same "$(git show main:.chant/specs/b.md | sed -n 's/^  - "*\([0-9a-f]*\)"*$/\1/p' | tr '\n' ' ')" "$wanted"
  same "$(field b completed_at)" "$(git log -1 --format=%cI topic | sed 's/+00:00/Z/')"
  same "$(git diff --name-only main~1 main)" .chant/specs/b.md
  same "$(git status --porcelain)" 'A  staged.txt
 M start.txt'
  same "$(state b)" completed
  tip=$(git rev-parse main)
  git chant finalize b >../out
  same "$(cat ../out)" '✓ b is finalized already'
  same "$(git rev-parse main)" "$tip"
}

not_merged() {
  by_hand
  tip=$(git rev-parse main)
  must_fail 1 git chant finalize b 2>../err
  same "$(cat ../err)" "error: no commit in 'main' belongs to b
hint: git chant work b"
  same "$(git rev-parse main)" "$tip"
  same "$(field b status)" pending
}

open_criteria() {
  by_hand
  git merge -q --no-ff --no-edit topic~1
  must_fail 1 git chant finalize b 2>../err
  same "$(cat ../err)" 'error: b is not done: 1 criterion is open, the first at .chant/specs/b.md:9: It is done'
  same "$(field b status)" pending
}

# The branch of a spec: refused before the merge, right after it without anything to write.
own_branch() {
  agent main "$AGENTS/ok"
  repo
  spec a <<'SPEC'
# Do a

## Acceptance Criteria

- [ ] It is done
SPEC
  git chant work --parallel --no-land >../run
  same "$(state a)" finished
  must_fail 1 git chant finalize a 2>../err
  same "$(cat ../err)" "error: the work of a is not in 'main'
hint: git merge spec/a"
  git merge -q --no-edit spec/a
  tip=$(git rev-parse main)
  git chant finalize a >../out
  same "$(cat ../out)" '✓ a is finalized already'
  same "$(git rev-parse main)" "$tip"
  same "$(state a)" completed
}

# An unsealed branch of a failed attempt that a person finished and merged.
failed_branch() {
  agent main "$AGENTS/unticked"
  repo
  spec a <<'SPEC'
# Do a

## Acceptance Criteria

- [ ] It is done
SPEC
  must_fail 1 git chant work --parallel >../run
  git checkout -q spec/a
  sed -i 's/\[ \]/[x]/' .chant/specs/a.md
  git commit -qam 'finish it'
  git checkout -q main
  git merge -q --no-edit spec/a
  git chant finalize a >../out
  same "$(field a status)" completed
  wanted=$(git log --reverse --format=%H main~3..main~1 | cut -c 1-10 | tr '\n' ' ')
  same "$(git show main:.chant/specs/a.md | sed -n 's/^  - "*\([0-9a-f]*\)"*$/\1/p' | tr '\n' ' ')" "$wanted"
}

refused() {
  repo
  must_fail 129 git chant finalize 2>../err
  must_fail 129 git chant finalize nope 2>../err
  spec new <<'SPEC'
# Not committed
SPEC
  must_fail 1 git chant finalize new 2>../err
  same "$(cat ../err)" "error: '.chant/specs/new.md' is not in 'main'"
}

check 'a branch merged by hand is recorded: commits, time, model; once' merged
check 'what is not in the target is refused' not_merged
check 'open criteria are refused' open_criteria
check 'a spec branch: not before its merge, nothing to do after it' own_branch
check 'a failed branch that a person finished and merged' failed_branch
check 'bad input' refused
finish
