# Merges of spec files that conflict, that are no specs, and those of git-chant itself.
# shellcheck disable=SC2016,SC2164 # agents expand their plans; tests run with set -e
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/driven.sh"

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

# While an agent works, the user changes the spec on the target, where no driver is installed.
own_landing() {
  agent main "$AGENTS/planned"
  repo
  plain_spec x 'labels: [a]'
  plan x 'echo x >x.txt; read -r _ <"$HOME/gate"'
  gate gate
  change_spec() {
    sed -i.bak 's/^labels.*/labels: [a, mine]/; s/^status: pending/status: pending # soon/' \
      .chant/specs/x.md
    rm .chant/specs/x.md.bak
    git commit -qam 'change the spec'
    open_gate
  }
  react 'Working with prompt' change_spec --parallel
  same "$(field x labels)" '[a, mine]'
  same "$(field x status)" 'completed'
  same "$(state x)" completed
  same "$(git status --porcelain)" ''
}

check 'a conflict in the body is one, and the rest is merged' conflicts
check 'a value that both sides changed is a conflict around its key' key_conflict
check 'files that are no specs are merged as text' as_text
check 'odd calls' odd_calls
check 'a landing needs no driver' own_landing
finish
