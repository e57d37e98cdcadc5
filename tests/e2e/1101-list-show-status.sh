# git chant list, show and status: what they say, their filters, and their forms for programs.
. "$(dirname "$0")/lib.sh"

# zoo: a repository with a spec in each state that files alone can make.
zoo() {
  repo
  spec 2026-01-01-001-aaa 'labels: [auth, web]' <<'SPEC'
# Ready one

## Acceptance Criteria

- [x] Thought of
- [ ] Done
SPEC
  spec 2026-01-01-002-bbb 'depends_on: [2026-01-01-001-aaa]' 'labels: [web]' <<'SPEC'
# Waits
SPEC
  spec 2026-01-01-003-ccc 'depends_on: [nowhere]' <<'SPEC'
# Lost
SPEC
  for pair in 004-ddd:completed 005-eee:cancelled 006-fff:failed 007-ggg:needs_attention 008-hhh:paused; do
    printf -- '---\ntype: task\nstatus: %s\n---\n# %s\n' "${pair#*:}" "The ${pair#*:} one" \
      >".chant/specs/2026-01-01-${pair%:*}.md"
  done
  printf -- '---\nstatus: [\n---\n# Broken\n' >.chant/specs/broken.md
  spec 2026-01-02-001-zzz <<'SPEC'
# Group
SPEC
  spec 2026-01-02-001-zzz.1 'labels: [web]' <<'SPEC'
# Member
SPEC
  git add .chant
  git commit -qm specs
}

list() {
  zoo
  git chant list >../out 2>../err
  cat >../wanted <<'OUT'
○ aaa ready Ready one
⊘ bbb blocked Waits (waits for '2026-01-01-001-aaa')
⊘ ccc blocked Lost (dependency 'nowhere' does not exist)
✗ fff failed The failed one (the spec file says so)
⚠ ggg needs_attention The needs_attention one (the spec file says so)
◌ hhh paused The paused one (the spec file says so)
◇ zzz driver Group (0 of 1 member completed)
○ zzz.1 ready Member
OUT
  sed 's/  */ /g; /broken/d' ../out >../shown
  diff ../wanted ../shown
  has '○ aaa     ready            Ready one' ../out
  grep -q '^✗ broken .*\.chant/specs/broken\.md:' ../out
  same "$(cat ../err)" '2 completed or cancelled specs are hidden (--all shows them)'
  git chant list --all >../out 2>../err
  same "$(grep -c . ../out)" 11
  has '● ddd     completed' ../out
  has '– eee     cancelled' ../out
  same "$(cat ../err)" ''
}

# ids OPTION...: what list shows.
ids() { git chant list --porcelain "$@" 2>../err | cut -f 1 | tr '\n' ' '; }

filters() {
  zoo
  same "$(ids --status ready)" '2026-01-01-001-aaa 2026-01-02-001-zzz.1 '
  same "$(ids --status failed --status completed)" '2026-01-01-004-ddd 2026-01-01-006-fff '
  same "$(ids --label auth)" '2026-01-01-001-aaa '
  same "$(ids --label auth --label web --status blocked)" '2026-01-01-002-bbb '
  same "$(ids --type task)" '2026-01-01-006-fff 2026-01-01-007-ggg 2026-01-01-008-hhh '
  same "$(ids --all --type task --status cancelled)" '2026-01-01-005-eee '
  same "$(ids --label none)" ''
  git chant list --type task 2>../err >/dev/null
  same "$(cat ../err)" '2 completed or cancelled specs are hidden (--all shows them)'
  must_fail 129 git chant list --status "done" 2>../err
  has "unknown status 'done'" ../err
  must_fail 129 git chant list --json --porcelain 2>../err
}

machine() {
  zoo
  git chant list --all --porcelain >../out
  same "$(sed -n 2p ../out)" "$(printf '2026-01-01-002-bbb\tblocked\t2026-01-01-001-aaa\tWaits')"
  git chant list --all --json >../json
  valid_json ../json
  same "$(grep -c '"id":' ../json)" 11
  has '"version": 1' ../json
  git chant show --json aaa >../json
  valid_json ../json
  has '"total": 2' ../json
  git chant status --json >../json
  valid_json ../json
  has '"target": "main"' ../json
  has '"completed": 1' ../json
}

show() {
  zoo
  git chant show aaa >../out
  has '2026-01-01-001-aaa Ready one' ../out
  has '○ ready' ../out
  has 'criteria: 1 of 2 ticked' ../out
  has '- [ ] Done' ../out
  git chant show bbb >../out
  has "⊘ blocked: waits for '2026-01-01-001-aaa'" ../out
  git chant show broken >../out
  has '.chant/specs/broken.md:' ../out
  must_fail 129 git chant show 2>../err
  must_fail 129 git chant show aaa bbb 2>../err
}

# Each command that is named works.
without_a_log() {
  repo
  script_spec a 'echo a >a.txt; git add a.txt; git commit -qm a'
  git chant trust --yes >../out
  git config chant.worktree.setup 'exit 4'
  must_fail 1 git chant work a --worktree >../out
  git chant status >../status
  has ' git chant work a' ../status
  must_fail 128 git chant log a 2>../err
  has 'hint: git chant show a' ../err
  printf -- '---\nstatus: failed\n---\n# Do b\n' >.chant/specs/b.md
  git chant status >../status
  has ' git chant reset b' ../status
}

check 'list: mark, short id, state, title, what blocks it; says how many it hides' list
check 'list: --status, --label, --type, --all' filters
check 'list, show, status: --json is JSON, --porcelain has tabs' machine
check 'status: the next command where there is no log' without_a_log
check 'show: state and why, criteria, text' show
finish
