# Landing by cherry-pick, am and rebase, and rewriting and reverting what was landed.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

pick() { clock; git cherry-pick "$@" >../picked; }

pick_all() { diverge; pick fork..spec/a; }
pick_all_x() { diverge; pick -x fork..spec/a; }
pick_one() { diverge; pick "$(echo "$parts" | head -n 1)"; same "$(content)" part; }
pick_in_two() {
  diverge
  pick "$(echo "$parts" | head -n 1)"
  git chant list >../list
  pick "$(echo "$parts" | head -n 1)..spec/a"
}
pick_uncommitted() { diverge; pick -n fork..spec/a; commit 'All of it'; }
mail() {
  diverge
  clock
  git format-patch -q --stdout fork..spec/a >../patches
  git am -q ../patches
}
rebase() {
  diverge
  clock
  git rebase -q "$@" main spec/a
  git checkout -q main
  git merge -q --ff-only spec/a
}
rebase_apply() { rebase --apply; }
rebase_here() {
  diverge
  clock
  git rebase -q spec/a
}
amend() {
  clock
  git merge -q spec/a
  clock
  git commit -q --amend --no-edit
}
squash_amend() {
  diverge
  git merge -q --squash spec/a
  commit 'The work'
  clock
  git commit -q --amend -m 'The work, renamed'
}
revert() {
  diverge
  clock
  git merge -q --no-edit spec/a
  clock
  git revert --no-edit -m 1 "$(git log --merges -n 1 --format=%H)" >../reverted
}
revert_recorded() {
  diverge
  clock
  git merge -q --no-edit spec/a
  record_now
  clock
  git revert --no-edit -m 1 "$(git log --merges -n 1 --format=%H)" >../reverted
}
after_revert_recorded() {
  git chant show a >../show
  has 'landing: reverted' ../show
}
revert_squash() {
  diverge
  git merge -q --squash spec/a
  commit 'The work'
  clock
  git revert --no-edit "$(git log -n 1 --format=%H -- a.txt)" >../reverted
}

table <<'ROWS'
pick_all         yes completed:new        completed:new
pick_all_x       yes completed:new        completed:new
pick_one         yes needs_attention:none needs_attention:none
pick_in_two      yes completed:new        completed:new
pick_uncommitted yes completed:squash     completed:squash
mail             no  completed:new        completed:new
rebase           yes completed:new        completed:new
rebase_apply     yes completed:new        completed:new
rebase_here      yes completed:branch     completed:branch
amend            yes completed:new        completed:new
squash_amend     yes completed:squash     completed:squash
revert           yes ready:none           ready:none
revert_recorded  yes ready:none           ready:none
revert_squash    yes ready:none           ready:none
ROWS
finish
