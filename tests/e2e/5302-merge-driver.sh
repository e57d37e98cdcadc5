# The merge driver: what git's own merges make of spec files with it.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"

# driven: a repository with the driver, a spec, and two branches that both change the spec: `left`
# completes it and `right`, checked out, adds a label and another dependency.
driven() {
  repo
  git config merge.chant-spec.name 'spec files'
  git config merge.chant-spec.driver "'$CHANT_BINARY' merge-driver %O %A %B %P %L"
  echo '.chant/specs/*.md merge=chant-spec' >>.git/info/attributes
  plain_spec x 'labels: [a]' 'depends_on: []'
  git add .chant
  git commit -qm specs
  git checkout -qb left
  cat >.chant/specs/x.md <<'SPEC'
---
type: code
status: completed
commits: [1234567]
model: m
labels: [a, done]
depends_on: []
---
# Do x

## Acceptance Criteria

- [x] It is done
SPEC
  git commit -qam left
  git checkout -qb right main
  sed -i.bak 's/^labels.*/labels: [a, b] # mine/; s/^depends_on.*/depends_on: [y]/' \
    .chant/specs/x.md
  rm .chant/specs/x.md.bak
  git commit -qam right
}

# merged: the file has what both sides did. HEAD was $1.
merged() {
  if [ "$1" = right ]; then labels='[a, b, done] # mine'; else labels='[a, done, b]'; fi
  cat >../wanted <<SPEC
---
type: code
status: completed
commits: [1234567]
model: m
labels: $labels
depends_on: [y]
---
# Do x

## Acceptance Criteria

- [x] It is done
SPEC
  diff ../wanted .chant/specs/x.md
  same "$(git status --porcelain)" ''
}

without() {
  driven
  git config --unset merge.chant-spec.driver
  rm .git/info/attributes
  must_fail 1 git merge -q left >/dev/null
}

by_merge() { driven; git merge -q --no-edit left; merged right; }
by_rebase() { driven; git rebase -q left; merged left; }
by_pick() { driven; git cherry-pick left >/dev/null; merged right; }
by_squash() { driven; git merge -q --squash left >/dev/null; git commit -qm squash; merged right; }

by_stash() {
  driven
  git checkout -q main
  git show right:.chant/specs/x.md >.chant/specs/x.md
  git stash -q
  git checkout -q left
  git stash pop -q
  same "$(git status --porcelain)" ' M .chant/specs/x.md'
  git commit -qam popped
  merged left
}

by_merge_tree() {
  driven
  tree=$(git merge-tree --write-tree right left)
  git merge -q --no-edit left
  same "$tree" "$(git rev-parse 'HEAD^{tree}')"
}

in_worktree() {
  driven
  git checkout -q main
  git worktree add -q ../wt right
  cd ../wt
  git merge -q --no-edit left
  merged right
}

conflicts() {
  driven
  sed -i.bak 's/Do x/Do it/' .chant/specs/x.md
  git commit -qam title
  git checkout -q left
  sed -i.bak 's/Do x/Do that/' .chant/specs/x.md
  rm .chant/specs/x.md.bak
  git commit -qam title
  git config merge.conflictStyle diff3
  must_fail 1 git merge -q right >/dev/null
  has '<<<<<<< ours' .chant/specs/x.md
  has '||||||| base' .chant/specs/x.md
  has 'labels: [a, done, b]' .chant/specs/x.md
  has 'status: completed' .chant/specs/x.md
  same "$(git diff --name-only --diff-filter=U)" .chant/specs/x.md
  must_fail 1 git chant lint 2>/dev/null >../out
  has 'unresolved merge conflict' ../out
  git merge --abort
  same "$(git status --porcelain)" ''
}

# A value that both changed: only this key is marked.
key_conflict() {
  driven
  for branch in left right; do
    git checkout -q "$branch"
    sed "1a\\
priority: ${#branch}" .chant/specs/x.md >../x
    cp ../x .chant/specs/x.md
    git commit -qam priority
  done
  must_fail 1 git merge -q left >/dev/null
  printf '<<<<<<< ours\npriority: 5\n=======\npriority: 4\n>>>>>>> theirs\n' >../wanted
  sed -n '2,6p' .chant/specs/x.md | diff ../wanted -
  has 'labels: [a, b, done] # mine' .chant/specs/x.md
}

# What is no spec is merged as git would.
as_text() {
  driven
  printf 'one\ntwo\nthree\nfour\nfive\n' >.chant/specs/t.md
  printf -- '---\na: [\n' >.chant/specs/b.md
  git add .chant
  git commit -qm text
  git checkout -qb more
  sed -i.bak s/one/1/ .chant/specs/t.md
  echo 'x: 1' >>.chant/specs/b.md
  git commit -qam one
  git checkout -q right
  sed -i.bak s/five/5/ .chant/specs/t.md
  echo 'y: 1' >>.chant/specs/b.md
  git commit -qam five
  must_fail 1 git merge -q more >/dev/null
  same "$(tr '\n' ' ' <.chant/specs/t.md)" '1 two three four 5 '
  has '>>>>>>> theirs' .chant/specs/b.md
}

# Called by hand: too large for a spec, and a directory that is none of a repository.
odd_calls() {
  head -c 1100000 /dev/zero | tr '\0' 'x' >base
  { cat base; echo; } >ours
  cp base theirs
  git chant merge-driver base ours theirs .chant/specs/x.md 2>err
  has 'git chant: merging .chant/specs/x.md as text: ' err
  printf 'a\n' >base
  printf 'b\n' >ours
  printf 'c\n' >theirs
  must_fail 1 git chant merge-driver base ours theirs x.md 12
  has '<<<<<<<<<<<< ours' ours
  must_fail 129 git chant merge-driver base ours 2>err
  git chant -h >help
  lacks merge-driver help
}

check 'without the driver the same merge conflicts' without
check 'git merge' by_merge
check 'git merge --squash' by_squash
check 'git rebase' by_rebase
check 'git cherry-pick' by_pick
check 'git stash pop' by_stash
check 'git merge-tree' by_merge_tree
check 'git merge in a linked worktree' in_worktree
check 'a conflict in the body is one, and the rest is merged' conflicts
check 'a value that both sides changed is a conflict around its key' key_conflict
check 'files that are no specs are merged as text' as_text
check 'odd calls' odd_calls
finish
