#!/bin/sh
# install.sh installs, upgrades and removes exactly its own files.
set -u
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
# shellcheck source=tests/support/checkout.sh
. "$root/tests/support/checkout.sh"

# A PATH with nothing but what the script itself needs.
bare_path() {
  mkdir -p "$work/bare"
  for tool in sh dirname find cat id mkdir ls sed sort uname; do
    ln -sf "$(command -v "$tool")" "$work/bare/$tool"
  done
}

dry_run_changes_nothing() {
  make_checkout
  find . | sort >"$work/before"
  ./install.sh --dry-run --prefix "$work/dry" && find . | sort | cmp - "$work/before" &&
    [ ! -e "$work/dry" ] && [ "$(calls)" -eq 0 ]
}

manifest_names_what_is_installed() {
  make_checkout
  prefix="$work/a prefix"
  ./install.sh --no-deps --prefix "$prefix" && ./install.sh --no-deps --prefix "$prefix" || return 1
  (cd "$prefix" && find . -type f ! -path ./share/git-chant/manifest) | sed 's|^\./||' |
    LC_ALL=C sort >"$work/files"
  grep -v '/$' "$prefix/share/git-chant/manifest" | cmp - "$work/files" &&
    "$prefix/bin/git-chant" x && [ -f "$prefix/share/man/man1/git-chant.1" ]
}

uninstall_removes_exactly_that() {
  manifest_names_what_is_installed || return 1
  : >"$prefix/lib/foreign"
  ./install.sh --uninstall --prefix "$prefix" || return 1
  [ "$(cd "$prefix" && find . | LC_ALL=C sort | tr -d '\n')" = '../lib./lib/foreign' ] || return 1
  rm "$prefix/lib/foreign"
  ./install.sh --uninstall --prefix "$prefix" | grep 'nothing to remove'
}

uninstall_leaves_no_directory_it_made() {
  make_checkout
  ./install.sh --no-deps --prefix "$work/gone" &&
    ./install.sh --uninstall --prefix "$work/gone" && [ ! -e "$work/gone" ]
}

upgrade_removes_what_is_no_longer_part() {
  make_checkout
  ./install.sh --no-deps --prefix "$work/up" && rm man/git-chant-demo.1 &&
    ./install.sh --no-deps --prefix "$work/up" || return 1
  [ ! -e "$work/up/share/man/man1/git-chant-demo.1" ] &&
    ! grep -q git-chant-demo "$work/up/share/git-chant/manifest"
}

hostile_manifest_is_refused() {
  make_checkout
  mkdir -p "$work/evil/share/git-chant"
  : >"$work/precious"
  echo ../precious >"$work/evil/share/git-chant/manifest"
  ! ./install.sh --uninstall --prefix "$work/evil" && [ -e "$work/precious" ]
}

missing_tools_get_one_line() {
  make_checkout
  bare_path
  for arguments in '' --no-deps; do
    # shellcheck disable=SC2086 # no argument is no word
    env -u CXX PATH="$work/bare" ./install.sh $arguments >"$work/out" 2>&1
    [ $? -eq 1 ] && [ "$(wc -l <"$work/out")" -eq 1 ] || return 1
  done
}

wrong_usage_is_129() {
  make_checkout
  for arguments in --bogus --tests --prefix; do
    ./install.sh "$arguments"
    [ $? -eq 129 ] || return 1
  done
}

ok 'a dry run changes nothing' dry_run_changes_nothing
ok 'the manifest names what is installed, also after a second time' manifest_names_what_is_installed
ok 'uninstall removes exactly that' uninstall_removes_exactly_that
ok 'uninstall removes the directories that install made' uninstall_leaves_no_directory_it_made
ok 'an upgrade removes what is no longer part' upgrade_removes_what_is_no_longer_part
ok 'a manifest that points elsewhere is refused' hostile_manifest_is_refused
ok 'missing tools get one line' missing_tools_get_one_line
ok 'wrong usage exits 129' wrong_usage_is_129
finish
