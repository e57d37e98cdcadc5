# The options of git chant work, one by one.
. "$(dirname "$0")/lib.sh"

# three: specs a, b and c; b and c have a label.
three() {
  agent main "$AGENTS/ok"
  repo
  for id in a b c; do
    label=
    [ "$id" = a ] || label="labels: [late]"
    spec "$id" ${label:+"$label"} <<SPEC
# Do $id

- [ ] It is done
SPEC
  done
}

dry_run() {
  three
  git rev-parse main >../before
  git chant work --parallel --max 2 --dry-run >../out
  cat >../wanted <<OUT
target: main
wave 1:
  a  agent main  branch spec/a  worktree $WORKTREES/chant-a
  b  agent main  branch spec/b  worktree $WORKTREES/chant-b
wave 2:
  c  agent main  branch spec/c  worktree $WORKTREES/chant-c
OUT
  sed 's/agent script/agent main/' ../out | diff ../wanted -
  git rev-parse main | diff ../before -
  same "$(git for-each-ref --format='%(refname)')" refs/heads/main
  [ ! -e "$WORKTREES" ]
  git chant work a --dry-run >../out
  has 'a  agent main  in this checkout' ../out
  git chant work --branch-prefix task- --parallel a --dry-run >../out
  has 'branch task-a' ../out
}

numbers() {
  three
  for option in '--max 1' '--max=1' '--max-parallel 1' '-j 1' -j1; do
    # shellcheck disable=SC2086 # one word for each part
    git chant work --parallel $option --dry-run >../out
    has 'wave 3:' ../out
  done
  for number in 0 -1 010 1e3 '' 257 +1 ' 1' 0x1 99999999999999999999; do
    must_fail 129 git chant work --parallel --max "$number" --dry-run 2>../err
    same "$(cat ../err)" "error: option '--max' takes a number from 1 to 256, not '$number'"
  done
}

labels() {
  three
  git chant work --parallel --label late --label nope >../out
  has 'Summary: 2 completed, 0 failed' ../out
  same "$(state a)" ready
}

agents() {
  three
  agent other "$AGENTS/fails"
  must_fail 1 git chant work --parallel --agent other a >../out
  has "Working with prompt 'standard' on agent 'other'" ../out
  must_fail 128 git chant work --parallel --agent nobody 2>../err
  same "$(cat ../err)" "error: there is no agent 'nobody'"
}

prompts() {
  agent main "$AGENTS/talks"
  # shellcheck disable=SC2016,SC2089 # for the agent's shell
  TALK='cat "$CHANT_PROMPT_FILE"'
  # shellcheck disable=SC2090
  export TALK
  repo
  spec a <<'SPEC'
# Do a
SPEC
  echo 'On {{branch}} in {{worktree}}: {{spec_file}} {{spec}}' >.chant/prompts/mine.md
  echo 'On {{brunch}}' >.chant/prompts/bad.md
  must_fail 128 git chant work --parallel --prompt none 2>../err
  must_fail 128 git chant work --parallel --prompt bad 2>../err
  has '{{brunch}}' ../err
  git chant trust --yes >../out
  git chant work --parallel --prompt mine >../out
  has "Working with prompt 'mine'" ../out
  has "On spec/a in $WORKTREES/chant-a: $WORKTREES/chant-a/.chant/specs/a.md ---" ../out
}

worktree() {
  three
  git chant work a b --worktree >../out
  has 'Summary: 2 completed, 0 failed' ../out
  same "$(field a status) $(field b status)" 'completed completed'
  same "$(git log -1 --format=%s main)" 'Merge spec/b: Do b'
}

no_land() {
  three
  git chant work a --worktree --no-land >../out
  has '[a] ✓ Finished (commit: ' ../out
  has 'Summary: 0 completed, 0 failed, 1 finished' ../out
  same "$(field a status) $(state a)" 'pending finished'
  same "$(git show spec/a:.chant/specs/a.md | sed -n 's/^status: //p')" completed
  must_fail 129 git chant work a --no-land 2>../err
  git chant work a --worktree >../out
  same "$(state a)" completed
}

branches() {
  three
  git chant work --parallel --branch a >../out
  same "$(state a) $(git rev-parse -q --verify refs/heads/chant/a | wc -l)" 'finished 1'
  git chant work --branch-prefix task/ --parallel b >../out
  has '[b] ✓ Finished' ../out
  same "$(git show task/b:.chant/specs/b.md | sed -n 's/^branch: //p')" task/b
  must_fail 129 git chant work --branch-prefix 'no good' --parallel c 2>../err
  has 'is not a branch prefix' ../err
  must_fail 129 git chant work 2>../err
  same "$(cat ../err)" 'error: which spec?
hint: git chant work ID, or git chant work --parallel'
}

check '--dry-run shows waves, agents, branches, worktrees and changes nothing' dry_run
check '--max, --max-parallel, -j: plain numbers only' numbers
check '--label' labels
check '--agent' agents
check '--prompt' prompts
check '--worktree' worktree
check '--no-land' no_land
check '--branch and --branch-prefix' branches
finish
