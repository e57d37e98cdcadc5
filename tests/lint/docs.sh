#!/bin/sh
# docs.sh [ROOT [BINARY]]: the program's own help (BINARY, default ROOT/build/dev/git-chant), the
# man pages and the links in the documents agree.
#
# Help is expected to have usage lines ('usage: …', '   or: …'), and the main one a line
# '  verb  summary' for each verb.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
binary=${2:-$root/build/dev/git-chant}
cd "$root"
status=0

fault() {
  echo "docs: $*" >&2
  status=1
}

help_of() {
  # shellcheck disable=SC2086 # no verb is no word
  "$binary" $1 -h 2>&1
}

# The usage lines without their marks; a line that continues another is joined to it.
usage_of() {
  printf '%s\n' "$1" | awk '
    /^(usage: |   or: )/ { if (line) print line; line = substr($0, 8); next }
    line && /^        / { sub(/^ +/, ""); line = line " " $0; next }
    line { print line; line = "" }
    END { if (line) print line }'
}

text_of() { mandoc -T ascii -O width=1000 "$1" | sed "s/.$(printf '\b')//g"; }

# The SYNOPSIS of a man page as plain text, one line for each form.
synopsis_of() {
  text_of "$1" |
    awk '/^[A-Z]/ { inside = ($0 == "SYNOPSIS"); next } inside && NF { sub(/^ +/, ""); print }' |
    sed 's/  */ /g'
}

options_of() { printf '%s\n' "$1" | grep -oE '(^|[^A-Za-z0-9-])--?[A-Za-z][A-Za-z-]*' |
  sed 's/^[^-]*//' | sort -u; }

# check_page PAGE HELP: SYNOPSIS is the usage, every option is explained, in both directions. What
# every verb takes is explained in git-chant(1) alone.
check_page() {
  if [ ! -f "$1" ]; then
    fault "there is no '$1'"
    return
  fi
  if [ "$(synopsis_of "$1")" != "$(usage_of "$2")" ]; then
    fault "the SYNOPSIS of '$1' is not the usage of -h:" "
$(synopsis_of "$1")
$(usage_of "$2")"
  fi
  page=$(text_of "$1")
  for option in $(options_of "$2"); do
    case $1:$option in man/git-chant-*:-h | man/git-chant-*:--help | man/git-chant-*:-C) continue ;; esac
    printf '%s\n' "$page" | grep -qE -- "^ +(.*[ ,])?$option([ ,=.]|\$)" ||
      fault "'$1' does not explain '$option'"
  done
  for option in $(options_of "$(printf '%s\n' "$page" | grep -E '^     -')"); do
    printf '%s\n' "$2" | grep -qE -- "(^|[^A-Za-z0-9-])$option([^A-Za-z-]|\$)" ||
      fault "'$1' explains '$option', -h does not know it"
  done
}

main_help=$(help_of '') || fault "'$binary -h' fails"
verbs=$(printf '%s\n' "$main_help" | sed -n 's/^ \{2,\}\([a-z][a-z-]*\)  .*/\1/p')
[ -n "$verbs" ] || fault "'$binary -h' lists no verbs"
check_page man/git-chant.1 "$main_help"
main_page=$(text_of man/git-chant.1)
for verb in $verbs; do
  verb_help=$(help_of "$verb") || fault "'$binary $verb -h' fails"
  check_page "man/git-chant-$verb.1" "$verb_help"
  printf '%s\n' "$main_page" | grep -q "^ *git-chant-$verb(1)" ||
    fault "'man/git-chant.1' does not list '$verb'"
done
for page in man/git-chant-*.1; do
  verb=${page#man/git-chant-}
  printf '%s\n' "$verbs" | grep -qx -- "${verb%.1}" || fault "'$page' is about no verb"
done

for document in README.md docs/*.md; do
  for link in $(grep -oE '\]\([^)#]+' "$document" | sed 's/^](//' | grep -v '^[a-z]*:' || :); do
    [ -e "$(dirname "$document")/$link" ] || fault "'$document' links to '$link', which is not there"
  done
done
exit "$status"
