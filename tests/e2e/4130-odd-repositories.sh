# Landings are recorded in repositories that are sparse, partial, shallow, of SHA-256, with worktree
# configuration, with submodules, with reftables, and where the branch is not called main.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

# made_here FLAVOUR: as start, but made with the settings that hold now.
made_here() {
  rm -rf "$XDG_CONFIG_HOME/git-chant"
  begin_template
  if [ "$1" = sealed ]; then by_agents; else by_person a && by_person b; fi
  hooks
}

# clone_with ARGUMENT...: goes to a clone of origin.git that has the spec branches and what
# git-chant keeps.
clone_with() {
  git push -q origin spec/a 'refs/chant/*:refs/chant/*' 2>/dev/null || git push -q origin spec/a
  git -C ../origin.git config uploadpack.allowFilter true
  git clone -q --no-single-branch "$@" "file://$(cd .. && pwd -P)/origin.git" ../clone
  cd ../clone
  git branch -q spec/a origin/spec/a
  git fetch -q origin 'refs/chant/*:refs/chant/*'
  hooks
}

plain() { start "$flavour" hooks; }
sparse_cone() { plain; git sparse-checkout set --cone .chant; [ ! -e deep ]; }
sparse_cone_without() { plain; git sparse-checkout set --cone deep; [ ! -e .chant ]; }
sparse_index() { plain; git sparse-checkout set --cone --sparse-index deep; [ ! -e .chant ]; }
sparse_patterns() { plain; git sparse-checkout set --no-cone '/*' '!/other.txt'; [ ! -e other.txt ]; }
sparse_patterns_without() { plain; git sparse-checkout set --no-cone '/*' '!/.chant'; [ ! -e .chant ]; }
partial() { start "$flavour" none; clone_with --filter=blob:none; }
treeless() { start "$flavour" none; clone_with --filter=tree:0; }
shallow() { start "$flavour" none; clone_with --shallow-since='2026-01-02T03:04:30Z'; [ -f .git/shallow ]; }
sha256() {
  GIT_DEFAULT_HASH=sha256
  export GIT_DEFAULT_HASH
  made_here "$flavour"
  same "$(git rev-parse --show-object-format)" sha256
}
reftable() {
  git init -q --ref-format=reftable probe 2>/dev/null || skip 'this git has no reftable'
  GIT_DEFAULT_REF_FORMAT=reftable
  export GIT_DEFAULT_REF_FORMAT
  made_here "$flavour"
  same "$(git rev-parse --show-ref-format)" reftable
}
worktree_config() {
  plain
  git config extensions.worktreeConfig true
  git config --worktree core.editor true
}
relative_worktrees() {
  git init -q probe
  git -C probe worktree add -h >usage 2>&1 || :
  grep -q relative-paths usage || skip 'this git has no relative worktrees'
  git config --global worktree.useRelativePaths true
  made_here "$flavour"
  git checkout -q side
  git worktree add -q ../linked main
  cd ../linked
}
trunk() {
  plain
  git branch -q -m main trunk
  on=trunk
}
packed() { plain; git pack-refs --all; }
detached_git_dir() {
  plain
  mv .git ../elsewhere
  git init -q --separate-git-dir ../elsewhere
  hooks_dir=$(git rev-parse --git-path hooks)
  [ -f "$hooks_dir/post-merge" ]
}
submodule() {
  git init -q library
  git -C library commit -q --allow-empty -m library
  plain
  git -c protocol.file.allow=always submodule --quiet add "$PWD/../library"
  commit 'add a submodule'
}
linked_spec() {
  plain
  git worktree add -q ../spec-a spec/a
}

# The record on the branch that it landed on.
is_recorded_there() {
  git show "$on:.chant/specs/a.md" >../file
  has 'status: completed' ../file
  has 'model: model-x' ../file
  parts=$(git log --reverse --format=%H --grep '^chant(a): [pd]' spec/a | cut -c 1-10 | tr '\n' ' ')
  same "$(sed -n 's/^  - "*\([0-9a-f]*\)"*$/\1/p' ../file | tr '\n' ' ')" "$parts"
  same "$(git status --porcelain)" ''
  same "$(git log --format=%s "$on" | grep -c '^chant(a): finalize')" 1
}

merged() {
  on=main
  "$row"
  [ "$way" = hook ] || rm "$(git rev-parse --git-path hooks)/post-merge"
  [ ! -f .gitmodules ] || git submodule --quiet update
  clock
  git merge -q --no-ff --no-edit spec/a
  if [ "$way" = list ]; then
    same "$(git log -1 --format=%s)" "Merge branch 'spec/a'$([ "$on" = main ] || echo " into $on")"
    git chant list >../list
  fi
  is_recorded_there
  tip=$(git rev-parse "$on")
  git chant list --all --porcelain >../list
  same "$(git rev-parse "$on")" "$tip"
  [ ! -e .chant ] || same "$(awk -F '\t' '$1 == "a" {print $2}' ../list)" completed
}

bare() {
  start unsealed none
  must_fail 128 git -C ../origin.git chant list 2>../err
  same "$(grep -c '' ../err)" 1
}

template sealed
template unsealed
turn=-1
for row in sparse_cone sparse_patterns \
  partial treeless shallow sha256 reftable worktree_config relative_worktrees trunk packed \
  detached_git_dir submodule linked_spec; do
  for flavour in sealed unsealed; do
    for way in hook list; do
      is_chosen || continue
      check "$row, $flavour, by $way" merged
    done
  done
done
check 'a bare repository is refused in one line' bare
finish
