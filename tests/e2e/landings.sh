# Ways to land a branch, for the tests that watch what is recorded afterwards: sourced after lib.sh.
#
# `template sealed` and `template unsealed` make, once for a file, a repository `repo` with a remote
# `origin.git` and a branch spec/a that waits; a test begins with a copy of it. The branch makes a.txt
# with `chant(a): part 1` and a2.txt with `chant(a): do it`, and changes line 5 of start.txt.

now=1767323045
# clock: the next commit is made a minute later, in a zone of its own.
clock() {
  now=$((now + 60))
  export GIT_COMMITTER_DATE="@$now +0200" GIT_AUTHOR_DATE="@$now +0200"
}

# commit MESSAGE [ARGUMENT]...: what is staged.
commit() {
  clock
  commit_message=$1
  shift
  git commit -qm "$commit_message" "$@"
}

change() { echo "$2" >"$1" && git add "$1"; }
set_line() { sed "$2s/.*/$3/" "$1" >"$1.new" && mv "$1.new" "$1" && git add "$1"; }

# The fork: start.txt of nine lines, the specs a, b and c, a remote; `side` is a branch at it.
begin_template() {
  git init -q --bare origin.git
  repo
  seq 9 >start.txt
  echo other >other.txt
  mkdir deep
  echo deep >deep/deep.txt
  for template_id in a b c; do plain_spec "$template_id"; done
  git add .
  commit specs
  git branch side
  git tag fork
  git remote add origin ../origin.git
  git push -qu origin main side
}

# by_person ID: its branch, made by hand.
by_person() {
  git checkout -qb "spec/$1" main
  change "$1.txt" "work 1 of $1"
  commit "chant($1): part 1"
  change "${1}2.txt" "work 2 of $1"
  [ "$1" != a ] || set_line start.txt 5 'five of a'
  sed -i 's/\[ \]/[x]/' ".chant/specs/$1.md"
  commit "chant($1): do it" -a -m 'Chant-Model: model-x'
  git checkout -q main
}

by_agents() {
  agent main "$AGENTS/planned" 1
  for template_id in a b; do
    plan "$template_id" "echo work 1 of $template_id >$template_id.txt; git add .
      git commit -qm 'chant($template_id): part 1'; echo work 2 of $template_id >${template_id}2.txt"
  done
  # shellcheck disable=SC2016 # for the agent
  echo 'sed "5s/.*/five of a/" start.txt >new; mv new start.txt' >>"$HOME/plan/a"
  CHANT_MODEL=model-x git chant work --parallel --no-land a b >../work 2>&1 || { cat ../work; return 1; }
}

make_template() {
  mkdir -p "$TEST_ROOT/template/$1"
  cd "$TEST_ROOT/template/$1"
  git config --global chant.worktree.root "$TEST_ROOT/template/$1-worktrees"
  begin_template
  if [ "$1" = sealed ]; then by_agents; else by_person a && by_person b; fi
}

template() {
  (set -eu; make_template "$1") >"$TEST_ROOT/template.log" 2>&1 </dev/null
  template_result=$?
  [ "$template_result" -eq 0 ] || { cat "$TEST_ROOT/template.log"; exit 1; }
}

# hook_file EVENT COMMAND: a hook of the repository here.
hook_file() {
  mkdir -p .git/hooks
  printf '#!/bin/sh\n%s\n' "$2" >".git/hooks/$1"
  chmod +x ".git/hooks/$1"
}

# The hooks and the merge driver.
hooks() {
  git config merge.chant-spec.driver "'$CHANT_BINARY' merge-driver %O %A %B %P %L"
  echo '/.chant/specs/*.md merge=chant-spec' >.git/info/attributes
  for event in post-merge post-commit post-rewrite post-checkout; do
    hook_file "$event" "exec '$CHANT_BINARY' hook $event \"\$@\""
  done
}

