# `git chant worktree --remove ID`: nothing that would be lost is removed.
. "$(dirname "$0")/lib.sh"

removes_an_unused_one() {
  repo
  plain_spec a
  path=$(git chant worktree a)
  git chant worktree --remove a >../out 2>../err
  same "$(cat ../out)" ''
  has "removed the worktree '$path'" ../err
  [ ! -e "$path" ]
  same "$(branch_at spec/a)" ''
  git rev-parse -q --verify refs/chant/spec/a/base
}

refuses_to_lose_work() {
  repo
  echo '*.env' >.gitignore
  plain_spec a
  git add -A && git commit -qm specs
  path=$(git chant worktree a)
  refused() {
    must_fail 128 git chant worktree --remove a 2>../err
    has "$1" ../err
    has "hint: $2" ../err
    [ -d "$path" ]
  }
  echo new >"$path/new"
  refused "'$path' has uncommitted work in 'new'" "git -C $path status"
  git -C "$path" add new
  refused "has uncommitted work in 'new'" 'git -C'
  git -C "$path" commit -qm new
  echo secret >"$path/my.env"
  refused "files that git ignores and that would be lost: 'my.env'" \
    'git chant worktree --remove --ignored a'
  must_fail 128 git chant -C "$path" worktree --remove --ignored a 2>../err
  has "you are in '$path'" ../err
  git -C "$path" checkout -q --detach
  git -C "$path" commit -q --allow-empty -m floating
  rm "$path/my.env"
  refused "HEAD of '$path' is detached, and commit" 'git branch <name>'
  git -C "$path" tag keep
  git -C "$path" checkout -q spec/a
  echo other >start.txt && git commit -qam other
  echo mine >"$path/start.txt" && git -C "$path" commit -qam mine
  must_fail 1 git -C "$path" merge -q main >/dev/null
  refused "a merge is in progress in '$path'" "git -C $path status"
  git -C "$path" merge --abort
  echo secret >"$path/my.env"
  git chant worktree --remove --ignored a 2>../err
  has 'branch spec/a stays' ../err
  [ ! -e "$path" ]
  kept mine
}

comes_back_after_its_directory_is_gone() {
  repo
  plain_spec a
  path=$(git chant worktree a)
  git -C "$path" commit -q --allow-empty -m work
  rm -rf "$path"
  same "$(git chant worktree a)" "$path"
  same "$(git -C "$path" log -1 --format=%s)" work
}

check 'an unused worktree goes with its branch' removes_an_unused_one
check 'nothing that would be lost is removed' refuses_to_lose_work
check 'a worktree whose directory is gone is made again' comes_back_after_its_directory_is_gone
finish
