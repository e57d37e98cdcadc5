#!/bin/sh
# A landing that is killed while the refs are locked and a checkout is half-way: the next command
# puts everything back, locks that a killed git left included, and then it lands.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

# killer WHAT...: while a landing writes one.txt, with the refs locked, these are killed: "chant",
# "update-ref". git itself runs this, as the filter of the file.
killer() {
  cat >"$HOME/killer" <<EOF
#!/bin/sh
cat
[ -e ~/armed ] || exit 0
rm ~/armed
parent_of() { ps -o ppid= -p "\$1" | tr -d ' '; }
pid=\$\$
until ps -o args= -p "\$pid" | grep -q '^[^ ]*git-chant '; do pid=\$(parent_of "\$pid"); done
for what in $*; do
  case \$what in
    chant) kill -KILL "\$pid" ;;
    *) kill -KILL \$(COLUMNS=10000 ps -A -o pid=,ppid=,args= | awk -v of="\$pid" -v what=" \$what " \\
         '\$2 == of && index(\$0, what) { print \$1 }') ;;
  esac
done
EOF
  chmod +x "$HOME/killer"
  git config filter.killer.smudge "$HOME/killer"
  echo 'one.txt filter=killer' >>.git/info/attributes
  touch "$HOME/armed"
}

waits() {
  base one.txt two.txt
  waiting a 'line one.txt 2 A; echo new >new.txt'
  waiting b 'line two.txt 2 B'
  echo mine >>start.txt
  git chant list >/dev/null
  refs_now | grep -v refs/chant >"$HOME/refs"
  killer "$@"
}

locks() { find .git -name '*.lock' -not -path '*/chant/*' | sort; }

put_back() {
  git chant list --all >"$HOME/list" 2>"$HOME/said"
  has "a landing of 2 specs was interrupted; 'main' is as before" "$HOME/said"
  refs_now | grep -v refs/chant | diff "$HOME/refs" -
  same "$(git status --porcelain)" ' M start.txt'
  sound
}

lands() {
  git chant reconcile --continue
  is_state a completed
  is_state b completed
  same "$(cat new.txt)" new
  same "$(git status --porcelain)" ' M start.txt'
  sound
}

chant_killed() {
  waits chant
  must_fail 137 git-chant reconcile
  unlocked index.lock
  put_back
  lands
}

both_killed() {
  waits update-ref chant
  must_fail 137 git-chant reconcile
  unlocked index.lock
  locks >"$HOME/locks"
  has refs/heads/main.lock "$HOME/locks"
  put_back
  lands
}

# git chant itself is alive: it puts back at once what it can.
git_killed() {
  waits update-ref
  must_fail 128 git-chant reconcile
  refs_now | grep -v refs/chant | diff "$HOME/refs" -
  same "$(git status --porcelain)" ' M start.txt'
  sound
  lands
}

# The lock of somebody else is not ours to remove.
not_ours() {
  waits update-ref chant
  must_fail 137 git-chant reconcile
  unlocked index.lock
  rm .git/refs/heads/main.lock
  echo theirs >.git/refs/heads/main.lock
  git chant list --all >"$HOME/list" 2>"$HOME/said"
  same "$(locks)" .git/refs/heads/main.lock
  must_fail 128 git chant reconcile --continue
  same "$(cat .git/refs/heads/main.lock)" theirs
  rm .git/refs/heads/main.lock
  lands
}

# undo is a landing as well.
undo_killed() {
  waits update-ref chant
  rm "$HOME/armed"
  git chant reconcile
  refs_now | grep -v refs/chant >"$HOME/refs"
  touch "$HOME/armed"
  must_fail 137 git-chant undo
  unlocked index.lock
  git chant list --all 2>"$HOME/said"
  has "a landing of" "$HOME/said"
  refs_now | grep -v refs/chant | diff "$HOME/refs" -
  same "$(git status --porcelain)" ' M start.txt'
  git chant undo
  is_state a ready
  [ ! -e new.txt ]
  sound
}

check 'git chant is killed' chant_killed
check 'git chant and its git are killed: their locks go' both_killed
check 'only git is killed' git_killed
check 'a lock that is not ours stays' not_ours
check 'an undo is killed' undo_killed
finish
