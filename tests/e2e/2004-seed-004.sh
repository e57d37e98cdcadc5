# The acceptance criteria of the seed "Fix parallel execution not finalizing spec metadata": one
# test for each, named after it, in direct mode and in branch mode.
. "$(dirname "$0")/lib.sh"

# The text below the frontmatter, with everything that must stay as it is.
write_spec() {
  spec a '# a comment' 'labels: [x,  "y"]' 'owner: somebody' <<'SPEC'
# Do a

## Acceptance Criteria

- [ ] It is done
```text
- [ ] not a box
```
SPEC
}

# done_in MODE: one spec worked by an agent that makes two commits; then it is on main.
done_in() {
  agent main "$AGENTS/planned"
  repo
  write_spec
  git add .chant
  git commit -qm specs
  plan a 'echo 1 >1.txt; git add 1.txt; git commit -qm "chant(a): begin"; echo 2 >2.txt'
  export CHANT_MODEL=model-7
  case $1 in
    sequential) git chant work a >../out ;;
    direct) git chant work --parallel >../out ;;
    branch)
      git chant work --parallel --branch >../out
      git merge -q --no-ff --no-edit chant/a
      ;;
  esac
}

recorded_commits() { git show main:.chant/specs/a.md | sed -n 's/^  - "*\([0-9a-f]*\)"*$/\1/p'; }

sequential_finalizes() {
  done_in sequential
  has '✓ Finalized a' ../out
  same "$(field a status)" completed
  same "$(git log -1 --format=%s main -- .chant/specs/a.md)" 'chant(a): finalize'
}

# What is recorded, apart from times and ids: in a worktree the commits get trailers.
without_ids() { sed -e '/^branch: /d' -e '/^completed_at: /d' -e 's/^  - "*[0-9a-f]*"*$/  - ID/'; }

same_as_sequential() {
  (done_in sequential)
  rm -rf "$HOME/plan" "$XDG_CONFIG_HOME/git-chant"
  mkdir other
  cd other || return
  done_in "$mode"
  git show main:.chant/specs/a.md | without_ids >../left
  without_ids <../../repo/.chant/specs/a.md >../right
  same "$(grep -c ' ID$' ../left)" 2
  cmp ../left ../right
}

commits_of_branch() {
  done_in "$mode"
  git log --reverse --format=%h --abbrev=10 --no-merges --grep '^chant(a): begin' \
    --grep '^chant(a): do it' main >../made
  same "$(wc -l <../made)" 2
  same "$(recorded_commits)" "$(cat ../made)"
}

all_fields() {
  done_in "$mode"
  git show "main:.chant/specs/a.md" >../spec
  sed -i -E -e 's/^completed_at: .*/completed_at: T/' -e 's/^  - "?[0-9a-f]{10}"?$/  - C/' ../spec
  {
    printf -- '---\ntype: code\nstatus: completed\n'
    printf '%s\n' '# a comment' 'labels: [x,  "y"]' 'owner: somebody'
    printf 'commits:\n  - C\n  - C\ncompleted_at: T\nmodel: model-7\n'
    if [ "$mode" = branch ]; then echo 'branch: chant/a'; fi
    printf -- '---\n# Do a\n\n## Acceptance Criteria\n\n- [x] It is done\n'
    printf '%s\n' '```text' '- [x] not a box' '```'
  } >../wanted
  diff ../wanted ../spec
}

on_disk() {
  done_in "$mode"
  git show main:.chant/specs/a.md >../spec
  cmp ../spec .chant/specs/a.md
  same "$(git status --porcelain)" ''
}

logged() {
  done_in "$mode"
  if [ "$mode" = direct ]; then has '✓ Finalized a' ../out; else has '✓ Finished (commit: ' ../out; fi
}

status_completed() {
  done_in "$mode"
  same "$(field a status)" completed
}

commits_time_model() {
  done_in "$mode"
  same "$(recorded_commits | grep -cxE '[0-9a-f]{10}')" 2
  field a completed_at | grep -qxE '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z'
  same "$(field a model)" model-7
}

listed() {
  done_in "$mode"
  git chant list --all >../list
  grep -qE '^● a +completed +Do a$' ../list
}

# What worked before this criterion was met.
existing_tests() { sh "$CHANT_SOURCE/tests/e2e/1000-first-path.sh"; }

check 'Identify where sequential execution calls finalize' sequential_finalizes
for mode in direct branch; do
  check "Add finalize_spec() call in parallel execution path ($mode mode)" same_as_sequential
  check "Extract commits from spec branch after parallel work ($mode mode)" commits_of_branch
  check "Update spec frontmatter with all metadata fields ($mode mode)" all_fields
  check "Save finalized spec to disk ($mode mode)" on_disk
  check "Add logging: \"✓ Finalized {spec_id}\" ($mode mode)" logged
  check "Integration test: parallel work -> verify status: completed in frontmatter ($mode mode)" \
    status_completed
  check "Integration test: parallel work -> verify commits, completed_at, model present ($mode mode)" \
    commits_time_model
  check "Integration test: parallel work -> chant list shows ● completed ($mode mode)" listed
done
check 'All existing tests pass' existing_tests
finish