# start FLAVOUR HOOKS: goes to a copy of the template; HOOKS is "hooks" for a repository with ours.
start() {
  cp -R "$TEST_ROOT/template/$1/." .
  cd repo
  git update-index -q --refresh || :
  now=$((now + 3600)) first_at=''
  [ "$2" != hooks ] || hooks
  parts=$(git log --reverse --format=%H --grep '^chant(a): [pd]' fork..spec/a)
  sealed_at=$(git show spec/a:.chant/specs/a.md | sed -n 's/^completed_at: //p')
}

diverge() { change main.txt 'of main'; commit 'on main'; }
conflict() { set_line start.txt 5 'five of main'; commit 'line 5 on main'; }
resolve() { set_line start.txt 5 'five of both'; }
elsewhere() { git config chant.target main; git checkout -q side; }

# At the forge: another clone merges the pull request. `remote_main` is another push there.
forge() {
  [ -d ../forge ] || git clone -q ../origin.git ../forge
  (cd ../forge && clock && git pull -q && "$@" && git push -q)
  clock
}
remote_main() { change "remote$now.txt" 'of another'; commit 'remote work'; }
pr_merge() { git merge -q --no-ff --no-edit origin/spec/a; }
pr_squash() { git merge -q --squash origin/spec/a; commit 'The pull request (#1)'; }
pr_rebase() {
  git rebase -q HEAD origin/spec/a
  git checkout -q -B main HEAD
}
# pull_request KIND: spec/a pushed, and merged there onto other work.
pull_request() {
  git push -q origin spec/a
  forge remote_main
  forge "pr_$1"
}

pull() { clock; git pull -q --no-edit "$@"; }

# What is on main: "there" when the whole content of spec a is, "part" or "absent".
content() {
  have=$(git ls-tree --name-only main a.txt a2.txt | wc -l)
  line=$(git show main:start.txt | sed -n 5p)
  case $have:$line in
    2:*a | 2:*both) echo there ;;
    0:5 | 0:*main) echo absent ;;
    *) echo part ;;
  esac
}

# recorded [ID]: the commits in the file of the spec (a).
# shellcheck disable=SC2120
recorded() { git show "main:.chant/specs/${1:-a}.md" | sed -n 's/^  - "*\([0-9a-f]*\)"*$/\1/p' | tr '\n' ' '; }

# wanted KIND: the commits that are to be recorded. "branch": its own, as they were; "left": the
# same, although main has others; "new": theirs on main now; "squash": the one that has them all.
wanted() {
  case $1 in
    branch | left) echo "$parts" ;;
    new) git log --reverse --no-merges --format=%H --grep '^chant(a): [pd]' main ;;
    squash) git log --no-merges --diff-filter=A --format=%H -n 1 main -- a2.txt ;;
    none) ;;
  esac | cut -c 1-10 | tr '\n' ' '
}

# record_now: what the landing does here is recorded before it goes on; the time of that stays.
record_now() {
  git chant list >../list
  first_at=$(field a completed_at)
}

# is_recorded FLAVOUR STATUS KIND: the whole record in the file on main.
is_recorded() {
  same "status $(field a status)" "status $2"
  same "commits $(recorded a)" "commits $(wanted "$3")"
  [ "$2" = completed ] || { same "$(field a completed_at)$(field a model)" ''; return; }
  same "content $(content)" 'content there'
  same "model $(field a model)" 'model model-x'
  if [ "$1" = sealed ]; then
    recorded_at=$sealed_at
  else
    last=$(wanted "$3" | tr ' ' '\n' | sed '/^$/d' | tail -n 1)
    recorded_at=$(git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd "$last")
  fi
  same "at $(field a completed_at)" "at ${first_at:-$recorded_at}"
  [ "$3" != left ] || return 0
  for recorded_commit in $(recorded a); do
    git merge-base --is-ancestor "$recorded_commit" main
  done
}

