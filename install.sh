#!/bin/sh
# Installs git-chant: the missing dependencies, a release build, the binary, the man pages and
# the bash completion. Every installed path is written to <prefix>/share/git-chant/manifest,
# which is what --uninstall removes. Run it as often as you like.
set -eu

usage() {
  cat <<'USAGE'
usage: ./install.sh [--prefix DIR] [--no-deps] [--dry-run]
   or: ./install.sh --uninstall [--prefix DIR] [--dry-run]
   or: ./install.sh --build-only [--no-deps] [--dry-run]
   or: ./install.sh --deps-only [--tests | --nightly] [--dry-run]

  --prefix DIR   install below DIR (default: /usr/local as root, else ~/.local)
  --no-deps      do not install missing packages
  --uninstall    remove exactly what was installed below DIR
  --build-only   install what the build needs and build, no more
  --deps-only    install what the build needs, no more
  --tests        with --deps-only: also what the tests need
  --nightly      with --deps-only: also what the nightly tests need
  --dry-run      say what would be done, change nothing
  -h, --help     show this help
USAGE
}

say() { printf '%s\n' "$*"; }

die() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

usage_error() {
  printf 'install.sh: %s\n' "$*" >&2
  usage >&2
  exit 129
}

has() { command -v "$1" >/dev/null 2>&1; }

# A build started by git must not take git's idea of the current repository with it, nor a
# packager's DESTDIR into the manifest.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_PREFIX \
  GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT CDPATH DESTDIR

# ---- dependencies: probe | apt | dnf | brew ("-": comes with the system) ----

build_needs='
C++-compiler    g++                 gcc-c++               -
program:cmake   cmake               cmake                 cmake
ninja-or-make   ninja-build         ninja-build           ninja
pkg-config      pkg-config          pkgconf-pkg-config    pkgconf
program:git     git                 git                   git
library:libgit2:git2.h
                libgit2-dev         libgit2-devel         libgit2
library:CLI11:CLI/CLI.hpp
                libcli11-dev        cli11-devel           cli11
library:yaml-cpp:yaml-cpp/yaml.h
                libyaml-cpp-dev     yaml-cpp-devel        yaml-cpp
library:fmt:fmt/format.h
                libfmt-dev          fmt-devel             fmt
library:sqlite3:sqlite3.h
                libsqlite3-dev      sqlite-devel          sqlite
library:nlohmann_json:nlohmann/json.hpp
                nlohmann-json3-dev  json-devel            nlohmann-json
'
test_needs='
library:catch2:catch2/catch.hpp
                      catch2        catch-devel           catch2
program:clang-format  clang-format  clang-tools-extra     clang-format
program:clang-tidy    clang-tidy    clang-tools-extra     llvm
program:shellcheck    shellcheck    ShellCheck            shellcheck
program:mandoc        mandoc        mandoc                mandoc
program:strace        strace        strace                -
'
nightly_needs='
program:clang++       clang         clang                 -
'

has_header() {
  for directory in /usr/include /usr/local/include /opt/homebrew/include \
    /Library/Developer/CommandLineTools/SDKs/MacOSX.sdk/usr/include; do
    if [ -e "$directory/$1" ]; then return 0; fi
  done
  return 1
}

is_there() {
  case $1 in
    C++-compiler) [ -n "${CXX:-}" ] || has c++ || has g++ || has clang++ ;;
    ninja-or-make) has ninja || has ninja-build || has make ;;
    pkg-config) has pkg-config || has pkgconf ;;
    program:*) has "${1#program:}" ;;
    library:*)
      rest=${1#library:}
      { has pkg-config && pkg-config --exists "${rest%%:*}" 2>/dev/null; } || has_header "${rest#*:}"
      ;;
  esac
}

package_manager() {
  for candidate in apt-get dnf brew; do
    if has "$candidate"; then
      say "$candidate"
      return
    fi
  done
  say none
}

# Prints the packages that provide what is missing; without a package manager, what is missing.
missing_packages() {
  # shellcheck disable=SC2086 # a table of words
  set -- $needs
  found=' '
  while [ $# -ge 4 ]; do
    if ! is_there "$1"; then
      case $manager in
        apt-get) package=$2 ;;
        dnf) package=$3 ;;
        brew) package=$4 ;;
        none) package=${1#*:} package=${package%%:*} ;;
      esac
      if [ "$package" = - ] && [ "$1" = C++-compiler ]; then
        die "no C++ compiler: run 'xcode-select --install' and try again"
      fi
      case $found in *" $package "*) package=- ;; esac
      if [ "$package" != - ]; then found="$found$package "; fi
    fi
    shift 4
  done
  found=${found# }
  say "${found% }"
}

