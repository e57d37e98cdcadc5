# For the tests of `git chant hooks`: sourced after lib.sh.

# own_chant: a git-chant of the test's own, whose path the hooks record.
own_chant() {
  mkdir -p "$HOME/own"
  cp "$CHANT_BINARY" "$HOME/own/git-chant"
}

# own ARGUMENT...: runs it, as in a hook when the tests do that.
own() {
  if [ "${CHANT_TEST_HOOK_ENV:-0}" = 1 ]; then
    GIT_DIR=$TEST_ROOT/foreign/.git GIT_INDEX_FILE=$TEST_ROOT/foreign/.git/index \
      "$HOME/own/git-chant" "$@"
  else
    "$HOME/own/git-chant" "$@"
  fi
}

# recorder [SHELL-LINE]: from now on that git-chant only writes its arguments and what it reads to
# $HOME/said, and runs the line. What it was is restored by own_chant.
recorder() {
  cat >"$HOME/own/new" <<SH
#!/bin/sh
{
  echo "ours \$2 \$(shift 2; echo "\$*")"
  case \$2 in post-rewrite) sed 's/^/ours read /' ;; esac
} >>"\$(dirname "\$0")/../said"
${1:-exit 0}
SH
  chmod +x "$HOME/own/new"
  mv "$HOME/own/new" "$HOME/own/git-chant"
  : >"$HOME/said"
}

# theirs FILE [LAST-LINE]: a hook of somebody else, that writes what it gets.
theirs() {
  cat >"$1" <<SH
#!/bin/sh
{
  echo "theirs \$(basename "\$0" .pre-chant) \$*"
  case \$0 in *post-rewrite*) sed 's/^/theirs read /' ;; esac
} >>'$HOME/said'
${2:-exit 0}
SH
  chmod +x "$1"
}

# said TEXT: what the hooks wrote, with every commit called ID.
said() {
  sed -E 's/[0-9a-f]{40}([0-9a-f]{24})?/ID/g; s/ $//' "$HOME/said" >"$HOME/said.short"
  printf '%s\n' "$1" | diff - "$HOME/said.short"
}

# fingerprint: every file of the repository that an installation could change.
fingerprint() {
  {
    find .git/hooks .git/info .git/config .git/chant/hooks 2>/dev/null || :
    find . -name .git -prune -o -name node_modules -prune -o -print
  } | LC_ALL=C sort | while IFS= read -r path; do
    # shellcheck disable=SC2012 # the mode is not in the name
    mode=$(ls -ld "$path" | cut -c 1-10)
    if [ -L "$path" ]; then
      echo "$path $mode $(readlink "$path")"
    elif [ -f "$path" ]; then
      echo "$path $mode $(cksum <"$path")"
    else
      echo "$path $mode"
    fi
  done
}

# is_back COMMAND...: after the command everything is as in ../before.
is_back() {
  "$@"
  fingerprint >../after
  diff ../before ../after
}

# configured_hooks: true where git runs hook.<name>.command.
configured_hooks() {
  git -c hook.x.command='exit 7' -c hook.x.event=x-probe hook run --allow-unknown-hook-name x-probe \
    >/dev/null 2>&1
  [ $? -eq 7 ]
}

# files_only: skips a test about files where git has something better.
files_only() {
  if configured_hooks; then skip 'this git has configured hooks'; fi
}

# scene: a repository where git-chant is installed as hook files, unless a test makes its own.
scene() {
  files_only
  repo
  own_chant
}
