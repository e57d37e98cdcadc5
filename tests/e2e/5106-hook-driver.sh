# The merge driver for spec files, as git chant hooks install sets it up.
# shellcheck disable=SC2016 # the inner shells expand it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

# Two branches that each add a key to the same spec.
scene() {
  repo
  own_chant
  mkdir -p "it's 100% odd"
  mv "$HOME/own" "it's 100% odd/own"
  HOME="$PWD/it's 100% odd"
  printf '*\n' >"$HOME/.gitignore"
  git config user.name Test
  git config user.email test@example.com
  plain_spec 2026-01-01-001-abc
  git add .chant
  git commit -qm spec
  git checkout -qb side
  sed 's/^type: code/type: task/' ".chant/specs/$id.md" >../new
  cp ../new ".chant/specs/$id.md"
  git commit -qam 'change type'
  git checkout -q main
  sed 's/^status: pending/status: in_progress/' ".chant/specs/$id.md" >../new
  cp ../new ".chant/specs/$id.md"
  git commit -qam 'change status'
}
id=2026-01-01-001-abc

merges_by_key() {
  scene
  own hooks install
  git merge -q --no-edit side
  same "$(field $id type) $(field $id status)" 'task in_progress'
}

as_text_without_it() {
  scene
  own hooks install
  rm "$HOME/own/git-chant"
  PATH=$(printf '%s' "$PATH" | sed "s|^$TEST_ROOT/bin:||")
  must_fail 1 git merge -q --no-edit side 2>../err
  lacks 'not found' ../err
  has '<<<<<<< ours' ".chant/specs/$id.md"
  has '>>>>>>> theirs' ".chant/specs/$id.md"
  same "$(git ls-files -u | wc -l | tr -d ' ')" 3
}

as_text_when_it_fails() {
  scene
  own hooks install
  for line in 'kill -SEGV $$' 'exit 128' 'exit 2'; do
    recorder "$line"
    must_fail 1 git merge -q --no-edit side 2>../err
    has '<<<<<<< ours' ".chant/specs/$id.md"
    git merge --abort
  done
  recorder 'exit 1' # it says that there is a conflict, and what it wrote counts
  must_fail 1 git merge -q --no-edit side
  lacks '<<<<<<<' ".chant/specs/$id.md"
  git merge --abort
  recorder
  git merge -q --no-edit side
  has "ours .merge_file" "$HOME/said"
}

in_gitattributes() {
  scene
  printf '*.bin binary' >.gitattributes
  fingerprint >../before
  own hooks install --attributes
  has '.chant/specs/*.md merge=chant-spec' .gitattributes
  [ ! -e .git/info/attributes ] || lacks chant-spec .git/info/attributes
  own hooks status
  own hooks install
  lacks chant-spec .gitattributes
  has '.chant/specs/*.md merge=chant-spec' .git/info/attributes
  is_back own hooks uninstall
}

keeps() {
  scene
  mkdir -p .git/info
  printf '# mine \377\n*.x diff=x' >.git/info/attributes
  git config merge.chant-spec.recursive binary
  git config merge.chant-spec.name 'my own'
  fingerprint >../before
  own hooks install
  has '# mine' .git/info/attributes
  is_back own hooks uninstall
  own hooks install
  echo '*.y diff=y' >>.git/info/attributes
  own hooks uninstall
  same "$(cat .git/info/attributes)" "$(printf '# mine \377\n*.x diff=x\n*.y diff=y')"
}

check 'spec files merge by key' merges_by_key
check 'without git-chant they merge as text' as_text_without_it
check 'where git-chant fails they merge as text' as_text_when_it_fails
check 'the attribute is in .gitattributes when that is asked for' in_gitattributes
check 'what is there of somebody else stays' keeps
finish
