# What the sweep says about a landing that was reverted, undone by hand or reset away: the spec is
# open again.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

squash_title() {
  diverge
  git merge -q --squash spec/a
  commit 'The title (#7)'
}
merge() { diverge; clock; git merge -q --no-edit spec/a; }

squash_reverted() {
  squash_title
  clock
  git revert --no-edit HEAD >../reverted
}
merge_reverted() {
  merge
  clock
  git revert --no-edit -m 1 HEAD >../reverted
}
merge_reverted_twice() {
  merge_reverted
  git chant list >../list
  clock
  git revert --no-edit "$(git log -n 1 --format=%H --grep '^Revert "Merge')" >../reverted
}
merge_reverted_by_hand() {
  merge
  git chant list >../list
  git checkout -q fork -- start.txt .chant/specs/a.md
  git rm -q a.txt a2.txt
  commit 'undo a'
}
reset_back() {
  merge
  git chant list >../list
  git reset -q --hard ORIG_HEAD
}
reset_back_unrecorded() { merge; git reset -q --hard ORIG_HEAD; }

rows sealed <<'ROWS'
squash_reverted         ready           reverted -
merge_reverted          ready           reverted -
merge_reverted_twice    completed       landed   seal
merge_reverted_by_hand  ready           reverted -
reset_back              finished        null     -
reset_back_unrecorded   finished        null     -
ROWS
rows unsealed <<'ROWS'
squash_reverted         ready           null     -
merge_reverted          ready           reverted -
merge_reverted_by_hand  ready           reverted -
reset_back              ready           null     -
reset_back_unrecorded   ready           null     -
ROWS
finish
