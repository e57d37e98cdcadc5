# Landing by moving the branch: update-ref, branch -f, reset, fetch, push, checkout -B. Most of these
# run no hook at all.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

update_ref() {
  git update-ref refs/heads/main spec/a
  git reset -q --hard
}
update_ref_elsewhere() { elsewhere; git update-ref refs/heads/main spec/a; }
branch_force() {
  git checkout -q side
  git branch -q -f main spec/a
  git checkout -q main
}
reset_hard() { git reset -q --hard spec/a; }
fetch_local() { elsewhere; git fetch -q . spec/a:main; }
fetch_remote() {
  pull_request merge
  elsewhere
  git fetch -q origin main:main
}
fetch_and_reset() {
  pull_request squash
  git fetch -q
  git reset -q --hard origin/main
}
push_elsewhere() { elsewhere; git push -q . spec/a:main; }
push_here() {
  git config receive.denyCurrentBranch updateInstead
  git push -q . spec/a:main
}
checkout_here() { git checkout -q -B main spec/a; }
checkout_elsewhere() { elsewhere; git checkout -q -B main spec/a; }
switch() { git switch -q -C main spec/a; }

table <<'ROWS'
update_ref           no  completed:branch completed:branch
update_ref_elsewhere no  completed:branch completed:branch
branch_force         yes completed:branch completed:branch
reset_hard           no  completed:branch completed:branch
fetch_local          no  completed:branch completed:branch
fetch_remote         no  completed:branch pulled:branch
fetch_and_reset      no  completed:left   pulled:squash
push_elsewhere       no  completed:branch completed:branch
push_here            no  completed:branch completed:branch
checkout_here        yes completed:branch completed:branch
checkout_elsewhere   yes completed:branch completed:branch
switch               yes completed:branch completed:branch
ROWS
finish
