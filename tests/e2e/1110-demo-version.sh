# git chant demo and version, and the help of every verb.
. "$(dirname "$0")/lib.sh"

demo() {
  mkdir tmp
  TMPDIR=$PWD/tmp git chant demo >out 2>&1
  has 'Summary: 5 completed, 0 failed' out
  same "$(ls tmp)" ''
  TMPDIR=$PWD/tmp git chant demo --keep >out 2>&1
  same "$(find tmp -mindepth 1 -maxdepth 1 | wc -l)" 1
  has "$PWD/tmp/" out
}

version() {
  git chant version >out
  grep -Eqx 'git chant [0-9]+\.[0-9]+\.[0-9]+' out
  git chant --version | diff out -
  must_fail 129 git chant version more 2>err
  for verb in add cancel demo finalize init list log reset show status trust version work; do
    git chant "$verb" -h >help
    has "usage: git chant $verb" help
    must_fail 129 git chant "$verb" --no-such-option 2>err
    same "$(cat err)" "error: git chant $verb: unknown option '--no-such-option'"
  done
}

check 'demo, --keep' demo
check 'version, -h of every verb, unknown options' version
finish
