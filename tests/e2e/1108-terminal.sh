# What reaches the terminal: no control bytes of others, colours and marks as the user wants them,
# and an exit code that tells when an answer could not be written.
. "$(dirname "$0")/lib.sh"

# one ACTION: a repository with one scripted, trusted spec.
one() {
  repo
  script_spec a "$1"
  git chant trust --yes >/dev/null
}

unwritable() {
  one 'echo x >x.txt'
  for verb in list 'list --json' 'list --porcelain' 'show a' status version -h 'list -h' \
    'work --parallel --dry-run' trust; do
    # shellcheck disable=SC2086 # one word for each argument
    must_fail 128 git-chant $verb >&-
    # shellcheck disable=SC2086
    [ ! -e /dev/full ] || must_fail 128 git-chant $verb >/dev/full
  done
  must_fail 128 git-chant add Closed >&- 2>&-
  same "$(git chant list --porcelain | grep -c Closed)" 1
  must_fail 128 git-chant work --parallel a >&-
  same "$(field a status)" completed
  same "$(git chant log a)" ''
  git chant list <&- 2>&- >../out
  has 'Closed' ../out
}

# A reader that goes away early takes nothing with it but the words.
reader_gone() {
  one 'echo x >x.txt; echo one; echo two'
  script_spec b 'echo y >y.txt'
  git chant trust --yes >/dev/null
  mkfifo ../words
  git-chant work --parallel >../words 2>../err &
  run=$!
  : <../words
  must_fail 128 wait "$run"
  same "$(field a status) $(field b status)" 'completed completed'
  git-chant work --parallel >../words 2>../err &
  run=$!
  head -n 1 ../words >../first
  wait "$run"
  has 'nothing is ready' ../first
}

hostile() {
  repo
  printf -- '---\nstatus: pending\n---\n# \033]0;owned\007\033[2JTitle\033[31m \302\2331m\r\n\n' \
    >.chant/specs/a.md
  # shellcheck disable=SC2016 # for the spec's shell
  printf 'body \033[5mblinks\033[m\n\n```sh run\nprintf "out \\033[2J\\302\\2331m\\n" >&2\nexit 1\n```\n' \
    >>.chant/specs/a.md
  printf -- '---\nstatus: "\\e[31mred"\ndepends_on: ["\\e[1mx"]\n---\n# B\n' >.chant/specs/b.md
  : >".chant/specs/$(printf 'bad\033[31mname').md"
  same "$(state a) $(state b)" 'ready broken'
  for verb in list 'list --json' 'list --porcelain' 'show a' 'show --json a' 'show b' status \
    'status --json' 'trust --yes' 'work --parallel a' 'work --parallel' 'log a' list; do
    # shellcheck disable=SC2086 # one word for each argument
    git chant $verb >../out 2>../err || :
    cat ../out ../err >../both
    clean ../both
    lacks "$(printf '\302\233')" ../both
  done
  must_fail 129 git chant show "$(printf '\033[31mx')" 2>../err
  must_fail 129 git chant "$(printf '\033[31mx')" 2>>../err
  must_fail 128 git chant -C "$(printf '\033[31mx')" list 2>>../err
  clean ../err
}

marks() {
  one 'echo x >x.txt'
  git chant list >../out
  has '○ a' ../out
  for locale in 'LC_ALL=C' 'LC_ALL= LC_CTYPE=POSIX' 'LC_ALL= LC_CTYPE= LANG=C'; do
    # shellcheck disable=SC2086 # one word for each variable
    env $locale git chant list >../out
    has 'o a' ../out
  done
  LC_ALL=C git chant work --parallel >../out
  same "$(LC_ALL=C tr -d '\n -~' <../out)" ''
  has '+ Completed' ../out
  LC_ALL=C git chant list --all >../out
  has '* a' ../out
}

# at_terminal COMMAND: what it shows on a terminal.
at_terminal() { script -qec "$1" ../typescript </dev/null >/dev/null; }

colours() {
  needs_terminal
  one 'echo x >x.txt'
  TERM=xterm
  at_terminal 'git chant work --parallel'
  grep -q "$(printf '\033')\[36m\[a\]" ../typescript
  at_terminal 'git chant list --all'
  grep -q "$(printf '\033')\[32m●" ../typescript
  NO_COLOR=1
  export NO_COLOR
  at_terminal 'git chant list --all'
  lacks "$(printf '\033')" ../typescript
  unset NO_COLOR
  TERM=dumb at_terminal 'git chant list --all'
  lacks "$(printf '\033')" ../typescript
  git chant list --all >../out
  clean ../out
}

check 'closed or full stdout: exit 128, the work is done all the same' unwritable
check 'a reader that goes away does not end a run' reader_gone
check 'control sequences in titles, names, values and output' hostile
check 'marks are ASCII where the locale shows nothing else' marks
check 'colours only at a terminal, and not with NO_COLOR' colours
finish
