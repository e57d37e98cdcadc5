# For tests with the merge driver: sourced after lib.sh.
# shellcheck disable=SC2164 # tests run with set -e

# driven: a repository with the driver, a spec, and two branches that both change the spec: `left`
# completes it and `right`, checked out, adds a label and another dependency.
driven() {
  repo
  git config merge.chant-spec.name 'spec files'
  git config merge.chant-spec.driver "'$CHANT_BINARY' merge-driver %O %A %B %P %L"
  echo '.chant/specs/*.md merge=chant-spec' >>.git/info/attributes
  plain_spec x 'labels: [a]' 'depends_on: []'
  git add .chant
  git commit -qm specs
  git checkout -qb left
  cat >.chant/specs/x.md <<'SPEC'
---
type: code
status: completed
commits: [1234567]
model: m
labels: [a, done]
depends_on: []
---
# Do x

## Acceptance Criteria

- [x] It is done
SPEC
  git commit -qam left
  git checkout -qb right main
  sed -i.bak 's/^labels.*/labels: [a, b] # mine/; s/^depends_on.*/depends_on: [y]/' \
    .chant/specs/x.md
  rm .chant/specs/x.md.bak
  git commit -qam right
}
