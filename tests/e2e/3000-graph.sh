# Twelve specs in three levels and two agents with caps 2 and 1: one command works them all.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

# Level 1: a1..a4; b<n> needs a<n> and its neighbour; c<n> likewise.
write_graph() {
  for n in 1 2 3 4; do
    next=$((n % 4 + 1))
    plain_spec "a$n"
    plain_spec "b$n" "depends_on: [a$n, a$next]"
    plain_spec "c$n" "depends_on: [b$n, b$next]"
    printf 'a%s b%s\na%s b%s\nb%s c%s\nb%s c%s\n' $n $n $next $n $n $n $next $n >>../edges
  done
}

# The first three wait for each other, so that all places are taken at once.
write_plans() {
  for name in 2_up 3_up 2_go 3_go; do gate "$name"; done
  plan a1 'for n in 2 3; do read -r _ <"$HOME/${n}_up"; done
    for n in 2 3; do echo go >"$HOME/${n}_go"; done; echo a1 >a1.txt'
  plan a2 'echo up >"$HOME/2_up"; read -r _ <"$HOME/2_go"; echo a2 >a2.txt'
  plan a3 'echo up >"$HOME/3_up"; read -r _ <"$HOME/3_go"; echo a3 >a3.txt'
}

# One line for each attempt: spec, agent, start, end, from the journal.
attempts() {
  for id in "$@"; do
    git chant show --json "$id" >../json
    awk -v id="$id" -F '"' '
      $2 == "agent" { agent = $4 }
      $2 == "started" { started = $4 }
      $2 == "ended" { print id, agent, started, $4 }' ../json
  done
}

# The most attempts at once of an agent, or of all.
most_at_once() {
  awk -v agent="$1" '
    agent == "" || $2 == agent { from[NR] = $3; to[NR] = $4 }
    END {
      for (i in from) {
        count = 0
        for (j in from) if (from[j] <= from[i] && from[i] < to[j]) count++
        if (count > most) most = count
      }
      print most
    }' ../attempts
}

graph() {
  agent main "$AGENTS/planned" 2
  agent alt1 "$AGENTS/planned" 1
  repo
  write_graph
  write_plans
  timeout 60 git chant work --parallel >../out
  has 'Summary: 12 completed, 0 failed (' ../out
  set -- a1 a2 a3 a4 b1 b2 b3 b4 c1 c2 c3 c4
  for id; do same "$(field "$id" status)" completed; done
  attempts "$@" >../attempts
  same "$(wc -l <../attempts)" 12
  same "$(most_at_once main) $(most_at_once alt1) $(most_at_once '')" '2 1 3'
  awk '
    NR == FNR { from[$1] = $3; to[$1] = $4; next }
    from[$2] < to[$1] { print $2, "began before", $1, "ended"; bad = 1 }
    END { exit bad }' ../attempts ../edges
}

# Each spec starts from a target that has the work it depends on.
work_of_dependencies() {
  agent main "$AGENTS/planned" 3
  repo
  write_graph
  for n in 1 2 3 4; do
    next=$((n % 4 + 1))
    plan "b$n" "cat a$n.txt a$next.txt >b$n.txt"
    plan "c$n" "cat b$n.txt b$next.txt >c$n.txt"
  done
  git chant work --parallel
  same "$(cat c4.txt)" 'work of a4
work of a1
work of a1
work of a2'
}

check 'never more agents at once than their caps, order respected, all complete' graph
check 'a spec has the work of its dependencies' work_of_dependencies
finish
