# Landing by git pull: pull requests that were merged, squashed or rebased elsewhere. What is not
# recorded there is recorded here only when a person asks for it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

pull() { clock; git pull -q --no-edit "$@"; }

merge_pr() { pull_request merge; pull; }
squash_pr() { pull_request squash; pull; }
rebase_pr() { pull_request rebase; pull; }
merge_pr_ff_only() { pull_request merge; pull --ff-only; }
merge_pr_rebase_none() { pull_request merge; pull --rebase; }
merge_pr_local() { pull_request merge; diverge; pull --no-rebase; }
squash_pr_local() { pull_request squash; diverge; pull --no-rebase; }
rebase_pr_local() { pull_request rebase; diverge; pull --no-rebase; }
merge_pr_rebase() { pull_request merge; diverge; pull --rebase; }
squash_pr_rebase() { pull_request squash; diverge; pull --rebase; }
rebase_pr_rebase() { pull_request rebase; diverge; pull --rebase; }

# Landed here first, and not pushed: pulling makes the commits anew.
own_landed() {
  forge remote_main
  clock
  git merge -q spec/a
  pull --rebase
}
own_recorded() {
  forge remote_main
  clock
  git merge -q spec/a
  git chant list >../list
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
  git chant list >../list
  pull --rebase
}

# What is recorded in what was pulled is not recorded again.
nothing_made() { same "$(git log --format=%s origin/main..main)" ''; }
after_merge_pr_ff_only() { [ "$row_flavour" = unsealed ] || nothing_made; }
after_squash_pr() { [ "$row_flavour" = unsealed ] || nothing_made; }

table <<'ROWS'
merge_pr             yes completed:branch pulled:branch
squash_pr            yes completed:left   pulled:squash
rebase_pr            yes completed:left   pulled:new
merge_pr_ff_only     yes completed:branch pulled:branch
merge_pr_rebase_none yes completed:branch pulled:branch
merge_pr_local       yes completed:branch pulled:branch
squash_pr_local      yes completed:left   pulled:squash
rebase_pr_local      yes completed:left   pulled:new
merge_pr_rebase      yes completed:branch pulled:branch
squash_pr_rebase     yes completed:left   pulled:squash
rebase_pr_rebase     yes completed:left   pulled:new
own_landed           yes completed:new    completed:new
own_recorded         yes completed:new    completed:new
dropped              yes completed:left   pulled:new
dropped_recorded     yes completed:new    completed:new
ROWS
finish
