#!/bin/sh
# Branches that stand on one another: in order, no commit twice, none without what it needs.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# worked ID SHELL-LINE [FRONTMATTER-LINE]...: a spec for the script agent.
worked() {
  script_spec "$@"
  git add .chant/specs
  git commit -qm "add spec $1"
}

# Agents do all specs; their branches stay.
work_all() {
  git tag base
  git chant trust --yes >"$HOME/null"
  git config chant.agent script
  git chant work --branch --parallel >"$HOME/work" 2>&1
}

chain() {
  base one.txt
  worked a 'sed -i "2s/.*/A/" one.txt'
  worked b 'sed -i "3s/.*/B/; 2s/A/AB/" one.txt' 'depends_on: [a]'
  worked c 'sed -i "4s/.*/C/; 2s/AB/ABC/" one.txt' 'depends_on: [b]'
}

diamond() {
  base one.txt two.txt
  worked a 'sed -i "2s/.*/A/" one.txt'
  worked b 'sed -i "2s/A/AB/" one.txt' 'depends_on: [a]'
  worked c 'sed -i "2s/.*/C/" two.txt; sed -i "8s/.*/C/" one.txt' 'depends_on: [a]'
  worked d 'sed -i "2s/AB/ABD/; 8s/C/CD/" one.txt; sed -i "2s/C/CD/" two.txt' \
    'depends_on: [b, c]'
}

# no_commit_twice ID...: the work of each spec is in main once.
no_commit_twice() {
  for id; do
    same "$(git log --no-merges --format='%(trailers:key=Chant-Seal)%s' base..main |
      grep -c "^chant($id): Do $id$\|^Do $id$")" 1
  done
}

# in_order ID...: on the first-parent chain each is below the next.
in_order() {
  before=$(git rev-parse base)
  for id; do
    added=$(git log --first-parent --format='%H %s' base..main |
      grep -e " Merge chant/$id:" -e " chant($id): Do" -e " Do $id$" | cut -d ' ' -f 1)
    git merge-base --is-ancestor "$before" "$added" || { echo "$id is too low"; return 1; }
    before=$added
  done
}

every_way() {
  for how in 'merge group' 'rebase group' 'squash group' 'merge each' 'rebase each' 'squash each'; do
    cp -R repo "copy $how"
    (
      cd "copy $how" || exit
      git chant reconcile --strategy "${how% *}" --land "${how#* }" >"$HOME/out"
      lacks Parked "$HOME/out"
      no_commit_twice "$@"
      for id; do recorded "$id" 1; done
      [ "${how% *}" = merge ] || same "$(git rev-list --merges --count base..main)" 0
      settled "$@"
    )
  done
}

chain_lands() {
  (chain; work_all; is_state c finished)
  every_way a b c
  for copy in copy*; do
    same "$(sed -n 2,4p "$copy/one.txt" | tr '\n' ' ')" 'ABC B C '
    (cd "$copy" || exit; in_order a b c)
  done
}

diamond_lands() {
  (diamond; work_all; is_state d finished)
  every_way a b c d
  for copy in copy*; do
    same "$(sed -n 2p "$copy/one.txt") $(sed -n 8p "$copy/one.txt") $(sed -n 2p "$copy/two.txt")" \
      'ABD CD CD'
    (cd "$copy" || exit; in_order a b d; in_order a c d)
  done
}

without_dependency() {
  chain
  work_all
  line one.txt 2 other
  git commit -qam 'in the way of a'
  must_fail 1 git chant reconcile >"$HOME/out"
  has 'Parked a (conflict)' "$HOME/out"
  has 'Parked c (dependency)' "$HOME/out"
  same "$(git log -1 --format=%s main)" 'in the way of a'
  for id in a b c; do
    git rev-parse -q --verify "chant/$id" >"$HOME/null"
    is_state "$id" needs_attention
  done
  git reset -q --hard base
  must_fail 1 git chant reconcile b >"$HOME/out"
  has 'it needs a, which is neither completed nor here' "$HOME/out"
  git chant reconcile a b >"$HOME/out"
  is_state b completed
  git chant reconcile --strategy rebase >"$HOME/out"
  no_commit_twice a b c
  settled a b c
}

# A squash landed what a branch stands on: only the branch's own change is to be merged.
after_squash() {
  chain
  work_all
  git chant reconcile --strategy squash a >"$HOME/out"
  git chant reconcile --strategy rebase b >"$HOME/out"
  git chant reconcile c >"$HOME/out"
  same "$(sed -n 2,4p one.txt | tr '\n' ' ')" 'ABC B C '
  settled a b c
}

by_hand() {
  base one.txt
  waiting a 'line one.txt 2 A'
  FROM=chant/a waiting b 'line one.txt 2 AB'
  must_fail 1 git chant reconcile b >"$HOME/out"
  has 'it needs a' "$HOME/out"
  git chant reconcile --strategy squash --land each >"$HOME/out"
  same "$(sed -n 2p one.txt)" AB
  git chant list --all >"$HOME/list"
  is_state a completed
  is_state b completed
}

check 'a chain lands in order, by every strategy' chain_lands
check 'a diamond lands in order, by every strategy' diamond_lands
check 'nothing lands without what it needs' without_dependency
check 'a branch lands on what a squash made of its dependency' after_squash
check 'a branch that was stacked by hand needs the other' by_hand
finish
