# shellcheck shell=sh disable=SC2034,SC2046
# What the benchmarks share: sourced by tests/bench/*.sh. A figure is a ratio against a floor
# that is taken in the same run, in turn (A B A B ...), and the median of the rounds counts.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
binary=${CHANT_BINARY:-$root/build/release/git-chant}
rounds=${ROUNDS:-5}
[ -x "$binary" ] || { echo "build the release first: ./git-chant version" >&2; exit 1; }
unset $(git rev-parse --local-env-vars)
bench=$(mktemp -d "${TMPDIR:-/tmp}/chant-bench.XXXXXX")
trap 'rm -rf "$bench"' EXIT
export HOME="$bench/home" XDG_STATE_HOME="$bench/state" XDG_CONFIG_HOME="$bench/config"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$bench/gitconfig" LC_ALL=C
mkdir -p "$HOME" "$XDG_CONFIG_HOME/git-chant" "$bench/bin"
ln -s "$binary" "$bench/bin/git-chant"
PATH=$bench/bin:$PATH
git config --global user.name Bench
git config --global user.email bench@example.com
git config --global init.defaultBranch main
git config --global chant.worktree.root "$bench/worktrees"

# timed COMMAND...: its wall time in microseconds.
timed() {
  begin=$(date +%s%N)
  "$@"
  end=$(date +%s%N)
  echo $(((end - begin) / 1000))
}

# median: of the numbers on stdin, one a line.
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

# ratio NAME LIMIT OURS-FILE FLOOR-FILE: the figure, as medians of microseconds.
ratio() {
  ours=$(median <"$3") floor=$(median <"$4")
  awk -v n="$1" -v l="$2" -v a="$ours" -v b="$floor" 'BEGIN {
    printf "%-44s %6.2f  (limit %s; ours %.1f ms, floor %.1f ms)\n", n, a / b, l, a / 1000, b / 1000
  }'
}

# thousand_specs: a repository with 1,000 specs, and goes there. With CHANT_SPEC_CORPUS they are
# copies of real ones, else they are made.
thousand_specs() {
  git init -q "$bench/repo"
  cd "$bench/repo"
  git chant init >/dev/null
  corpus=${CHANT_SPEC_CORPUS:-}
  [ -n "$corpus" ] || [ ! -d "$root/../shared/data/specs" ] || corpus=$root/../shared/data/specs
  i=0
  while [ "$i" -lt 1000 ]; do
    for file in ${corpus:+"$corpus"/*.md} ${corpus:-made}; do
      i=$((i + 1))
      [ "$i" -le 1000 ] || break
      to=.chant/specs/$(printf 'b%04d' "$i").md
      case $file in
        *.md) sed -e '/^depends_on:/,/^[a-z]/{/^depends_on:/d;/^ *- /d;}' "$file" >"$to" ;;
        *) printf -- '---\ntype: code\nstatus: pending\n---\n# Spec %s\n\n- [ ] a\n' "$i" >"$to" ;;
      esac
    done
  done
  git add .
  git commit -qm start
}

# committing_agent: an agent, $bench/agent, that ticks its spec and makes one commit.
committing_agent() {
  cat >"$bench/agent" <<'END'
#!/bin/sh
sed -i 's/- \[ \]/- [x]/' "$CHANT_SPEC_FILE"
echo "$CHANT_SPEC_ID" >"made-$CHANT_SPEC_ID"
git add "made-$CHANT_SPEC_ID" "$CHANT_SPEC_FILE"
git commit -qm "chant($CHANT_SPEC_ID): work"
END
  chmod +x "$bench/agent"
}

# peak NAME COMMAND...: the most memory that it had at once, whatever its exit.
peak() {
  peak_name=$1
  shift
  "$@" >/dev/null 2>&1 &
  peak_pid=$!
  peak=0
  while [ -r "/proc/$peak_pid/status" ]; do
    now=$(awk '/^VmHWM/ {print $2}' "/proc/$peak_pid/status" 2>/dev/null) || break
    [ "${now:-0}" -gt "$peak" ] && peak=$now
  done
  wait "$peak_pid" || :
  printf '%-44s %6.1f  (limit 64 MB)\n' "$peak_name, MB" "$(echo "$peak" | awk '{print $1 / 1024}')"
}
