# What becomes of agents that do not do what they should: none of them completes a spec, each has
# its own exit class, and no byte of what they did is lost, not even by a reset.
. "$(dirname "$0")/lib.sh"

# run_bad AGENT: works the spec `a` with it, beside a good spec `good` that must not suffer.
run_bad() {
  agent main "$AGENTS/$1"
  repo
  spec a <<'SPEC'
# Do a

## Acceptance Criteria

- [x] It is thought of
- [ ] It is done
SPEC
  script_spec good 'echo good >good.txt'
  git chant trust --yes >/dev/null
  must_fail 1 git chant work --parallel >../out 2>&1
  same "$(field good status)" completed
  same "$(field a status)" pending
  has 'Summary: 1 completed, ' ../out
}

idle() {
  run_bad idle
  same "$(attempt a exit_class)" no_commit
  same "$(state a)" failed
  has '[a] ✗ Failed (no_commit): the agent ended well but made no commit' ../out
  has '→ git chant log a' ../out
  must_fail 1 git rev-parse -q --verify refs/heads/spec/a
  same "$(git worktree list | wc -l)" 1
}

dirty() {
  run_bad dirty
  same "$(attempt a exit_class)" leftovers
  same "$(state a)" needs_attention
  has "[a] ✗ Needs attention (leftovers): the agent left 3 files uncommitted: '" ../out
  has 'uncommitted work is kept as refs/chant/spec/a/1' ../out
  worktree=$(attempt a worktree)
  has "the worktree '$worktree' is kept" ../out
  has 'changed by hand' "$worktree/start.txt"
  same "$(cat "$worktree/untracked.txt" "$worktree/staged.txt")" 'never added
only staged'
  same "$(git -C "$worktree" diff --cached --name-only)" staged.txt
  same "$(git show spec/a:committed.txt)" committed
  for path in start.txt untracked.txt staged.txt; do
    same "$(git show "refs/chant/spec/a/1:$path")" "$(cat "$worktree/$path")"
  done
  git chant reset a >../reset
  same "$(state a)" ready
  [ ! -e "$worktree" ]
  for words in 'changed by hand' 'never added' 'only staged' committed; do kept "$words"; done
  has 'kept as refs/chant/spec/a/' ../reset
}

meddles() {
  MEDDLE=good
  export MEDDLE
  run_bad meddles
  same "$(attempt a exit_class)" tampered
  same "$(state a)" needs_attention
  has "(tampered): the branch changes '.chant/specs/good.md', which is not its own spec" ../out
  same "$(git show spec/a:own.txt)" own
  has '- [x] It is done' "$(attempt a worktree)/.chant/specs/good.md"
  git chant reset a >/dev/null
  same "$(git show refs/chant/spec/a/1:own.txt)" own
}

# inner HOW: an agent that makes a repository inside of its worktree. Nothing but the worktree has
# what is in it: neither the next attempt nor gc takes it away.
inner() {
  INNER=$1
  export INNER
  run_bad nests
  same "$(attempt a exit_class)" leftovers
  same "$(state a)" needs_attention
  worktree=$(attempt a worktree)
  same "$(cat "$worktree/vendor/x/deep.txt")" deep
  git chant gc >../gc
  same "$(cat "$worktree/vendor/x/deep.txt")" deep
  git chant reset a >../reset
  has "the worktree '$worktree' stays" ../reset
  same "$(cat "$worktree/vendor/x/deep.txt")" deep
  same "$(state a)" ready
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
  agent main "$AGENTS/ok"
  git chant work --parallel a >/dev/null
  same "$(field a status)" completed
  same "$(cat "$worktree/vendor/x/deep.txt")" deep
}
inner_left() { inner left; }
inner_empty() { inner empty; }
inner_linked() {
  inner linked
  has "(leftovers): 'vendor/x' is a repository of its own: its files are not in the commit" ../out
}

unticked() {
  run_bad unticked
  same "$(attempt a exit_class)" unchecked
  has '(unchecked): 1 of 2 criteria not ticked, the first: It is done' ../out
  same "$(git show spec/a:half.txt)" half
  same "$(git worktree list | wc -l)" 1
  git chant reset a >/dev/null
  same "$(git show refs/chant/spec/a/1:half.txt)" half
}

fails() {
  run_bad fails
  same "$(attempt a exit_class)" failed
  same "$(state a)" failed
  has '[a] ✗ Failed (failed): the agent ended with exit 3' ../out
  same "$(git show spec/a:failed.txt)" failed
  same "$(git worktree list | wc -l)" 1
  git chant reset a >/dev/null
  same "$(git show refs/chant/spec/a/1:failed.txt)" failed
}

# wander WAY MESSAGE
wander() {
  WANDER=$1
  export WANDER
  run_bad wanders
  same "$(attempt a exit_class)" tampered
  same "$(state a)" needs_attention
  has "(tampered): $2" ../out
  has "the worktree '$(attempt a worktree)' is kept" ../out
  kept wandered
  kept 'left behind'
  git chant reset a >/dev/null
  same "$(state a)" ready
  git worktree prune
  kept wandered
  kept 'left behind'
  same "$(git log --format=%s -1 main -- start.txt)" start
}
switches() { wander branch "the agent left branch 'spec/a' for 'elsewhere'"; }
detaches() { wander detach "the agent left branch 'spec/a' for a detached HEAD"; }
rewrites() { wander rewrite 'the agent rewrote history below its fork point'; }

check 'an agent that commits nothing: no_commit' idle
check 'an agent that leaves changes uncommitted: leftovers, kept' dirty
check 'an agent that edits another spec: tampered, kept' meddles
check 'an agent that leaves a box unticked: unchecked, kept' unticked
check 'an agent that leaves a repository of its own in its worktree: kept' inner_left
check 'an agent that leaves one without a commit: kept' inner_empty
check 'an agent that commits one as a link: kept' inner_linked
check 'an agent that ends with 3: failed, kept' fails
check 'an agent that changes to another branch: tampered, kept' switches
check 'an agent that detaches HEAD: tampered, kept' detaches
check 'an agent that rewrites its base: tampered, kept' rewrites
finish
