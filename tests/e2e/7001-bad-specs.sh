# Ids and spec files that are wrong: one clear line, nothing changed, and the others still work.
. "$(dirname "$0")/lib.sh"

# sound: a repository with specs that are ready.
sound() {
  repo
  for id in 2026-01-22-001-x7m 2026-01-23-001-x8m; do script_spec "$id" "echo $id >$id.txt"; done
  git chant trust --yes >/dev/null
}

# refused CODE MESSAGE VERB...: says exactly this, and moves no ref and no file.
refused() {
  wanted_code=$1 message=$2
  shift 2
  { git for-each-ref; git status --porcelain; find .chant | sort; } >../before
  must_fail "$wanted_code" git chant "$@" >../out 2>../err
  same "$(sed '/^hint: /d' ../err)" "error: $message"
  same "$(cat ../out)" ''
  { git for-each-ref; git status --porcelain; find .chant | sort; } | diff ../before -
}

ids() {
  sound
  for verb in show log reset cancel finalize work trust; do
    refused 129 "no spec matches 'nope'" "$verb" nope
    refused 129 "'2026' is ambiguous: it can be '2026-01-22-001-x7m', '2026-01-23-001-x8m'" \
      "$verb" 2026
  done
  refused 129 "no spec matches '../x7m'" show ../x7m
  refused 129 "no spec matches ''" show ''
  git chant show x7m >../out
  git chant show 22-001 | diff ../out -
  git chant show 2026-01-22 | diff ../out -
}

dependencies() {
  sound
  spec lost 'depends_on: [nowhere]' <<'SPEC'
# Lost
SPEC
  refused 128 "lost: dependency 'nowhere' does not exist" work --parallel
  refused 128 "lost: dependency 'nowhere' does not exist" work lost
  rm .chant/specs/lost.md
  for pair in a:b b:c c:a; do
    spec "${pair%:*}" "depends_on: [${pair#*:}]" <<'SPEC'
# In a ring
SPEC
  done
  refused 128 'dependency cycle: a -> b -> c -> a' work --parallel
  refused 128 'dependency cycle: b -> c -> a -> b' work b
  git chant list >../out
  has "⊘ a " ../out
}

broken() {
  sound
  printf -- '---\nstatus: [\n---\n# A\n' >.chant/specs/open.md
  printf -- '---\na: &x 1\nb: *x\n---\n# A\n' >.chant/specs/alias.md
  printf -- '---\nstatus: pending\nstatus: completed\n---\n# A\n' >.chant/specs/twice.md
  printf -- '---\nstatus: pending\n' >.chant/specs/endless.md
  printf '# \377\376\n' >.chant/specs/bytes.md
  printf -- '---\npriority: 010\n---\n# A\n' >.chant/specs/number.md
  head -c 1100000 /dev/zero | tr '\0' x >.chant/specs/large.md
  : >'.chant/specs/no spec.md'
  git chant list --porcelain >../out 2>../err
  same "$(awk -F '\t' '$2 == "broken" {print $1}' ../out | tr '\n' ' ')" \
    'alias bytes endless large number open twice '
  has "warning: passed over 'no spec.md': not a valid spec id" ../err
  git chant status >../out 2>/dev/null
  grep -Eq '^  ✗ open  broken: \.chant/specs/open\.md:[0-9]+: ' ../out
  for id in alias endless; do
    must_fail 128 git chant work "$id" 2>../err
    must_fail 128 git chant reset "$id" 2>>../err
    same "$(grep -c "^error: \.chant/specs/$id\.md:" ../err)" 2
  done
  git chant work --parallel >../out 2>&1
  has 'Summary: 2 completed, 0 failed' ../out
}

# No spec file may lead outside of .chant/specs, or make git chant wait for ever.
odd_files() {
  sound
  printf -- '---\nstatus: pending\n---\n# Outside\n' >../outside.md
  ln -s "$PWD/../outside.md" .chant/specs/link.md
  ln -s nowhere .chant/specs/dangling.md
  mkfifo .chant/specs/fifo.md
  mkdir .chant/specs/directory.md
  timeout 60 git chant list --porcelain >../out
  same "$(awk -F '\t' '$2 == "broken" {print $1}' ../out | tr '\n' ' ')" \
    'dangling directory fifo link '
  for id in link fifo directory dangling; do
    for verb in work reset cancel finalize; do
      must_fail 128 timeout 60 git chant "$verb" "$id" 2>../err
      has "error: '.chant/specs/$id.md' is " ../err
    done
    timeout 60 git chant show "$id" >../out
    lacks Outside ../out
  done
  timeout 60 git chant work --parallel >../out
  has 'Summary: 2 completed, 0 failed' ../out
  has 'status: pending' ../outside.md
}

links() {
  sound
  mv .chant ../real
  ln -s ../real .chant
  for verb in list status 'show x7m' 'work --parallel' 'reset x7m' 'add New' trust; do
    # shellcheck disable=SC2086 # one word for each argument
    must_fail 128 git chant $verb 2>../err
    has "/.chant' is a symbolic link" ../err
  done
  must_fail 128 git chant init 2>../err
  rm .chant
  mv ../real .chant
  mv .chant/specs ../real
  ln -s ../../real .chant/specs
  for verb in list 'work --parallel' 'add New' init; do
    # shellcheck disable=SC2086 # one word for each argument
    must_fail 128 git chant $verb 2>../err
    has ".chant/specs' " ../err
  done
  same "$(find ../real -type f | wc -l)" 2
}

check 'unknown and ambiguous ids, for every verb' ids
check 'a dependency that does not exist, and a cycle' dependencies
check 'broken specs are listed as broken; the others are worked' broken
check 'spec files that are links, fifos or directories' odd_files
check '.chant or .chant/specs that is a link' links
finish
