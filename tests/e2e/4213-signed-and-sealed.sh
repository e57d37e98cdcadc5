#!/bin/sh
# Strategies where commits are signed, and for work that agents finished and sealed.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$(dirname "$0")/reconciling.sh"

of_agents() {
  base one.txt two.txt
  script_spec a 'echo A >>one.txt'
  script_spec b 'echo B >>two.txt'
  git add .chant
  git commit -qm specs
  git tag base
  git chant trust --yes >"$HOME/null"
  git config chant.agent script
  git chant work --branch --parallel >"$HOME/work" 2>&1
  is_state a finished
  git config chant.reconcile.strategy squash
  git chant reconcile >"$HOME/out"
  same "$(git rev-list --count base..main)" 3
  settled a b
  git log -1 --format=%B main~2 >"$HOME/message"
  has 'Do a' "$HOME/message"
}

signed() {
  command -v ssh-keygen >"$HOME/null" || skip 'no ssh-keygen'
  ssh-keygen -q -t ed25519 -N '' -f "$HOME/key"
  echo "test@example.com $(cat "$HOME/key.pub")" >"$HOME/signers"
  git config --global gpg.format ssh
  git config --global user.signingKey "$HOME/key"
  git config --global gpg.ssh.allowedSignersFile "$HOME/signers"
  for strategy in merge rebase squash; do
    (
      mkdir "$strategy"
      cd "$strategy" || exit
      two_waiting
      git config commit.gpgSign true
      git chant reconcile --strategy "$strategy" >"$HOME/out"
      same "$(git log --first-parent --format='%G?' base..main | sort -u)" G
      settled a b
    )
  done
}

check 'work of agents lands by the configured strategy' of_agents
check 'what lands is signed where commits are' signed
finish
