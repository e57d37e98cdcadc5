#!/bin/sh
# git chant approve: a person has read the list, and ticking does not change that.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/features.sh
. "$(dirname "$0")/features.sh"

approved() {
  kettle
  must_fail 1 git chant approve --show kettle >../out
  has "'documentation/features/kettle/tasks.md' has not been approved" ../out
  has 'next: git chant approve documentation/features/kettle/tasks.md' ../out
  git chant approve kettle >../out
  has "approved 'documentation/features/kettle/tasks.md': 6 tasks, by Test User <test@example.com>" ../out
  git chant approve --show "$KETTLE/tasks.md" >../out
  has 'was approved by Test User <test@example.com> on ' ../out
  git chant approve kettle >../out
  has 'already' ../out
  same "$(git for-each-ref refs/chant/approved | wc -l | tr -d ' ')" 1
  same "$(git status --porcelain)" ''
}

# One byte in a box is nothing, one anywhere else is something.
changed() {
  kettle
  git chant approve kettle >/dev/null
  sed -i 's/\[ \] 4/[x] 4/; s/\[x\] 1/[ ] 1/' "$KETTLE/tasks.md"
  git chant approve --show kettle >../out
  sed -i 's/a litre/two litres/' "$KETTLE/tasks.md"
  must_fail 1 git chant approve --show kettle >../out
  has 'and has been changed since' ../out
  has '-  - One that can hold a litre.' ../out
  has '+  - One that can hold two litres.' ../out
  lacks 'Pick the leaves' ../out
  git chant approve kettle >../out
  has '+  - One that can hold two litres.' ../out
  git chant approve --show kettle >../out
  sed -i 's/two litres/a litre/' "$KETTLE/tasks.md"
  must_fail 1 git chant approve --show kettle >../out
}

line_ends() {
  kettle
  git chant approve kettle >/dev/null
  sed -i 's/$/\r/' "$KETTLE/tasks.md"
  git chant approve --show kettle >../out
}

revoked() {
  kettle
  must_fail 128 git chant approve --revoke kettle 2>../err
  has 'has not been approved' ../err
  git chant approve kettle >/dev/null
  git chant approve --revoke kettle >../out
  has 'is not approved any more' ../out
  must_fail 1 git chant approve --show kettle >../out
  must_fail 129 git chant approve --show --revoke kettle 2>../err
  kept 'One that can hold a litre.'
}

by_agent() {
  kettle
  must_fail 128 env CHANT_ATTEMPT=1 git chant approve kettle 2>../err
  has 'a list is approved by a person' ../err
  must_fail 1 git chant approve --show kettle >../out
}

# An approval of one list is none of another one, nor in another repository.
this_list_alone() {
  kettle
  mkdir -p documentation/features/copy
  cp "$KETTLE/tasks.md" documentation/features/copy/
  git chant approve kettle >/dev/null
  must_fail 1 git chant approve --show copy >../out
  git clone -q . ../clone
  cd ../clone
  must_fail 1 git chant approve --show kettle >../out
}

spec_json() {
  repo
  mkdir -p .kiro/specs/login
  printf '# Plan\n\n- [ ] 1. (P) One\n  - _Boundary: a_\n- [ ] 2. (P) Two\n' >.kiro/specs/login/tasks.md
  echo '{"approvals": {"tasks": {"generated": true, "approved": false}}}' >.kiro/specs/login/spec.json
  must_fail 1 git chant approve --show login >../out
  has "'.kiro/specs/login/spec.json' says that the tasks are not approved" ../out
  git chant approve login >../out
  has 'although ' ../out
  git chant approve --revoke login >/dev/null
  echo '{"approvals": {"tasks": {"approved": true}}}' >.kiro/specs/login/spec.json
  git chant approve --show login >../out
  has 'says that the tasks are approved' ../out
}

approved_line() {
  repo
  mkdir -p .claude/specs/login
  printf '# Plan\n\n- [ ] 1. One\n  - _Leverage: a.c_\n' >.claude/specs/login/tasks.md
  must_fail 1 git chant approve --show login >../out
  printf '\nWrite ✅ APPROVED here.\n' >>.claude/specs/login/tasks.md
  must_fail 1 git chant approve --show login >../out
  printf '\n✅ APPROVED\n' >>.claude/specs/login/tasks.md
  git chant approve --show login >../out
  has "has a line '✅ APPROVED'" ../out
}

checklists() {
  repo
  mkdir -p specs/001-login/checklists
  printf '# Tasks\n\n## Phase 1: Setup\n\n- [ ] T001 [P] One\n' >specs/001-login/tasks.md
  must_fail 1 git chant approve --show login >../out
  has 'has not been approved' ../out
  printf -- '- [x] one\n- [ ] two\n' >specs/001-login/checklists/ux.md
  must_fail 1 git chant approve --show login >../out
  has "'specs/001-login/checklists/ux.md' has 1 open" ../out
  printf -- '- [x] one\n- [x] two\n' >specs/001-login/checklists/ux.md
  git chant approve --show login >../out
  has 'are complete' ../out
}

check 'a list is approved, and it is said by whom' approved
check 'ticking changes nothing of an approval, any other edit does, and is shown' changed
check 'line ends are no edit' line_ends
check 'an approval is taken back, and nothing is lost' revoked
check 'agents cannot approve' by_agent
check 'an approval is of one list, here' this_list_alone
check 'spec.json of cc-sdd is read' spec_json
check 'a line that says approved is read, a sentence about it is not' approved_line
check 'the checklists of spec-kit are read' checklists
finish
