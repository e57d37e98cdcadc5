# What agents print: the run keeps its memory, the terminal stays clean, the log has the bytes, and
# a run ends when its agents end, whoever still holds the pipe.
. "$(dirname "$0")/lib.sh"

# measured: makes the landing write the peak memory (in kB) of git-chant to ../peak. A hook is a
# moment at which all output is through and the process still there.
measured() {
  [ -r /proc/self/status ] || skip 'no /proc'
  mkdir -p .git/hooks
  cat >.git/hooks/post-merge <<'HOOK'
#!/bin/sh
pid=$$
while [ "$pid" -gt 1 ] && ! grep -qx 'Name:[[:space:]]git-chant' "/proc/$pid/status"; do
  pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")
done
sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status" >"$PEAK"
HOOK
  chmod +x .git/hooks/post-merge
  PEAK=$PWD/../peak
  export PEAK
}

# Sanitizers need a multiple of memory and time: they get a tenth, and are not measured.
megabytes=200
if grep -q __asan_init "$CHANT_BINARY"; then megabytes=20; fi

# modest: it used less than 100 MB.
modest() {
  peak=$(cat ../peak)
  echo "peak: $peak kB"
  [ "$peak" -gt 1000 ]
  [ "$megabytes" -lt 200 ] || [ "$peak" -lt 100000 ]
}

# talk SHELL-LINE: works one spec whose agent prints that.
talk() {
  agent main "$AGENTS/talks"
  TALK=$1
  export TALK
  repo
  measured
  spec a <<'SPEC'
# Do a

- [ ] It is done
SPEC
  git chant work --parallel >../out 2>../err
  same "$(field a status)" completed
  clean ../out
  modest
}

flood() {
  line=$(printf '\033[31m%0990d\033[m\r' 7)
  talk "yes '$line' | head -c ${megabytes}000000; echo; echo the end"
  has '[a] the end' ../out
  [ "$(wc -c <../out)" -gt "$((megabytes * 900000))" ]
  git chant log --raw a >../raw
  [ "$(wc -c <../raw)" -lt 40000000 ]
  [ "$megabytes" -lt 200 ] || has 'bytes left out]' ../raw
  same "$(tail -n 1 ../raw)" "$(printf 'working on a')"
  same "$(head -c 5 ../raw | od -An -c | tr -d ' ')" '033[31m'
}

one_line() {
  talk "head -c $((megabytes * 500000)) /dev/zero | tr '\0' x; echo; echo the end"
  has '[a] the end' ../out
  [ "$(wc -c <../out)" -gt "$((megabytes * 500000))" ]
}

binary() {
  # shellcheck disable=SC2059 # the format is all bytes
  printf "$(awk 'BEGIN { for (i = 0; i < 256; ++i) printf "\\%03o", i }')" >bytes
  for _ in 1 2 3 4 5 6 7 8 9; do cat bytes; done >many
  echo >>many
  BYTES=$PWD/many
  export BYTES
  # shellcheck disable=SC2016 # for the agent
  talk 'cat "$BYTES"'
  { cat "$BYTES"; echo 'working on a'; } >../wanted
  cmp ../wanted "$(attempt a log)"
  git chant log --raw a >../raw
  cmp ../wanted ../raw
  git chant log a >../cleaned
  clean ../cleaned
  has 'abcdefghijklmnopqrstuvwxyz' ../cleaned
}

abandoned() {
  command -v setsid >/dev/null || skip 'no setsid'
  agent main "$AGENTS/abandons"
  LEFT_BEHIND=$PWD/left
  export LEFT_BEHIND
  repo
  spec a <<'SPEC'
# Do a
SPEC
  timeout 60 git-chant work --parallel >../out 2>&1
  same "$(field a status)" completed
  has '[a] ended a process that the agent left running' ../out
  must_fail 1 kill -0 "$(cat "$LEFT_BEHIND")" 2>/dev/null
}

check '200 MB of output in little memory, the log keeps both ends' flood
check 'a line of 100 MB in little memory' one_line
check 'binary output: raw in the log, harmless on the terminal' binary
check 'a process that an agent leaves behind does not hold the run' abandoned
finish
