# git chant init, and git chant add with all its options.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"

files='.chant/config.yaml .chant/prompts/merge-conflict.md .chant/prompts/parallel-cleanup.md .chant/prompts/standard.md .chant/prompts/task.md'

init() {
  git init -q repo
  cd repo
  git chant init --dry-run >../dry
  [ ! -e .chant ]
  mkdir -p below/deep
  (cd below/deep && git chant init >../../../out)
  for path in .chant/ .chant/specs/ .chant/prompts/ $files; do
    has "would create $path" ../dry
    has "created $path" ../out
  done
  # shellcheck disable=SC2086 # one word for each file
  same "$(find .chant -type f | sort | tr '\n' ' ')" "$files "
  git chant list 2>../said
  has 'no specs (git chant add "Title")' ../said
}

init_again() {
  repo
  echo '# mine' >.chant/config.yaml
  rm .chant/prompts/standard.md
  ln -s /nowhere .chant/prompts/merge-conflict.md.new
  mv .chant/prompts/merge-conflict.md.new .chant/prompts/merge-conflict.md
  git chant init --dry-run >../dry
  has 'would create .chant/prompts/standard.md' ../dry
  [ ! -e .chant/prompts/standard.md ]
  git chant init >../out
  has 'created .chant/prompts/standard.md' ../out
  has 'kept .chant/config.yaml' ../out
  has 'kept .chant/prompts/merge-conflict.md' ../out
  has 'kept .chant/specs/' ../out
  same "$(cat .chant/config.yaml)" '# mine'
  same "$(readlink .chant/prompts/merge-conflict.md)" /nowhere
  git chant init >../out
  lacks created ../out
}

init_old() {
  git init -q repo
  cd repo
  mkdir .chant
  printf -- '---\nmodel: old-model\n---\n' >.chant/config.md
  git chant init >../out
  has 'kept .chant/config.md' ../out
  [ ! -e .chant/config.yaml ]
  git chant list
}

init_refused() {
  git init -q repo
  cd repo
  echo 'a file' >.chant
  must_fail 128 git chant init 2>../err
  same "$(cat ../err)" "error: '.chant' exists and is not a directory"
  must_fail 129 git chant init extra 2>../err
  same "$(cat .chant)" 'a file'
}

add() {
  repo
  first=$(git chant add 'First thing')
  printf '%s\n' "$first" | grep -Eqx '[0-9]{4}-[0-9]{2}-[0-9]{2}-001-[0-9a-z]{3}'
  second=$(git chant add --type task --label 'two, words' --label=plain --depends-on "${first##*-}" \
    --target-file src/a.c --target-file 'with space' --agent main -- '--Second: "thing" #1')
  file=.chant/specs/$second.md
  same "$(cat "$file")" "---
type: task
status: pending
depends_on:
  - $first
labels:
  - \"two, words\"
  - plain
target_files:
  - src/a.c
  - with space
agent: main
---

# --Second: \"thing\" #1"
  git chant list --json >../json
  valid_json ../json
  has '"--Second: \"thing\" #1"' ../json
  same "$(state "$second")" blocked
  same "$(git status --porcelain -uno)" ''
}

add_refused() {
  repo
  a=$(git chant add A)
  find .chant | sort >../before
  must_fail 129 git chant add 2>../err
  must_fail 129 git chant add one two 2>../err
  must_fail 129 git chant add ' ' 2>../err
  same "$(cat ../err)" 'error: the title is empty'
  must_fail 129 git chant add "$(printf 'red \033[31mtitle')" 2>../err
  clean ../err
  must_fail 129 git chant add B --depends-on nope 2>../err
  has "error: no spec matches 'nope'" ../err
  must_fail 129 git chant add B --bogus 2>../err
  find .chant | sort >../after
  cmp ../before ../after
  printf -- '---\nstatus: pending\ndepends_on: [%s]\n---\n# A\n' "$a" >".chant/specs/$a.md"
  must_fail 128 git chant add B --depends-on "$a" 2>../err
  same "$(cat ../err)" "error: dependency cycle: $a -> $a"
  find .chant | sort >../after
  cmp ../before ../after
}

at_once() {
  repo
  pids=
  for n in 1 2 3 4 5 6 7 8 9 10; do
    git chant add "Spec $n" >"../id.$n" &
    pids="$pids $!"
  done
  for pid in $pids; do wait "$pid"; done
  same "$(cat ../id.* | sort -u | wc -l)" 10
  same "$(cut -d - -f 4 ../id.* | sort -u | tr '\n' ' ')" '001 002 003 004 005 006 007 008 009 00a '
  same "$(git chant list --porcelain | cut -f 4 | sort -u | wc -l)" 10
}

edit() {
  repo
  cat >editor <<'SH'
cat "$2" >"$1.before"
echo "edited $1" >>"$2"
SH
  id=$(GIT_EDITOR="sh '$PWD/editor' '$PWD/note'" git chant add 'To edit' --edit)
  same "$(tail -n 1 ".chant/specs/$id.md")" "edited $PWD/note"
  has '# To edit' note.before
  must_fail 128 env GIT_EDITOR='false' git chant add 'Not edited' --edit 2>../err
  has "error: the editor 'false' ended with exit 1" ../err
}

check 'init creates and lists, from any directory; --dry-run changes nothing' init
check 'init is idempotent and overwrites nothing' init_again
check 'init keeps an old config.md' init_old
check 'init refuses a file named .chant' init_refused
check 'add writes every option and prints the id alone' add
check 'add refuses bad input and a cycle, and changes nothing' add_refused
check 'ten adds at once do not collide' at_once
check 'add --edit opens the editor that git would' edit
finish
