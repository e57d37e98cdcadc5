# Sparse checkouts that leave the specs out: commands say so in one line, hooks record what lands.
# shellcheck disable=SC2034,SC2103,SC2154,SC2164 # shared with landings.sh; tests end at the first failure
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/landings.sh"

cone() { git sparse-checkout set --cone deep; }
sparse_index() { git sparse-checkout set --cone --sparse-index deep; }
patterns() { git sparse-checkout set --no-cone '/*' '!/.chant'; }

entries() { git ls-files -s -v .chant/config.yaml .chant/specs/b.md .chant/specs/c.md other.txt; }

merged() {
  start "$flavour" hooks
  [ "$flavour" = sealed ] || git chant list >../list
  "$row"
  [ ! -e .chant ]
  entries >../before
  clock
  git merge -q --no-ff --no-edit spec/a
  is_recorded "$flavour" completed branch
  same "$(git status --porcelain)" ''
  [ ! -e .chant ]
  entries >../after
  cmp ../before ../after
  case $(git ls-files -v .chant/specs/a.md) in S*) ;; *) false ;; esac
  same "$(git ls-files -s .chant/specs/a.md | cut -d ' ' -f 2)" "$(git rev-parse main:.chant/specs/a.md)"
}

refused() {
  start unsealed none
  cone
  must_fail 128 git chant list 2>../err
  same "$(cat ../err)" "error: '.chant/specs' is committed, but not in this checkout (is it sparse?)
hint: git sparse-checkout add .chant"
  git sparse-checkout add .chant
  clock
  git merge -q --no-ff --no-edit spec/a
  git chant list >../list
  is_recorded unsealed completed branch
}

template sealed
template unsealed
for row in cone sparse_index patterns; do
  for flavour in sealed unsealed; do
    check "$row, $flavour" merged
  done
done
check 'commands say that the specs are not there' refused
finish
