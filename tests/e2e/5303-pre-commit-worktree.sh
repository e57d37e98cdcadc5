# The pre-commit hook in a spec's worktree: its branch changes no other file below .chant.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooked.sh"

# spec_worktree: the worktree of the spec `good`, with a second spec beside it.
spec_worktree() {
  hooked
  plain_spec second
  git add .chant
  git commit -qm second
  git worktree add -q -b spec/good ../good
  mkdir -p .git/worktrees/good/chant
  echo good >.git/worktrees/good/chant/spec
  cd ../good
}

own_file_only() {
  spec_worktree
  sed -i.bak 's/\[ \]/[x]/' .chant/specs/good.md .chant/specs/second.md
  rm .chant/specs/*.bak
  echo work >work.txt
  git add -A
  refused ".chant/specs/second.md: error: not the file of this worktree's spec 'good'" \
    git commit -qm work
  git reset -q -- .chant/specs/second.md
  git commit -qm work
  echo 'check: true' >>.chant/config.yaml
  refused ".chant/config.yaml: error: not the file" git commit -qam config
  git rm -qf .chant/specs/second.md
  refused ".chant/specs/second.md: error: not the file" git commit -qm removed
  git commit -q --no-verify -m removed
}

# The target is merged into the spec's branch, with a conflict: what comes from there is no fault.
merged_in() {
  spec_worktree
  echo work >start.txt
  git commit -qam work
  cd ../repo
  sed -i.bak 's/Do second/Do more/' .chant/specs/second.md
  rm .chant/specs/second.md.bak
  bad_spec third
  echo more >start.txt
  git add .chant start.txt
  git commit -q --no-verify -m more
  cd ../good
  must_fail 1 git merge -q main >/dev/null
  echo both >start.txt
  git commit -qam merged 2>../err
  same "$(cat ../err)" ''
  git rev-parse -q --verify HEAD^2 >/dev/null
}

check "a spec's worktree commits no other file below .chant" own_file_only
check 'a merge into a spec branch may bring them in' merged_in
finish
