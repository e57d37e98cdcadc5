# Landing by git merge in all its forms: what is recorded, with and without hooks.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

# A merge here: the clock goes on, no editor.
merge() { clock; git merge -q --no-edit "$@"; }
ends() { clock; git -c core.editor=true "$@"; }

fast_forward() { merge spec/a; }
ff_only() { merge --ff-only spec/a; }
true_merge() { diverge; merge spec/a; }
no_ff() { merge --no-ff spec/a; }
octopus() { diverge; merge spec/a spec/b; }
octopus_ff() { merge spec/a spec/b; }
after_octopus_ff() { after_octopus; }
after_octopus() {
  same "$(field b status) $(state b)" 'completed completed'
  same "$(recorded b)" "$(git log --reverse --format=%H --grep '^chant(b): [pd]' fork..spec/b | cut -c 1-10 | tr '\n' ' ')"
  same "$(state c)" ready
}
ours() { diverge; merge -s ours spec/a; }
after_ours() { git chant show a | grep -F 'content is not there'; }
squash() { diverge; merge --squash spec/a; ends commit -q; }
squash_of_one() { merge --squash spec/a; ends commit -q; }
squash_edited() { diverge; merge --squash spec/a; commit 'A better title'; }
squash_conflict() {
  conflict
  must_fail 1 merge --squash spec/a
  resolve
  ends commit -q
}
no_commit() { diverge; merge --no-commit spec/a; ends commit -q; }
no_commit_ff() { merge --no-ff --no-commit spec/a; ends merge --continue; }
conflict_commit() {
  conflict
  must_fail 1 merge spec/a
  resolve
  ends commit -q
}
conflict_continue() {
  conflict
  must_fail 1 merge spec/a
  resolve
  ends merge --continue
}
rerere() {
  git config rerere.enabled true
  git config rerere.autoUpdate true
  conflict
  must_fail 1 merge spec/a
  resolve
  git rerere
  git merge --abort
  must_fail 1 merge spec/a
  same "$(git ls-files -u)" ''
  ends commit -q
}
no_verify() { diverge; hook_file pre-merge-commit 'exit 1'; merge --no-verify spec/a; }
autostash() {
  diverge
  echo mine >>other.txt
  merge --autostash spec/a
  dirty=' M other.txt'
}
after_autostash() { same "$(tail -n 1 other.txt) $(git stash list)" 'mine '; }
linked() {
  git checkout -q side
  git worktree add -q ../linked main
  cd ../linked
  merge --no-ff spec/a
}

table <<'ROWS'
fast_forward      yes completed:branch      completed:branch
ff_only           yes completed:branch      completed:branch
true_merge        yes completed:branch      completed:branch
no_ff             yes completed:branch      completed:branch
octopus           yes completed:branch      completed:branch
octopus_ff        yes completed:branch      completed:branch
ours              yes needs_attention:none  needs_attention:none
squash            yes completed:squash      completed:squash
squash_of_one     yes completed:squash      completed:squash
squash_edited     yes completed:squash      completed:squash
squash_conflict   yes completed:squash      completed:squash
no_commit         yes completed:branch      completed:branch
no_commit_ff      yes completed:branch      completed:branch
conflict_commit   yes completed:branch      completed:branch
conflict_continue yes completed:branch      completed:branch
rerere            yes completed:branch      completed:branch
no_verify         yes completed:branch      completed:branch
autostash         yes completed:branch      completed:branch
linked            yes completed:branch      completed:branch
ROWS
finish
