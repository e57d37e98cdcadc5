# git chant reset and cancel: back to pending, or out of the way; the work stays under a ref, and
# the commit takes one path and nothing of what the user has staged.
. "$(dirname "$0")/lib.sh"

# with_work ID: a spec whose attempt failed with a commit on its branch.
with_work() {
  agent main "$AGENTS/fails"
  repo
  spec "$1" <<SPEC
# Do $1

- [ ] It is done
SPEC
  must_fail 1 git chant work --parallel >../run
  tip=$(git rev-parse "spec/$1")
}

# busy: staged, unstaged and untracked changes of the user.
busy() {
  echo staged >staged.txt
  git add staged.txt
  echo unstaged >>start.txt
  echo untracked >untracked.txt
  users
}
users() { git status --porcelain && git diff && git diff --cached; }

reset() {
  with_work a
  busy >../before
  before=$(git rev-parse main)
  git chant reset a >../out
  users | diff ../before -
  has "branch spec/a ($(echo "$tip" | cut -c 1-10)) is kept as refs/chant/spec/a/1" ../out
  has 'a is pending' ../out
  same "$(git rev-parse refs/chant/spec/a/1)" "$tip"
  must_fail 1 git rev-parse -q --verify refs/heads/spec/a
  same "$(state a)" ready
  same "$(git rev-parse main)" "$before"
  git chant reset a >../out
  same "$(cat ../out)" 'a is pending'
}

reset_completed() {
  agent main "$AGENTS/ok"
  repo
  for id in a b; do
    spec "$id" <<SPEC
# Do $id

- [ ] It is done
SPEC
  done
  git chant work --parallel >../run
  busy >../before
  git chant reset a b >../out
  users | diff ../before -
  for id in a b; do
    same "$(field "$id" status)" pending
    same "$(field "$id" commits)" ''
    same "$(field "$id" completed_at)" ''
    same "$(state "$id")" ready
  done
  same "$(git diff --name-only main~1 main)" .chant/specs/b.md
  same "$(git diff --name-only main~2 main~1)" .chant/specs/a.md
  same "$(git show main:a.txt)" 'work of a'
}

cancel() {
  with_work a
  busy >../before
  git chant cancel a >../out
  users | diff ../before -
  has "branch spec/a ($(echo "$tip" | cut -c 1-10)) is kept as refs/chant/spec/a/1" ../out
  has 'a is cancelled' ../out
  same "$(git rev-parse refs/chant/spec/a/1)" "$tip"
  must_fail 1 git rev-parse -q --verify refs/heads/spec/a
  same "$(state a)" cancelled
  same "$(git diff --name-only main~1 main)" .chant/specs/a.md
  same "$(git show main:.chant/specs/a.md)" "$(sed s/pending/cancelled/ <<OLD
$(git show main~1:.chant/specs/a.md)
OLD
)"
  cmp .chant/specs/a.md - <<NOW
$(git show main:.chant/specs/a.md)
NOW
  git chant cancel a >../out
  git chant work --parallel >../out
  has 'nothing is ready' ../out
  git chant reset a >/dev/null
  same "$(state a)" ready
}

# A spec that is not committed, or has changes that are not, is only changed in its file.
uncommitted() {
  repo
  id=$(git chant add 'Only here')
  tip=$(git rev-parse main)
  git chant cancel "$id" >../out
  has "changed .chant/specs/$id.md, which has uncommitted changes" ../out
  has 'status: cancelled' ".chant/specs/$id.md"
  same "$(git rev-parse main)" "$tip"
}

refused() {
  repo
  script_spec done-one 'echo x >x.txt'
  git chant trust --yes >/dev/null
  git chant work --parallel >/dev/null
  tip=$(git rev-parse main)
  must_fail 128 git chant cancel done-one 2>../err
  same "$(cat ../err)" 'error: done-one is completed
hint: git chant reset done-one'
  must_fail 129 git chant cancel 2>../err
  must_fail 129 git chant reset 2>../err
  must_fail 129 git chant cancel nope 2>../err
  must_fail 129 git chant reset done-one nope 2>../err
  same "$(cat ../err)" "error: no spec matches 'nope'"
  same "$(git rev-parse main)" "$tip"
  git branch spec/mine
  spec mine <<'SPEC'
# Mine
SPEC
  must_fail 128 git chant cancel mine 2>../err
  has "error: branch 'spec/mine' was not made by git chant" ../err
  git rev-parse -q --verify refs/heads/spec/mine
}

check 'reset: pending again, the branch is kept and named' reset
check 'reset of completed specs: the record goes, the work stays' reset_completed
check 'cancel: one path is committed, the branch is kept and named' cancel
check 'what is not committed is changed in its file only' uncommitted
check 'reset and cancel refuse what they should' refused
finish
