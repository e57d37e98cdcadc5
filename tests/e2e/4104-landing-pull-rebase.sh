# Landing by git pull --rebase, which makes the commits that are here anew, or drops them.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

merge_pr_rebase() { pull_request merge; diverge; pull --rebase; }
squash_pr_rebase() { pull_request squash; diverge; pull --rebase; }
rebase_pr_rebase() { pull_request rebase; diverge; pull --rebase; }

# Landed here first, and not pushed: pulling makes the commits anew.
own_landed() {
  forge remote_main
  clock
  git merge -q spec/a
  first_at=$(field a completed_at)
  pull --rebase
}
own_recorded() {
  forge remote_main
  clock
  git merge -q spec/a
  record_now
  pull --rebase
}
# Picked here, and rebased at the forge, too: pulling drops what was picked.
dropped() {
  pull_request rebase
  diverge
  clock
  CHANT_HOOK=0 git cherry-pick fork..spec/a >../picked
  pull --rebase
  same "$(git log --format=%s origin/main..main | grep -v '^chant(a): finalize')" 'on main'
}
dropped_recorded() {
  pull_request rebase
  diverge
  clock
  git cherry-pick fork..spec/a >../picked
  record_now
  pull --rebase
}

table <<'ROWS'
merge_pr_rebase      yes completed:branch pulled:branch
squash_pr_rebase     yes completed:left   pulled:squash
rebase_pr_rebase     yes completed:left   pulled:new
own_landed           yes completed:new    completed:new
own_recorded         yes completed:new    completed:new
dropped              yes completed:left   pulled:new
dropped_recorded     yes completed:new    completed:new
ROWS
finish
