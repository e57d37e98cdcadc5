#!/bin/sh
# layers.sh [ROOT]: every #include "module/…" in src/ against the table of who may include whom.
set -eu
root=${1:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$root/src"
# shellcheck disable=SC2016 # the dollars are awk's
find . -name '*.h' -o -name '*.cpp' | sort | xargs awk '
BEGIN {
  may["util"] = ""
  may["process"] = may["journal"] = "util"
  may["spec"] = "util"
  may["tasks"] = "spec util"
  may["config"] = may["sched"] = "spec util"
  may["git"] = "process util"
  may["agent"] = "config process spec util"
  may["record"] = "config git journal spec tasks util"
  may["land"] = "config git journal process record sched spec tasks util"
  may["work"] = "agent config git journal land process record sched spec tasks util"
  may["hook"] = "config git record spec util"
  may["ui"] = "sched spec tasks util"
  may["cmd"] = "ui hook work land record agent sched git journal spec tasks config process util"
  may["cli"] = "cmd config git ui util"
  may["main.cpp"] = "cli util"
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
  split(FILENAME, path, "/"); split($0, quoted, "\""); from = path[2]; to = quoted[2]
  known = sub("/.*", "", to)
  if (known && (from in may) && index(" " from " " may[from] " ", " " to " ")) next
  printf "%s:%d: %s must not include \"%s\"\n", FILENAME, FNR, from, quoted[2]; bad = 1
}
END { exit bad }'
