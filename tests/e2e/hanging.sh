# For tests about runs that are interrupted or looked at while they go on: specs whose agents never
# end by themselves. Sourced after lib.sh.
# shellcheck disable=SC2034 # the tests use what is set here

# hanging ID...: a repository whose specs have agents that never end.
hanging() {
  agent main "$AGENTS/hangs"
  FIFOS=$PWD
  export FIFOS
  repo
  for id; do
    mkfifo "$FIFOS/$id.started" "$FIFOS/$id.alive"
    spec "$id" <<SPEC
# Do $id

- [ ] It is done
SPEC
  done
}

# begin ID...: starts the run and returns when the agents of these specs hang.
begin() {
  git-chant work --parallel >../out 2>&1 &
  run=$!
  readers=
  for id; do
    timeout 60 cat "$FIFOS/$id.alive" &
    readers="$readers $!"
  done
  for id; do agent=$(heard "$FIFOS/$id.started"); done
}

# all_dead: waits until nothing of any agent lives any more.
all_dead() { for reader in $readers; do wait "$reader"; done; }

# workable ID: it is not claimed, and another agent completes it; what was there is kept.
workable() {
  state "$1" >../state
  has failed ../state
  rm "$XDG_CONFIG_HOME/git-chant/config.yaml"
  agent main "$AGENTS/ok"
  git chant work --parallel "$1" >../again
  has 'Summary: 1 completed, 0 failed' ../again
  same "$(field "$1" status)" completed
  same "$(git show "main:$1.txt")" "work of $1"
  kept "loose end of $1"
  kept 'a part'
}