# landed FLAVOUR HOOKS FIRES RESULT LANDING: lands the branch with the function, and looks at what
# is recorded: at once where hooks are and FIRES is "yes", else after `git chant list`. RESULT is
# STATE:KIND; "pulled" is a state that a person ends with `git chant finalize`.
landed() {
  landed_state=${4%:*} landed_kind=${4#*:} dirty='' kept_status=pending kept_kind=none
  start "$1" "$2"
  "$5"
  if [ "$landed_state" = completed ]; then kept_status=completed kept_kind=$landed_kind; fi
  [ "$2:$3" != hooks:yes ] || is_recorded "$1" "$kept_status" "$kept_kind"
  landed_shown=$landed_state
  [ "$landed_state" != pulled ] || landed_shown=needs_attention
  same "$(state a)" "$landed_shown"
  is_recorded "$1" "$kept_status" "$kept_kind"
  landed_tip=$(git rev-parse main)
  same "$(state a)" "$landed_shown"
  same "$(git rev-parse main)" "$landed_tip"
  same "$(git status --porcelain)" "$dirty"
  if [ "$landed_state" = pulled ]; then
    git chant finalize a
    is_recorded "$1" completed "$landed_kind"
    same "$(state a)" completed
  fi
  if command -v "after_$5" >/dev/null; then "after_$5"; fi
}

run_row() { landed "$row_flavour" "$row_hooks" "$row_fires" "$row_result" "$row"; }

# is_chosen: all four runs of a row in the plain tests and in a nightly run; one in turn, of each
# row, in the builds and surroundings that only repeat them.
is_chosen() {
  turn=$((turn + 1))
  [ -z "${CHANT_TEST_SAMPLE:-}" ] && [ "${CHANT_TEST_HOOK_ENV:-0}" = 0 ] && return 0
  [ -n "${CHANT_NIGHTLY:-}" ] || [ $((turn % 4)) -eq $((turn / 4 % 4)) ]
}

# table: rows LANDING FIRES SEALED UNSEALED on stdin, each run four times.
table() {
  template sealed
  template unsealed
  turn=-1
  while read -r row row_fires row_sealed row_unsealed; do
    for row_flavour in sealed unsealed; do
      row_result=$row_unsealed
      [ "$row_flavour" = unsealed ] || row_result=$row_sealed
      for row_hooks in hooks none; do
        is_chosen || continue
        check "$row, $row_flavour, hooks: $row_hooks" run_row
      done
    done
  done
}

# landing KEY: of `git chant show --json a`, "null" without quotes.
landing() {
  git chant show --json a >../shown
  valid_json ../shown
  awk -v key="\"$1\":" '/^  "landing": [{]/ { inside = 1 }
    inside && index($0, key) { sub(/^[^:]*: */, ""); sub(/,$/, ""); gsub(/"/, ""); print; exit }
    /^  "landing": null/ { print "null"; exit }
    /^  [}]/ { inside = 0 }' ../shown
}

found() {
  start "$row_flavour" none
  "$row"
  same "$(state a)" "$row_state"
  same "$(landing state)" "$row_landing"
  [ "$row_landing" = null ] || same "$(landing proof)" "$row_proof"
  [ "$row_state" = completed ] || [ "$row_proof" = seal ] || same "$(field a status)" pending
  [ "$row_state" != completed ] || [ "$(content)" != absent ]
  tip=$(git rev-parse main)
  git chant show a >../shown
  case $row_landing in
    null) lacks 'landing:' ../shown ;;
    *) has "landing: $row_landing" ../shown ;;
  esac
  same "$(git rev-parse main)" "$tip"
}

# rows: LANDING STATE LANDING-STATE PROOF, with "-" for no proof.
rows() {
  template "$1"
  row_flavour=$1
  while read -r row row_state row_landing row_proof; do
    [ "$row_proof" != - ] || row_proof=null
    check "$row, $1: $row_state" found
  done
}
