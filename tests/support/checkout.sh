# A copy of the checkout with a cmake that only pretends, for the tests of install.sh and of the
# launcher: what matters there is when it is called, what is installed, and what is left. Sourced
# by a test that has set `root`.
: "${root:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE CMAKE_GENERATOR
export CALLS="$work/calls"
PATH=$work/bin:$PATH
count=0 failed=0

ok() { # ok NAME COMMAND...
  name=$1
  shift
  count=$((count + 1))
  if "$@" >"$work/output" 2>&1; then
    echo "ok $count - $name"
  else
    echo "not ok $count - $name"
    sed 's/^/# /' "$work/output"
    failed=1
  fi
}

make_checkout() {
  rm -rf "$work/checkout" "$work/calls"
  mkdir -p "$work/checkout/src" "$work/bin"
  cp -R "$root/install.sh" "$root/git-chant" "$root/hooks" "$root/man" "$root/docs" \
    "$work/checkout"
  cd "$work/checkout" || exit 1
  for file in src/main.cpp CMakeLists.txt CMakePresets.json; do : >"$file"; done
  : >"$work/calls"
  cat >"$work/bin/cmake" <<'STUB'
#!/bin/sh
set -eu
echo "$*" >>"$CALLS"
case $1 in
  --build)
    if [ -e src/broken.cpp ]; then echo 'broken.cpp: error' && exit 1; fi
    # A new file, as from a linker: the old one may be running.
    printf '#!/bin/sh\necho "ran [$*]"\n' >"$2/git-chant.new"
    chmod +x "$2/git-chant.new"
    mv -f "$2/git-chant.new" "$2/git-chant"
    : >"$2/libchant-git2.so"
    ;;
  --install)
    mkdir -p "$4/bin" "$4/lib/git-chant"
    cp "$2/git-chant" "$4/bin/"
    cp "$2/libchant-git2.so" "$4/lib/git-chant/"
    ;;
esac
STUB
  chmod +x "$work/bin/cmake"
}

calls() { wc -l <"$CALLS"; }

finish() {
  echo "1..$count"
  exit "$failed"
}
