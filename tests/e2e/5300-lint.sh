# git chant lint: what it finds, in files and in the index, its exit code and its forms.
# shellcheck disable=SC2164 # tests run with set -e
. "$(dirname "$0")/lib.sh"

# faulty: a repository with one spec for each kind of fault, and one that is good.
faulty() {
  repo
  plain_spec good
  spec untitled <<'SPEC'
## Acceptance Criteria

- [ ] Done
SPEC
  plain_spec lost 'labels: [x]' 'depends_on: [good, nowhere]'
  plain_spec ring-a 'depends_on: [ring-b]'
  plain_spec ring-b 'depends_on: [ring-a]'
  printf -- '---\nstatus: done\n---\n# T\n\n## Acceptance criteria\n- [ ] x\n' >.chant/specs/status.md
  printf -- '---\nstatus: pending\nstatus: completed\n---\n# A\n' >.chant/specs/twice.md
  printf -- '---\nlabels: [a\n---\n# A\n' >.chant/specs/yaml.md
  printf -- '---\nstatus: pending\n' >.chant/specs/endless.md
  printf -- '---\nstatus: pending\n---\n# Vague\n' >.chant/specs/vague.md
  printf -- '---\nstatus: completed\n---\n# Done\n' >.chant/specs/done.md
  printf '# T \033[31m\n\n## Acceptance Criteria\n\n- [ ] x\n' >.chant/specs/colour.md
  ln -s nowhere .chant/specs/link.md
  : >'.chant/specs/no id.md'
  : >.chant/specs/notes.txt
}

finds() {
  faulty
  must_fail 1 git chant lint >../out 2>../err
  same "$(cat ../err)" '13 specs: 10 errors, 2 warnings, 1 note'
  sed 's/\(yaml\.md:[0-9]*: error:\).*/\1/' ../out >../shown
  cat >../wanted <<'OUT'
.chant/specs/colour.md:1: warning: control, bidirectional or invisible characters in 1 line
.chant/specs/done.md:2: note: completed without commits
.chant/specs/endless.md:1: error: the frontmatter is not closed: there is no second '---' line
.chant/specs/link.md: error: '.chant/specs/link.md' is a symbolic link
.chant/specs/lost.md:5: error: dependency 'nowhere' does not exist
.chant/specs/no id.md: error: the file name is not a valid spec id
.chant/specs/ring-a.md:4: error: dependency cycle: ring-a -> ring-b -> ring-a
.chant/specs/ring-b.md:4: error: dependency cycle: ring-a -> ring-b -> ring-a
.chant/specs/status.md:2: error: unknown status 'done'
.chant/specs/twice.md:3: error: duplicate key 'status'
.chant/specs/untitled.md: error: there is no title ('# …')
.chant/specs/vague.md: warning: there are no criteria: nothing says when this is done ('## Acceptance Criteria')
.chant/specs/yaml.md:3: error:
OUT
  diff ../wanted ../shown
  git status --porcelain >../after
  must_fail 1 git chant lint >/dev/null 2>&1
  git status --porcelain | diff ../after -
}

chosen() {
  faulty
  git chant lint good vague >../out 2>../err
  same "$(cat ../err)" '2 specs: 0 errors, 1 warning, 0 notes'
  same "$(grep -c . ../out)" 1
  must_fail 1 git chant lint --strict good vague >/dev/null 2>&1
  git chant lint --strict good 2>/dev/null
  must_fail 1 git chant lint ring-b >../out 2>/dev/null
  has 'cycle: ring-a -> ring-b -> ring-a' ../out
  must_fail 129 git chant lint nope 2>../err
  has "no spec matches 'nope'" ../err
}

json() {
  faulty
  must_fail 1 git chant lint --json >../out 2>../err
  same "$(cat ../err)" ''
  valid_json ../out
  has '"version": 1' ../out
  has '"error": 10' ../out
  has '"rule": "dependency"' ../out
  git chant lint --json good >../out
  valid_json ../out
  has '"findings": []' ../out
}

# What is staged decides, not the files; the other specs are those of the index too.
staged() {
  repo
  plain_spec old 'depends_on: [gone]'
  git add .chant
  git commit -qm old
  git chant lint --staged >../out 2>../err
  same "$(cat ../out)$(cat ../err)" '0 specs: 0 errors, 0 warnings, 0 notes'
  plain_spec new 'depends_on: [other]'
  plain_spec other
  git add .chant/specs/new.md
  must_fail 1 git chant lint --staged >../out 2>../err
  same "$(cat ../out)" ".chant/specs/new.md:4: error: dependency 'other' does not exist"
  git add .chant/specs/other.md
  echo broken >.chant/specs/new.md
  git chant lint --staged 2>../err
  same "$(cat ../err)" '2 specs: 0 errors, 0 warnings, 0 notes'
  (mkdir sub && cd sub && git chant lint --staged --json >../../out)
  valid_json ../out
  must_fail 129 git chant lint --staged old 2>/dev/null
  git chant lint --staged other 2>/dev/null
}

nowhere() {
  git init -q empty
  cd empty
  must_fail 128 git chant lint 2>../err
  has 'there is no .chant/specs in this repository' ../err
  git chant lint --staged 2>/dev/null
}

check 'every fault is found, with its line' finds
check 'only the specs that are named, and --strict' chosen
check 'JSON' json
check 'what is staged' staged
check 'a repository without specs, and without a commit' nowhere
finish
