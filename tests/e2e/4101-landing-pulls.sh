# Landing by git pull: pull requests that were merged, squashed or rebased elsewhere. What is not
# recorded there is recorded here only when a person asks for it.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

merge_pr() { pull_request merge; pull; }
squash_pr() { pull_request squash; pull; }
rebase_pr() { pull_request rebase; pull; }
merge_pr_ff_only() { pull_request merge; pull --ff-only; }
merge_pr_rebase_none() { pull_request merge; pull --rebase; }
merge_pr_local() { pull_request merge; diverge; pull --no-rebase; }
squash_pr_local() { pull_request squash; diverge; pull --no-rebase; }
rebase_pr_local() { pull_request rebase; diverge; pull --no-rebase; }

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
ROWS
finish
