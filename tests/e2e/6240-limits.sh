# Limits of accounts: a limit closes the account until its time and puts the spec back; all closed,
# the run waits and goes on by itself; nothing of that is an attempt against the spec.
. "$(dirname "$0")/lib.sh"

# accounts NAME...: agents that `limited` plays; two at once each.
accounts() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant" "$HOME/limit" "$HOME/calls"
  printf 'parallel:\n  agents:\n' >"$XDG_CONFIG_HOME/git-chant/config.yaml"
  for account; do
    printf '    - {name: %s, command: %s/limited, profile: claude, max_concurrent: 2}\n' \
      "$account" "$AGENTS" >>"$XDG_CONFIG_HOME/git-chant/config.yaml"
  done
  repo
}

# limit ACCOUNT CALLS SECONDS: from the call after these on, for so long.
limit() {
  echo "$2" >"$HOME/limit/$1"
  echo "$3" >"$HOME/limit/$1.seconds"
}

specs() { for id; do spec "$id" </dev/null; done; }

# starts ACCOUNT RUN: when its attempts in that run began, in ms since the epoch.
starts() {
  git chant show-run --json "$2" | sed -n 's/^ *"agent": "\(.*\)",*$/\1/p; s/^ *"started": "\(.*\)",*$/\1/p' |
    awk -v account="$1" 'NR > 1 && last == account { print } { last = $0 }' |
    while read -r time; do date -d "$time" +%s%3N; done
}

one_of_three() {
  accounts main alt1 alt2
  limit alt1 2 3600
  specs a b c d e f g h i j
  git chant work --parallel >out
  has 'Summary: 10 completed, 0 failed' out
  has "rate_limited: You have hit your 5-hour limit; agent 'alt1' waits until " out
  for id in a b c d e f g h i j; do same "$(state $id)" completed; done
  # At most two were started before the limit was known, and none after it.
  [ "$(wc -l <"$HOME/calls/alt1")" -le 4 ]
  until=$(($(cat "$HOME/limit/alt1.until") * 1000))
  known=$(starts alt1 1 | tail -n 1)
  [ "$known" -lt "$until" ]
  # Another run knows of it.
  specs k l
  git chant work --parallel >out
  has 'Summary: 2 completed' out
  same "$(starts alt1 2)" ''
}

all_closed_waits() {
  accounts main
  limit main 1 2
  specs a b c
  git chant work --parallel -j 1 >out
  has 'Every agent waits, until ' out
  has 'Summary: 3 completed, 0 failed' out
  until=$(($(cat "$HOME/limit/main.until") * 1000))
  # The first, the one that met the limit, and those after it.
  starts main 1 >all
  same "$(wc -l <all)" 4
  same "$(awk -v until="$until" '$1 < until' all | wc -l)" 2
  same "$(git chant show --json b | grep -c '"exit_class": "rate_limited"')" 1
}

no_wait_ends() {
  accounts main
  limit main 1 3600
  specs a b c
  must_fail 1 timeout 20 git chant work --parallel -j 1 --no-wait >out
  has 'every account that may work on it is closed (main: You have hit your 5-hour limit' out
  same "$(state a) $(state b) $(state c)" 'completed ready ready'
  must_fail 1 timeout 20 git chant work --parallel --no-wait >out
  same "$(wc -l <"$HOME/calls/main")" 2
}

interrupted_while_waiting() {
  accounts main
  limit main 0 3600
  specs a
  mkfifo "$HOME/screen"
  timeout 20 git-chant work --parallel >"$HOME/screen" 2>&1 &
  run=$!
  while IFS= read -r line; do
    echo "$line" >>out
    case $line in 'Every agent waits'*) kill -TERM "$run" ;; esac
  done <"$HOME/screen"
  must_fail 143 wait "$run"
  has 'interrupted' out
  same "$(state a)" ready
}

bad_key() {
  mkdir -p "$XDG_CONFIG_HOME/git-chant"
  cat >"$XDG_CONFIG_HOME/git-chant/config.yaml" <<EOF
parallel:
  distribution: round-robin
  agents:
    - {name: bad, command: $AGENTS/claude, env: {pass: [FAKE_CLAUDE]}}
    - {name: good, command: $AGENTS/limited, profile: claude}
EOF
  repo
  specs a b c
  FAKE_CLAUDE=error git chant work --parallel >out
  has "auth: Invalid API key; agent 'bad' gets no more work in this run" out
  has 'Summary: 3 completed, 0 failed' out
  same "$(grep -c "on agent 'bad'" out)" 1
}

budget() {
  accounts main
  specs a b c d
  must_fail 1 git chant work --parallel -j 1 --max-tokens 200 >out
  has '240 tokens of 200 are used: nothing more is started' out
  # shellcheck disable=SC2016 # dollars
  has 'Usage: 240 tokens, $0.50' out
  same "$(state a) $(state b) $(state c)" 'completed completed ready'
  must_fail 1 git chant work --parallel -j 1 --max-cost 0.2 >out
  # shellcheck disable=SC2016
  has '$0.25 of $0.20 are spent' out
  same "$(state c) $(state d)" 'completed ready'
  must_fail 129 git chant work --parallel --max-cost much 2>err || must_fail 128 git chant work \
    --parallel --max-cost much 2>err
  has "'--max-cost'" err
}

check 'one account of three is limited: the others do its work' one_of_three
check 'all are limited: the run waits and goes on by itself' all_closed_waits
check '--no-wait ends it, and the next run knows' no_wait_ends
check 'it can be stopped while it waits' interrupted_while_waiting
check 'an account that is refused gets no more work' bad_key
check '--max-tokens and --max-cost stop new starts' budget
finish
