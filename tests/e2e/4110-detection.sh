# What the sweep says about a sealed branch: landed, absent, partial, reverted or nothing, whatever
# the messages and the ancestry say.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

squash() { diverge; git merge -q --squash spec/a; }

merge() { diverge; clock; git merge -q --no-edit spec/a; }
rebase() {
  diverge
  clock
  git rebase -q main spec/a
  git checkout -q main
  git merge -q --ff-only spec/a
}
ours() { diverge; clock; git merge -q -s ours --no-edit spec/a; }
squash_default() { squash; clock; git commit -q --no-edit; }
squash_title() { squash; commit 'The title (#7)'; }
squash_forge() {
  squash
  commit 'The title (#7)' -m '* chant(a): part 1

Chant-Spec: a

* chant(a): do it

Chant-Spec: a
Chant-Model: model-x

---------

Co-authored-by: Other <other@example.com>'
}
squash_reviewed() {
  squash
  echo 'reviewed' >>a.txt
  set_line start.txt 5 'five of a, and the reviewer'
  git add a.txt
  commit 'The title, reviewed'
}
squash_edited_later() {
  squash_title
  set_line start.txt 5 'five of somebody'
  commit 'later'
}
pick_all() { diverge; clock; git cherry-pick fork..spec/a >../picked; }
pick_first() { diverge; clock; git cherry-pick "$(echo "$parts" | head -n 1)" >../picked; }
nothing() { diverge; }
# Somebody makes the very same files, and says in the spec that it is done.
somebody() {
  diverge
  git checkout -q spec/a -- a.txt a2.txt start.txt
  set_status completed
  commit 'the same, by somebody'
}
somebody_without_record() {
  diverge
  git checkout -q spec/a -- a.txt a2.txt start.txt
  commit 'the same, by somebody'
}
set_status() { sed -i "s/^status: .*/status: $1/" .chant/specs/a.md && git add .chant; }
only_seal() { diverge; clock; git cherry-pick spec/a >../picked 2>&1 || seal_text; }
# The seal changes lines that the commits before it changed, too: the person takes its side.
seal_text() {
  git checkout -q --theirs .chant
  git add .chant
  clock
  git -c core.editor=true cherry-pick --continue
}
rows sealed <<'ROWS'
merge                   completed       landed   seal
rebase                  completed       landed   seal
ours                    needs_attention absent   ancestry
squash_default          completed       landed   seal
squash_title            completed       landed   seal
squash_forge            completed       landed   seal
squash_reviewed         completed       landed   seal
squash_edited_later     completed       landed   seal
pick_all                completed       landed   seal
pick_first              needs_attention partial  patch-id
nothing                 finished        null     -
somebody                completed       null     -
somebody_without_record finished        null     -
only_seal               needs_attention absent   seal
ROWS
rows unsealed <<'ROWS'
merge                   completed       landed   ancestry
rebase                  completed       landed   ancestry
ours                    needs_attention absent   ancestry
squash_default          completed       landed   patch-id
squash_title            completed       landed   patch-id
squash_forge            completed       landed   patch-id
squash_edited_later     completed       landed   patch-id
pick_all                completed       landed   patch-id
pick_first              needs_attention partial  patch-id
squash_reviewed         ready           null     -
somebody_without_record needs_attention unticked patch-id
nothing                 ready           null     -
ROWS
finish
