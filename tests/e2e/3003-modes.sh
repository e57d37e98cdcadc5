# What the options of a run do to the repository: a dry run nothing, a place limit holds, branches
# of any prefix are known again.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# Everything in the repository that a run could change, and where worktrees would be.
everything() {
  git for-each-ref --format='%(refname) %(objectname)'
  git symbolic-ref HEAD
  git worktree list --porcelain
  git ls-files --stage --debug
  sha256sum .git/index
  find . -path ./.git/chant -prune -o -printf '%p %i %s %m %T@\n' | sort
  ls -A .git/chant/logs "$WORKTREES" "$XDG_STATE_HOME" 2>/dev/null || :
}

# Specs that are new, changed, ready, blocked and finished; files that are staged and changed.
dry_run() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  git chant work --worktree --no-land a
  plain_spec b
  plain_spec c 'depends_on: [b]'
  echo mine >>start.txt
  echo new >new.txt
  git add new.txt
  git chant list >../list
  everything >../before
  git chant work --parallel --dry-run >../plan
  git chant work --parallel --branch --dry-run
  git chant work --branch-prefix x/ --dry-run b c
  git chant work --dry-run b
  git chant work --worktree --no-land --dry-run b
  everything >../after
  diff ../before ../after
  has 'target: main' ../plan
  sed -n '/^wave 2:/,$p' ../plan >../second
  has '  c  agent main  branch spec/c  worktree' ../second
}

# Each agent counts those that are there with it.
limit() {
  agent main "$AGENTS/planned" 8
  repo
  mkdir "$HOME/here"
  for id in a b c d e f; do
    plain_spec "$id"
    plan "$id" 'mkdir ~/here/$CHANT_SPEC_ID; ls ~/here | wc -l >>~/counts
      echo x >$CHANT_SPEC_ID.txt; git add .; git commit -qm part; rmdir ~/here/$CHANT_SPEC_ID'
  done
  git chant work --parallel "$@"
  same "$(wc -l <"$HOME/counts")" 6
  sort -n "$HOME/counts" | tail -n 1 >../most
}

max_holds() {
  limit --max 2
  [ "$(cat ../most)" -le 2 ]
}

total_max_holds() {
  git config --global chant.parallel.total-max 1
  limit --max 4
  same "$(cat ../most)" 1
}

# Finished with one prefix, the spec is finished whatever the prefix is now.
any_prefix() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'echo a >>~/worked; echo a >a.txt'
  git chant work --parallel --branch-prefix team/
  same "$(state a)" finished
  git chant work --parallel --branch >../out
  same "$(cat "$HOME/worked") $(branch_at chant/a)" 'a '
  git chant work a
  same "$(state a) $(branch_at team/a) $(cat "$HOME/worked")" 'completed  a'
}

merged_by_hand() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c; do plain_spec "$id"; done
  git chant work --parallel --branch
  git merge -q --no-ff --no-edit chant/a
  git merge -q --squash chant/b
  git commit -qm 'squashed'
  git checkout -q -b side
  git merge -q --no-ff --no-edit chant/c
  git checkout -q main
  same "$(state a) $(state b) $(state c)" 'completed completed finished'
  git merge -q side
  git branch -q -D chant/a chant/b chant/c
  git chant list --all >../list
  same "$(grep -c '^● . *completed' ../list)" 3
}

no_land_then_land() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plain_spec b 'depends_on: [a]'
  plan a 'echo a >>~/worked; echo a >a.txt'
  git chant work --worktree --no-land a
  same "$(state a) $(state b)" 'finished blocked'
  git chant work --parallel --no-land || :
  same "$(cat "$HOME/worked")" a
  git chant work --parallel
  same "$(cat "$HOME/worked") $(state a) $(state b)" 'a completed completed'
}

# An agent that writes the result into its spec itself has sealed nothing.
not_sealed_by_agent() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'sed -i "s/^status: .*/status: completed/" "$CHANT_SPEC_FILE"; git commit -qam x; exit 1'
  must_fail 1 git chant work --parallel
  same "$(state a)" failed
  git chant work --parallel >../out
  has 'nothing is ready' ../out
  same "$(field a status)" pending
}

check '--dry-run changes nothing' dry_run
check '--max holds' max_holds
check 'parallel.total_max holds against a larger --max' total_max_holds
check 'a branch of any prefix is known again' any_prefix
check '`git merge` by hand of a branch-mode branch shows completed' merged_by_hand
check '--no-land: sealed, and landed by the next run without the agent' no_land_then_land
check 'what an agent writes into its spec is no seal' not_sealed_by_agent
finish
