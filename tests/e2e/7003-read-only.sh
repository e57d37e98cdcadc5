# shellcheck shell=sh
. "$(dirname "$0")/lib.sh"

# reader ARGUMENT...: git chant as somebody who cannot write to the repository. That user may not be
# able to reach the build either, so it gets a copy.
reader() {
  cp "$CHANT_BINARY" "$TEST_ROOT/git-chant"
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid 65534 --clear-groups "$TEST_ROOT/git-chant" "$@"
  else
    "$TEST_ROOT/git-chant" "$@"
  fi
}

looking_needs_no_writing() {
  agent main "$AGENTS/ok"
  repo
  plain_spec a
  plain_spec b
  git chant work a >out
  git config --global --add safe.directory '*'
  chmod 755 "$TEST_ROOT"
  chmod -R a+rX "$PWD/../.."
  chmod -R a-w .git/chant
  reader list --all --porcelain >../listed
  has "a	completed" ../listed
  has "b	ready" ../listed
  reader show a >../shown
  has 'agent main  ok' ../shown
  reader status >../status
  has '1 completed' ../status
  must_fail 128 reader reset a 2>../err
  same "$(wc -l <../err)" 1
  chmod -R u+w .git/chant
}

check 'a repository that cannot be written is listed and shown, and nothing else' \
  looking_needs_no_writing
finish
