# Commits of agents that no hook saw get the trailers before they are sealed.
# shellcheck disable=SC2016 # it is the agents who expand their plans
. "$(dirname "$0")/lib.sh"

trailers() { git log -1 --format='%(trailers:only,unfold,separator=%x2C)' "$1"; }
# named ID: the commits that the spec's file names, oldest first, whole ids.
named() {
  for commit in $(field "$1" commits | tr -d '[],"') $(git show "main:.chant/specs/$1.md" |
    sed -n '/^commits:$/,/^[^ -]/s/^ *- *"\{0,1\}\([0-9a-f]*\)"\{0,1\}$/\1/p'); do
    git rev-parse -q --verify "$commit^{commit}"
  done
}

marks_what_agents_commit() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'echo "$CHANT_RUN" >"$HOME/run"
    echo 1 >one; git add one
    GIT_AUTHOR_NAME=Else GIT_AUTHOR_DATE="2001-02-03T04:05:06+0930" git commit -qm "one

Co-authored-by: Someone <s@example.com>"
    git rev-parse HEAD >"$HOME/one"'
  CHANT_MODEL=model-7 git chant work a --worktree >/dev/null
  same "$(named a | wc -l | tr -d ' ')" 2
  first=$(named a | head -n 1)
  run=$(cat "$HOME/run")
  [ -n "$run" ]
  same "$(trailers "$first")" "Co-authored-by: Someone <s@example.com>,Chant-Spec: a,Chant-Run: $run,Chant-Model: model-7"
  same "$(trailers "$(named a | tail -n 1)")" "Chant-Spec: a,Chant-Run: $run,Chant-Model: model-7"
  old=$(cat "$HOME/one")
  same "$(git log -1 --format='%an %ad %cn %cd %T' "$first")" \
    "$(git log -1 --format='%an %ad %cn %cd %T' "$old")"
  for commit in $(named a); do git merge-base --is-ancestor "$commit" main; done
  same "$(git rev-parse refs/chant/spec/a/1~)" "$old"
  git fsck --no-dangling 2>../err
  same "$(cat ../err)" ''
  same "$(git status --porcelain)" ''
}

leaves_marked_ones() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'echo 1 >one; git add one; git commit -qm "one

Chant-Spec: a"; git rev-parse HEAD >"$HOME/one"'
  git chant work a --worktree >/dev/null
  same "$(named a | head -n 1)" "$(cat "$HOME/one")"
  same "$(trailers "$(named a | tail -n 1)" | cut -d , -f 1)" 'Chant-Spec: a'
}

merges_keep_their_parents() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  git add .chant && git commit -qm specs
  plan a 'git checkout -q -b side; echo s >side; git add side; git commit -qm side
    git checkout -q "$CHANT_BRANCH"; echo m >main.txt; git add main.txt; git commit -qm mainline
    git merge -q --no-ff -m "merge side" side; git branch -q -D side'
  git chant work a --worktree --no-land >/dev/null
  same "$(git rev-list --count main..spec/a)" 5
  same "$(git log --format=%s -1 spec/a~2^2)" side
  same "$(trailers spec/a~2)" "$(trailers spec/a~2^2)"
  for commit in $(git rev-list main..spec/a); do
    case $(trailers "$commit") in 'Chant-Spec: a'*) ;; *) same "$commit" marked ;; esac
  done
}

leaves_signed_ones() {
  agent main "$AGENTS/planned"
  repo
  plain_spec a
  plan a 'echo 1 >one; git add one; tree=$(git write-tree)
    commit=$(printf "tree %s\nparent %s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n abc\n -----END PGP SIGNATURE-----\n\nsigned\n" \
      "$tree" "$(git rev-parse HEAD)" | git hash-object -t commit -w --stdin)
    git reset -q --soft "$commit"; echo "$commit" >"$HOME/one"'
  git chant work a --worktree >/dev/null
  same "$(named a | head -n 1)" "$(cat "$HOME/one")"
  same "$(field a status)" completed
  must_fail 1 git rev-parse -q --verify refs/chant/spec/a/1
}

scripts_and_checkouts() {
  repo
  script_spec s 'echo done >made'
  git chant trust --yes >/dev/null
  git chant work s --worktree >/dev/null
  case $(trailers "$(named s)") in 'Chant-Spec: s,Chant-Run: '*) ;; *) trailers "$(named s)"; return 1 ;; esac
  same "$(git for-each-ref refs/chant/spec/s/1)" ''
  agent main "$AGENTS/ok"
  plain_spec here
  git chant work here >/dev/null
  same "$(git log -1 --format=%B "$(named here)" | grep -c Chant)" 0 # rewriting is not for here
  plain_spec hooked
  printf '#!/bin/sh\nexec "%s" hook prepare-commit-msg "$@"\n' "$CHANT_BINARY" >.git/hooks/prepare-commit-msg
  chmod +x .git/hooks/prepare-commit-msg
  git chant work hooked >/dev/null
  case $(trailers "$(named hooked)") in 'Chant-Spec: hooked,Chant-Run: '*) ;; *) return 1 ;; esac
}

check 'commits without trailers get them, everything else of them is kept' marks_what_agents_commit
check 'commits that name their spec are left alone' leaves_marked_ones
check 'merges keep their parents' merges_keep_their_parents
check 'signed commits are left as they are' leaves_signed_ones
check 'commits made for scripts have them; in the checkout only a hook adds them' scripts_and_checkouts
finish
