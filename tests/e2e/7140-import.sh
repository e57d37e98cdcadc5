#!/bin/sh
# git chant import: a task list becomes specs.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/importing.sh
. "$(dirname "$0")/importing.sh"

to_specs() {
  repo
  list TODO.md
  git chant import --dry-run TODO.md >../dry 2>../err
  same "$(grep -c '^would make ' ../dry)" 3
  has '  | # Parse the settings' ../dry
  has '  | ## Acceptance Criteria' ../dry
  has '    does not wait for 1: done (line 4)' ../dry
  has 'left out: 1: done' ../dry
  has 'TODO.md: read as github' ../err
  same "$(git status --porcelain)" ''
  git chant import TODO.md >../out 2>../err
  same "$(cut -d ' ' -f 3- ../out | grep -v '^ ')" '2 Parse the settings
3 Write them
4 Say so
1: done'
  has 'made 3 specs, not committed' ../err
  same "$(sed -n 's/^  - \(2.*\)/\1/p' ".chant/specs/$(spec_of 4).md")" "$(spec_of 3)"
  same "$(state "$(spec_of 2)")" ready
  same "$(state "$(spec_of 3)")" blocked
  git chant lint
  git chant import TODO.md >../out 2>../err
  has 'left out: 2-4: has a spec' ../out
  has 'there is nothing to import' ../err
  # Who works on the list as well is told that it would be done twice.
  git chant plan TODO.md >../out
  has "has a spec, too: $(spec_of 2)" ../out
}

elsewhere() {
  repo
  printf '# T\n\n- [ ] 1. One\n' >../outside.md
  ln -s .. out
  ln -s ../outside.md link.md
  must_fail 129 git chant import ../outside.md
  must_fail 128 git chant import out/outside.md 2>../err
  has "'out/outside.md' is not in this checkout" ../err
  must_fail 128 git chant import link.md
  same "$(find .chant/specs -name '*.md')" ''
  # A list that nobody has committed is as good, from wherever it is named.
  mkdir sub
  cp ../outside.md sub/-x.md
  (cd sub && git chant import ./-x.md)
  has 'path: sub/-x.md' ".chant/specs/$(spec_of 1).md"
}

refused() {
  repo
  mkdir -p documentation/features/demo
  printf -- '# T\n\n- [ ] 1. **A**\n  - _Dependencies: None_\n- [ ] 2. **B**\n  - _Dependencies: 9_\n- [ ] 3. **C**\n  - _Dependencies: 2_\n' \
    >documentation/features/demo/tasks.md
  must_fail 1 git chant import demo >../out 2>../err
  same "$(cat ../out)" ''
  has 'error: 2: ' ../err
  has 'error: 3: needs 2' ../err
  has 'nothing was made: 2 tasks cannot be imported' ../err
  same "$(find .chant/specs -name '*.md')" ''
  must_fail 1 git chant import --partial demo >../out 2>../err
  same "$(find .chant/specs -name '*.md' | wc -l)" 1
  must_fail 1 git chant import --dry-run --json demo >../json
  valid_json ../json
  must_fail 129 git chant import
  must_fail 129 git chant import --as stones demo
  must_fail 129 git chant import --write-back demo
  must_fail 129 git chant import --report --dry-run demo
  must_fail 129 git chant import --track Z demo
  must_fail 129 git chant import nowhere
}

paused() {
  repo
  mkdir -p .kiro/specs/demo
  printf '# Plan\n\n- [ ] 1. Build\n  - _Requirements: 1.1_\n- [ ]* 2. Measure\n  - _Requirements: 1.1_\n- [ ] 3. Ship\n  - _Requirements: 1.2_\n' \
    >.kiro/specs/demo/tasks.md
  git chant import demo >../out
  has '2 Measure (paused: it may be left out)' ../out
  same "$(state "$(spec_of 2)")" paused
  same "$(state "$(spec_of 1)")" ready
  git chant reset "$(spec_of 2)"
  lacks paused ".chant/specs/$(spec_of 2).md"
}

killed() {
  repo
  mkdir -p documentation/features/demo
  printf -- '# T\n\n- [ ] 1. **A**\n  - _Dependencies: 3_\n- [ ] 2. **B**\n  - _Dependencies: 1_\n- [ ] 3. **C**\n  - _Dependencies: None_\n' \
    >documentation/features/demo/tasks.md
  for point in 1 2 3 4; do
    rm -f .chant/specs/*.md
    code=0
    CHANT_KILL_AT=$point git-chant import demo >/dev/null 2>&1 || code=$?
    [ "$code" -eq 0 ] && [ "$point" -gt 3 ] && break
    [ "$code" -ne 0 ] || skip 'built without points to be killed at'
    same "$(find .chant/specs -name '*.md' | wc -l)" "$point"
    # Nothing that is there waits for what is not.
    git chant lint
    git chant import demo >../out
    same "$(find .chant/specs -name '*.md' | wc -l)" 3
    git chant lint
  done
}

check 'a list becomes specs, once' to_specs
check 'a list is one of this checkout' elsewhere
check 'nothing is made when a task is refused' refused
check 'what may be left out waits until somebody asks for it' paused
check 'an import that was killed is finished by the next one' killed
finish
