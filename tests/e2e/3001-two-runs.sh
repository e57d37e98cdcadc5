# Two runs at the same time on one repository share the specs: none is worked twice.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# Each agent notes what it works on.
note='echo "$CHANT_SPEC_ID" >>"$HOME/worked"; echo x >"$CHANT_SPEC_ID.txt"'

worked_once() {
  sort "$HOME/worked" >../worked
  printf '%s\n' "$@" | cmp - ../worked
  for id; do same "$(field "$id" status)" completed; done
}

# The first run holds `a` and the second `b` at the same moment; then both race for the rest.
shared() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c d e f g h; do
    plain_spec "$id"
    plan "$id" "$note"
  done
  for name in a_up a_go b_up b_go; do gate "$name"; done
  plan a "echo up >~/a_up; read -r _ <~/a_go; $note"
  plan b "echo up >~/b_up; read -r _ <~/b_go; $note"
  timeout 30 git chant work --parallel --max 1 >../out1 2>&1 &
  first=$!
  timeout 20 sh -c 'read -r _ <~/a_up'
  timeout 30 git chant work --parallel --max 1 >../out2 2>&1 &
  second=$!
  timeout 20 sh -c 'read -r _ <~/b_up'
  same "$(state a) $(state b) $(state c)" 'in_progress in_progress ready'
  must_fail 128 git chant work b
  open_gate a_go
  open_gate b_go
  wait "$first" || :
  wait "$second" || :
  worked_once a b c d e f g h
}

# Started together, with nothing that holds them apart.
raced() {
  agent main "$AGENTS/planned"
  repo
  for id in a b c d e f g h; do
    plain_spec "$id"
    plan "$id" "$note"
  done
  timeout 30 git chant work --parallel >../out1 2>&1 &
  first=$!
  timeout 30 git chant work --parallel >../out2 2>&1 &
  second=$!
  wait "$first" || :
  wait "$second" || :
  worked_once a b c d e f g h
  same "$(git worktree list | wc -l)" 1
  same "$(git status --porcelain)" ''
}

check 'two runs at the same time share the specs, none is worked twice' shared
check 'two runs that start together share the specs' raced
finish
