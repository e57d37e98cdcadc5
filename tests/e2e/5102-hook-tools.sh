# git chant hooks beside tools that put files into the hooks directory: pre-commit and git-lfs,
# imitated, and the tools themselves where they are on PATH; and beside overcommit.
# shellcheck disable=SC2016 # the inner shells expand it
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/hooks.sh"

# $1: makes the hooks of the tool.
beside_files() {
  scene
  "$1"
  fingerprint >../before
  own hooks install
  recorder
  git commit -q --allow-empty -m one
  git commit -q --allow-empty --amend -m two
  has 'ours pre-commit' "$HOME/said"
  has 'ours read ' "$HOME/said"
}

# pre-commit's hook files start the tool with the directory that they are in.
imitate_pre_commit() {
  for event in pre-commit post-rewrite; do
    theirs ".git/hooks/$event" 'cd "$(dirname "$0")" && exec pwd -P'
  done
}

install_pre_commit() {
  cat >.pre-commit-config.yaml <<EOF
repos:
- repo: local
  hooks:
  - {id: say, name: say, language: system, always_run: true, pass_filenames: false,
     stages: [pre-commit, post-rewrite], entry: sh -c "echo theirs pre-commit >>$HOME/said"}
EOF
  git add .pre-commit-config.yaml
  git commit -qm config
  pre-commit install -t pre-commit -t post-rewrite >/dev/null
}

pre_commit() {
  beside_files "$1"
  has 'theirs pre-commit' "$HOME/said"
  # Installed again, pre-commit takes the hook that it finds along, and runs it.
  mv .git/hooks/pre-commit .git/hooks/pre-commit.legacy
  cp -p .git/hooks/pre-commit.pre-chant .git/hooks/pre-commit
  own_chant
  own hooks status
  own hooks install
  if [ "$1" = install_pre_commit ]; then
    recorder
    git commit -q --allow-empty -m three
    same "$(grep -c '^ours pre-commit' "$HOME/said")" 1
    same "$(grep -c '^theirs pre-commit' "$HOME/said")" 1
    own_chant
  fi
  is_back own hooks uninstall
}

pre_commit_imitated() { pre_commit imitate_pre_commit; }

pre_commit_real() {
  command -v pre-commit >/dev/null || skip 'pre-commit is not on PATH'
  pre_commit install_pre_commit
}

imitate_lfs() {
  for event in post-merge post-commit post-checkout; do theirs ".git/hooks/$event"; done
}

install_lfs() { git lfs install --local >/dev/null; }

lfs_imitated() {
  beside_files imitate_lfs
  has 'theirs post-commit' "$HOME/said"
  own_chant
  is_back own hooks uninstall
}

lfs_real() {
  command -v git-lfs >/dev/null || skip 'git-lfs is not on PATH'
  beside_files install_lfs
  git lfs track '*.bin' >/dev/null
  echo data >a.bin
  git add .gitattributes a.bin
  git commit -qm data
  rm a.bin
  git checkout -q a.bin
  same "$(cat a.bin)" data
  own_chant
  own hooks uninstall
  fingerprint | grep hooks >../after
  grep hooks ../before | diff - ../after
}

overcommit() {
  scene
  echo 'PreCommit: {}' >.overcommit.yml
  fingerprint >../before
  must_fail 1 own hooks install --yes >../out
  has 'overcommit runs only what is tracked and signed' ../out
  [ ! -e .git/hooks/post-merge ]
  is_back own hooks uninstall
}

check 'pre-commit (imitated): its hooks run first, and it may be installed again' pre_commit_imitated
check 'pre-commit (the real one)' pre_commit_real
check 'git-lfs (imitated): its hooks run first' lfs_imitated
check 'git-lfs (the real one)' lfs_real
check 'overcommit: nothing is installed beside it' overcommit
finish