# Runs a command quietly; shows what it printed only when it failed.
quietly() {
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# shellcheck disable=SC2086 # $packages is a list of words throughout
install_packages() {
  packages=$1
  if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ] && ! has sudo; then
    die "cannot install packages without root or sudo; as root: $manager install $packages"
  fi
  say "installing missing packages: $packages"
  case $manager in
    apt-get)
      export DEBIAN_FRONTEND=noninteractive
      # A source that cannot be reached need not be the one that has our packages.
      quietly as_root apt-get -q update || say 'apt-get update failed, trying without'
      quietly as_root apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
        $packages ;;
    dnf) quietly as_root dnf -q -y install --setopt=install_weak_deps=False $packages ;;
    brew) quietly brew install --quiet $packages ;;
  esac || die "cannot install the missing packages with $manager (see above)"
}

install_dependencies() {
  manager=$(package_manager)
  missing=$(missing_packages)
  if [ -z "$missing" ]; then
    if [ "$dry_run" = yes ]; then say 'no package is missing'; fi
  elif [ "$manager" = none ]; then
    die "missing: $missing; and no apt-get, dnf or brew to install them with"
  elif [ "$dry_run" = yes ]; then
    say "would install missing packages with $manager: $missing"
  else
    install_packages "$missing"
  fi
}

# ---- build ----

configure_and_build() {
  if [ -f "$build/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
    find "$build" -mindepth 1 ! -name build.log -delete # the checkout was moved or copied
  fi
  if [ -z "${CMAKE_GENERATOR:-}" ] && has ninja; then export CMAKE_GENERATOR=Ninja; fi
  if [ -z "${CMAKE_BUILD_PARALLEL_LEVEL:-}" ]; then
    CMAKE_BUILD_PARALLEL_LEVEL=$(getconf _NPROCESSORS_ONLN 2>/dev/null || say 2)
    export CMAKE_BUILD_PARALLEL_LEVEL
  fi
  # Made before the build: a source that is changed meanwhile is newer than it.
  : >"$build/.stamp.new"
  cmake --preset release && cmake --build "$build" --target git-chant chant-git2 &&
    mv -f "$build/.stamp.new" "$build/.stamp"
}

build_release() {
  build=$root/build/release
  if [ "$dry_run" = yes ]; then
    say "would build git-chant in '$build'"
    return
  fi
  { [ -n "${CXX:-}" ] || has c++ || has g++ || has clang++; } ||
    die 'no C++ compiler: install g++ 12 or clang 14 or newer, or run without --no-deps'
  has cmake || die 'no cmake: install cmake 3.22 or newer, or run without --no-deps'
  { mkdir -p "$build" && [ -w "$build" ]; } 2>/dev/null || die "cannot write to '$build'"

  announce='building git-chant (first start only, about a minute)…'
  if [ -x "$build/git-chant" ]; then announce='building git-chant…'; fi
  if has flock; then
    exec 9>"$root/build/.lock"
    if ! flock -n 9; then
      say 'waiting for another build of git-chant to finish…'
      flock 9
      announce=
    fi
  fi
  if [ -n "$announce" ]; then say "$announce"; fi
  # The lock is kept from the children: a compiler cache's server would hold it for ever.
  if ! (cd "$root" && configure_and_build) >"$build/build.log" 2>&1 </dev/null 9>&-; then
    cat "$build/build.log" >&2
    die "cannot build git-chant: all that was printed is above and in '$build/build.log'"
  fi
}

# ---- install and uninstall ----

choose_prefix() {
  if [ -z "$prefix" ]; then
    if [ "$(id -u)" -eq 0 ]; then
      prefix=/usr/local
    else
      [ -n "${HOME:-}" ] || die 'HOME is not set: say where to with --prefix'
      prefix=$HOME/.local
    fi
  fi
  case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
  esac
  if [ "$prefix" != / ]; then prefix=${prefix%/}; fi
  manifest=$prefix/share/git-chant/manifest
}

manual_pages() { (cd "$root/man" && ls -- *.1); }

# Puts all that will be installed below $1, as it will lie below the prefix.
stage_files() {
  quietly cmake --install "$root/build/release" --prefix "$1" || die 'cannot stage the binary'
  mkdir -p "$1/share/man/man1" "$1/share/bash-completion/completions"
  for page in $(manual_pages); do cp "$root/man/$page" "$1/share/man/man1/"; done
  cp "$root/docs/completion.bash" "$1/share/bash-completion/completions/git-chant"
  chmod -R a+rX "$1" # whatever the umask of the checkout was
}

# Makes $1 (relative to the prefix) and its parents; prints those that were not there.
make_directories() {
  case $1 in */*) make_directories "${1%/*}" ;; esac
  if [ ! -d "$prefix/$1" ]; then
    mkdir "$prefix/$1"
    say "$1/"
  fi
}

write_manifest() {
  LC_ALL=C sort -u >"$manifest.new"
  mv -f "$manifest.new" "$manifest"
}

# The manifest names a file before the file is there, so that an interrupted installation can be
# removed as well.
install_files() {
  old=
  if [ -f "$manifest" ]; then
    check_manifest
    old=$(cat "$manifest")
  fi
  new=$(cd "$stage" && find . -type f | sed 's|^\./||')
  made=
  if [ ! -d "$prefix" ]; then
    mkdir -p "$prefix"
    made=./
  fi
  for file in share/git-chant/manifest $new; do
    made="$made
$(make_directories "${file%/*}")"
  done
  new=$(printf '%s\n' "$new" "$made" "$(printf '%s\n' "$old" | grep '/$' || :)" | grep . | sort -u)
  printf '%s\n' "$old" "$new" | grep . | write_manifest
  for entry in $new; do
    case $entry in
      */) ;;
      *)
        cp -p "$stage/$entry" "$prefix/$entry.new"
        mv -f "$prefix/$entry.new" "$prefix/$entry"
        say "  $prefix/$entry"
        ;;
    esac
  done
  printf '%s\n' "$old" | grep . | grep -v '/$' | grep -vxF "$new" | while read -r entry; do
    rm -f -- "${prefix:?}/$entry"
  done
  printf '%s\n' "$new" | write_manifest
}

