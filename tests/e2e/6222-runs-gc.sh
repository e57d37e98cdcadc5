# The list of runs, one run as it was, and what is cleaned without an agent.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

runs_are_listed() {
  agent main "$AGENTS/planned"
  repo
  must_fail 128 git chant show-run 2>../err
  has 'there was no run yet' ../err
  plain_spec a
  plain_spec b
  plan b 'exit 1'
  must_fail 1 git chant work --parallel >../out 2>&1
  plain_spec c
  git chant work --parallel c >../out 2>&1
  git chant runs >../runs
  same "$(wc -l <../runs)" 2
  same "$(sed -n '1s/ .*//p' ../runs)" 2
  git chant runs -n 1 >../runs
  same "$(wc -l <../runs)" 1
  has '1/1 succeeded' ../runs
  git chant runs --json >../json
  valid_json ../json
  has '"cost_usd": null' ../json
  git chant show-run 1 >../run
  has '1 of 2 specs succeeded' ../run
  has 'b #1' ../run
  has 'Issues detected:' ../run
  git chant show-run --json 1 >../json
  valid_json ../json
  has '"session": null' ../json
  must_fail 128 git chant show-run 9
  must_fail 129 git chant show-run x
}

usage_is_shown() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  git chant work --parallel >../out 2>&1
  git chant show a >../shown
  has 'tokens unknown, cost unknown' ../shown
  git chant show --json a >../json
  valid_json ../json
  has '"complete": false' ../json
  git chant status >../status
  has 'used by run 1: tokens unknown, cost unknown' ../status
  git chant status --json >../json
  valid_json ../json
}

# What is needed stays, what is not goes; nothing is lost.
garbage() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c; do plain_spec "$id"; done
  git add .chant
  git commit -qm specs
  for id in a b; do
    path=$(git chant worktree "$id")
    (cd "$path" && echo "$id" >"$id.txt" && git add . && git commit -qm "$id" --no-verify)
    rm "$(git -C "$path" rev-parse --git-path chant/person)"
  done
  echo precious >"$path/rest"
  git chant work --parallel --no-land c >../out 2>&1
  git merge -q --no-edit spec/c
  git chant gc --dry-run >../dry
  has "would remove the worktree '$WORKTREES/chant-a' of a" ../dry
  has 'would remove the branch spec/c, which has landed' ../dry
  [ -d "$WORKTREES/chant-a" ]
  git chant gc >../out
  has "removed the worktree '$WORKTREES/chant-a' of a" ../out
  has "kept the worktree '$WORKTREES/chant-b' of b: it has uncommitted work" ../out
  has 'removed the branch spec/c, which has landed' ../out
  same "$(branch_at spec/c)" ''
  [ -n "$(branch_at spec/a)" ]
  same "$(cat "$WORKTREES/chant-b/rest")" precious
  git chant gc >../again
  same "$(wc -l <../again)" 1
}

# Not the ground that somebody stands on.
where_we_are() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  path=$(git chant worktree a)
  rm "$(git -C "$path" rev-parse --git-path chant/person)"
  (cd "$path" && git chant gc) >../out
  has "kept the worktree '$WORKTREES/chant-a' of a: you are in it" ../out
  [ -d "$path" ]
  git chant gc >../out
  has "removed the worktree '$WORKTREES/chant-a' of a" ../out
}

check 'runs are listed, and one is shown as it was' runs_are_listed
check 'what was used is shown, and what is not known is said' usage_is_shown
check 'a worktree is not removed from under the user' where_we_are
check 'what nobody needs is removed, and nothing is lost' garbage
finish
