# git chant trust: nothing that the repository names runs before the user agreed to exactly that.
. "$(dirname "$0")/lib.sh"

# scripted: a spec whose script would create ../ran.
scripted() {
  repo
  # shellcheck disable=SC2016 # for the spec's shell
  script_spec a 'echo ran >"$HOME/../test/ran"; echo x >x.txt'
}

untrusted() {
  scripted
  git rev-parse main >../before
  for place in --parallel --worktree ''; do
    # shellcheck disable=SC2086 # no argument is no word
    must_fail 128 git chant work a $place >../out 2>../err
    same "$(cat ../err)" 'error: this repository wants to run a command that you have not trusted, the first: script in .chant/specs/a.md:11
hint: git chant trust'
    same "$(cat ../out)" ''
  done
  must_fail 128 git chant trust >../out 2>../err
  # shellcheck disable=SC2016 # as it is in the spec
  same "$(cat ../out)" 'script in .chant/specs/a.md:11
    echo ran >"$HOME/../test/ran"; echo x >x.txt'
  same "$(cat ../err)" 'error: not trusted: there is no terminal to ask on
hint: git chant trust --yes'
  must_fail 128 git chant work --parallel 2>../err
  [ ! -e ../ran ]
  git rev-parse main | diff ../before -
  same "$(git for-each-ref --format='%(refname)')" refs/heads/main
}

trusted() {
  scripted
  git chant trust --yes >../out
  has 'trusted 1 command' ../out
  same "$(git chant trust)" 'nothing here needs your trust'
  same "$(git status --porcelain)" '?? .chant/specs/'
  sed 's/x.txt/y.txt/' .chant/specs/a.md >../a.md
  cp ../a.md .chant/specs/a.md
  must_fail 128 git chant work --parallel 2>../err
  has 'hint: git chant trust' ../err
  [ ! -e ../ran ]
  sed 's/y.txt/x.txt/' ../a.md >.chant/specs/a.md
  git add .chant
  git commit -qm 'add a'
  git clone -q . ../clone
  (cd ../clone && must_fail 128 git chant work --parallel 2>../err)
  [ ! -e ../ran ]
  git chant work --parallel >../out
  same "$(cat ../ran)" ran
}

only_one() {
  scripted
  script_spec b 'echo b >b.txt'
  git chant trust --yes b >../out
  has 'trusted 1 command' ../out
  must_fail 129 git chant trust nope 2>../err
  must_fail 128 git chant work a --worktree 2>../err
  git chant work b --worktree >../out
  same "$(field b status)" completed
  [ ! -e ../ran ]
}

configured() {
  repo
  # shellcheck disable=SC2016 # for the agent's shell
  printf 'parallel:\n  agents:\n    - {name: main, command: "echo ran >$HOME/../test/ran; exit 1"}\n' \
    >.chant/config.yaml
  spec a <<'SPEC'
# A
SPEC
  for verb in 'work --parallel' 'work a' list status 'show a' 'work --parallel --agent main'; do
    # shellcheck disable=SC2086 # one word for each argument
    git chant $verb >../out 2>../err || same "$?" 128
  done
  has "the first: agent 'main' in .chant/config.yaml:3" ../err
  [ ! -e ../ran ]
  must_fail 128 git chant trust >../out 2>../err
  has "    /bin/sh -c 'echo ran >\$HOME/../test/ran; exit 1'" ../out
  git chant trust --yes >../out
  must_fail 1 git chant work --parallel >../out
  same "$(cat ../ran)" ran
  rm ../ran
  sed 's/exit 1/exit 2/' .chant/config.yaml >../config.yaml
  cp ../config.yaml .chant/config.yaml
  must_fail 128 git chant work --parallel a 2>../err
  [ ! -e ../ran ]
}

asked() {
  needs_terminal
  scripted
  must_fail 1 script -qec 'git chant trust' ../typescript <<'KEYS' >/dev/null
n
KEYS
  has 'Trust this command? [y/N]' ../typescript
  must_fail 128 git chant work --parallel 2>../err
  script -qec 'git chant trust' ../typescript <<'KEYS' >/dev/null
y
KEYS
  has 'trusted 1 command' ../typescript
  git chant work --parallel >../out
}

asked_by_work() {
  needs_terminal
  scripted
  must_fail 128 script -qec 'git chant work --parallel' ../typescript <<'KEYS' >/dev/null
n
KEYS
  has 'Trust this command? [y/N]' ../typescript
  [ ! -e ../ran ]
  script -qec 'git chant work --parallel' ../typescript <<'KEYS' >/dev/null
y
KEYS
  has 'Summary: 1 completed' ../typescript
  git chant trust >../out
  has 'nothing here needs your trust' ../out
}

# What is shown is what is trusted: no byte of it can hide.
disguised() {
  repo
  script_spec a "$(printf 'echo \033[2K\033[1Aharmless')"
  must_fail 128 git chant trust >../out 2>../err
  clean ../out
  # A terminal takes the rest of the line for a title; a shell runs it.
  script_spec a "$(printf 'echo \033]0; evil\nmore \033[2; evil')"
  must_fail 128 git chant trust >../out 2>../err
  clean ../out
  has '    echo ^[]0; evil' ../out
  has '    more ^[[2; evil' ../out
}

check 'an untrusted script is refused, shown, and never executed' untrusted
check 'trust is for one content in one repository' trusted
check 'trust ID is for that spec alone' only_one
check "an untrusted command of the repository's configuration" configured
check 'trust asks at a terminal' asked
check 'at a terminal a run asks first' asked_by_work
check 'control characters in a script are shown harmless' disguised
finish