check_writable() {
  place=$prefix
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  [ -w "$place" ] || die "cannot write to '$prefix': choose another --prefix, or run as root"
}

show_advice() {
  case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) say "add '$prefix/bin' to PATH, so that git finds the command" ;;
  esac
  has man || say "there is no 'man' here: 'git chant --help' needs it, 'git chant -h' does not"
  say "done: try 'git chant demo'"
  say "to remove it again: ./install.sh --uninstall --prefix '$prefix'"
}

install_all() {
  choose_prefix
  if [ "$dry_run" = no ]; then check_writable; fi
  if [ "$dependencies" = yes ]; then install_dependencies; fi
  build_release
  if [ "$dry_run" = yes ]; then
    say "would install below '$prefix':"
    printf '  %s\n' bin/git-chant lib/git-chant/libchant-git2.so
    for page in $(manual_pages); do say "  share/man/man1/$page"; done
    printf '  %s\n' share/bash-completion/completions/git-chant share/git-chant/manifest
    return
  fi
  stage=$(mktemp -d)
  trap 'rm -rf "$stage"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  umask 022
  stage_files "$stage"
  say "installing below '$prefix':"
  install_files
  show_advice
}

check_manifest() {
  while read -r entry; do
    case /$entry/ in
      // | *//?* | */../* | *[!A-Za-z0-9._/-]*) die "cannot use '$manifest': it names '$entry'" ;;
    esac
  done <"$manifest"
}

uninstall_all() {
  choose_prefix
  if [ ! -f "$manifest" ]; then
    say "nothing to remove: there is no '$manifest'"
    return
  fi
  check_manifest
  verb=removing
  if [ "$dry_run" = yes ]; then verb='would remove'; fi
  entries=$(LC_ALL=C sort -r "$manifest")
  for entry in $entries; do
    case $entry in
      */) ;;
      *)
        say "$verb '$prefix/$entry'"
        if [ "$dry_run" = no ]; then rm -f -- "$prefix/$entry"; fi
        ;;
    esac
  done
  if [ "$dry_run" = yes ]; then return; fi
  rm -f -- "$manifest"
  # Only directories that we made, deepest first, and only when nothing else is in them.
  for entry in $entries; do
    case $entry in
      ./) top=yes ;;
      */) rmdir -- "$prefix/${entry%/}" 2>/dev/null || : ;;
    esac
  done
  if [ "${top:-no}" = yes ]; then rmdir -- "$prefix" 2>/dev/null || :; fi
}

# ---- command line ----

root=$(cd "$(dirname "$0")" && pwd -P)
prefix='' mode=install dependencies=yes dry_run=no needs=$build_needs tests=no

while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || usage_error "'--prefix' needs a directory"
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --no-deps) dependencies=no ;;
    --dry-run) dry_run=yes ;;
    --uninstall) mode=uninstall ;;
    --deps-only) mode=deps ;;
    --build-only) mode=build ;;
    --tests) tests=yes ;;
    --nightly) tests=nightly ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) usage_error "unknown argument '$1'" ;;
  esac
  shift
done
if [ "$tests" != no ]; then
  [ "$mode" = deps ] || usage_error "'--tests' and '--nightly' go with '--deps-only'"
  needs=$needs$test_needs
fi
if [ "$tests" = nightly ]; then needs=$needs$nightly_needs; fi

case $mode in
  install) install_all ;;
  uninstall) uninstall_all ;;
  deps) install_dependencies ;;
  build)
    if [ "$dependencies" = yes ]; then install_dependencies; fi
    build_release
    ;;
esac
