#!/bin/sh
# The gate: exactly the bad ones are parked, with few runs, on exactly the trees that land.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# many N: specs s01 … that each add a file of their own. Made once for each N.
many() {
  many_made=$TEST_ROOT/many-$1
  [ -d "$many_made" ] || (make_many "$1" && cp -R . "$many_made")
  [ -d repo ] || cp -R "$many_made" repo
  cd repo || exit
}
make_many() {
  base
  for many_n in $(seq -w 1 "$1"); do
    plain_spec "s$many_n"
  done
  git add .chant/specs
  git commit -qm 'add specs'
  for many_n in $(seq -w 1 "$1"); do
    git checkout -qb "chant/s$many_n" main
    echo "$many_n" >"part-$many_n"
    sed -i 's/\[ \]/[x]/' ".chant/specs/s$many_n.md"
    git add -A
    git commit -qm "chant(s$many_n): do it" -m "Chant-Spec: s$many_n"
  done
  git checkout -q main
}

# gate_is SHELL-LINE: a gate that notes each run with its tree.
gate_is() {
  printf '#!/bin/sh\ngit rev-parse HEAD^{tree} >>%s/runs\n%s\n' "$HOME" "$1" >"$HOME/gate"
  chmod +x "$HOME/gate"
  : >"$HOME/runs"
}
# Without retries: a tree is tested again only when it was red.
runs_at_most() {
  runs=$(sort -u "$HOME/runs" | wc -l)
  [ "$runs" -le "$1" ] || { echo "$runs runs, more than $1:"; cat "$HOME/runs"; return 1; }
  [ "$(sort "$HOME/runs" | uniq -c | sort -n | awk '{ print $1 }' | tail -n 1)" -le 2 ]
}
parked() { git chant list --all --porcelain | awk -F'\t' '$2 == "needs_attention" { printf "%s ", $1 }'; }

all_good() {
  many 24
  gate_is true
  git chant reconcile --gate "$HOME/gate" -j 4 >"$HOME/out"
  runs_at_most 4
  same "$(git ls-files 'part-*' | wc -l)" 24
  same "$(parked)" ''
  has "$(git rev-parse 'main^{tree}')" "$HOME/runs"
}

one_bad() {
  many 24
  gate_is '! test -e part-17'
  must_fail 1 git chant reconcile --gate "$HOME/gate" -j 4 >"$HOME/out"
  same "$(parked)" 's17 '
  same "$(git ls-files 'part-*' | wc -l)" 23
  runs_at_most 10
  has "$(git rev-parse 'main^{tree}')" "$HOME/runs"
}

three_bad() {
  many 24
  gate_is '! test -e part-03 && ! test -e part-11 && ! test -e part-12'
  must_fail 1 git chant reconcile --gate "$HOME/gate" -j 4 >"$HOME/out"
  same "$(parked)" 's03 s11 s12 '
  same "$(git ls-files 'part-*' | wc -l)" 21
  runs_at_most 24
}

bad_together() {
  many 8
  gate_is '! { test -e part-2 && test -e part-6; }'
  must_fail 1 git chant reconcile --gate "$HOME/gate" -j 4 --order id >"$HOME/out"
  same "$(parked)" 's6 '
  same "$(git ls-files 'part-*' | wc -l)" 7
}

red_target() {
  many 4
  gate_is false
  before=$(refs_now | grep -v refs/chant/)
  must_fail 1 git chant reconcile --gate "$HOME/gate" >"$HOME/out"
  has "the gate fails on 'main' as it is: exit 1" "$HOME/out"
  same "$(parked)" ''
  same "$(refs_now | grep -v refs/chant/)" "$before"
}

remembered() {
  many 3
  gate_is true
  echo mine >part-1
  must_fail 1 git chant reconcile --gate "$HOME/gate" >"$HOME/out"
  [ -s "$HOME/runs" ]
  rm part-1
  : >"$HOME/runs"
  git chant reconcile --continue >"$HOME/out"
  same "$(cat "$HOME/runs")" ''
  same "$(git ls-files 'part-*' | wc -l)" 3
}

# Ignored files stay between runs; the place is used again.
warm() {
  many 2
  echo built >.gitignore
  git add .gitignore
  git commit -qm ignore
  gate_is 'test -e built && echo warm >>'"$HOME"'/warm; touch built left; test ! -e left.old; mv left left.old'
  git chant reconcile s1 --gate "$HOME/gate" >"$HOME/out"
  git chant reconcile s2 --gate "$HOME/gate" >"$HOME/out"
  has warm "$HOME/warm"
  same "$(git worktree list | grep -c chant-gate)" 1
}

flaky() {
  many 2
  gate_is "test \$(wc -l <$HOME/runs) -gt 1"
  git chant reconcile --gate "$HOME/gate" -j 1 >"$HOME/out"
  has flaky "$HOME/out"
}

trusted() {
  many 1
  printf 'reconcile:\n  gate: "touch %s/ran"\n' "$HOME" >.chant/config.yaml
  git add .chant
  git commit -qm gate
  must_fail 128 git chant reconcile >"$HOME/out" 2>"$HOME/err"
  has 'the gate in .chant/config.yaml:2 is not trusted' "$HOME/err"
  [ ! -e "$HOME/ran" ]
  git chant trust --yes >"$HOME/trust"
  has 'gate in .chant/config.yaml:2' "$HOME/trust"
  has "touch $HOME/ran" "$HOME/trust"
  git chant reconcile >"$HOME/out"
  [ -e "$HOME/ran" ]
}

check 'with 24 good ones there are four runs and all land' all_good
check 'one bad of 24 is parked and the others land' one_bad
check 'three bad of 24 are parked and the others land' three_bad
check 'of two that fail only together the later one is parked' bad_together
check 'a gate that fails on the target alone parks nobody' red_target
check 'a tree is tested once' remembered
check 'what git ignores stays for the next run' warm
check 'a red that does not come back is said to be flaky' flaky
check 'a gate of the repository runs only when it is trusted' trusted
finish
