# For the tests of git chant import: lists, the specs that were made of them, tools that keep lists.

# list FILE: a task list of three open tasks and one that is done, committed.
list() {
  mkdir -p "$(dirname "$1")"
  cat >"$1" <<'EOF'
# Tasks

- [x] 1. Set up
- [ ] 2. Parse the settings
  - Read them once.
  - [ ] Tested
- [ ] 3. Write them
- [ ] 4. Say so
EOF
  git add "$1"
  git commit -qm list
}

# spec_of TASK: the id of the spec that was made of it.
spec_of() { grep -lE "^  id: \"?$1\"?\$" .chant/specs/*.md | sed 's,.*/,,; s,\.md$,,'; }

# has_done TASK...: their specs are completed on the target.
has_done() {
  for task; do sed -i.old 's/^status: .*/status: completed/' ".chant/specs/$(spec_of "$task").md"; done
  rm -f .chant/specs/*.old
  git add .chant
  git commit -qm complete
}

# tool NAME [CODE]: a fake of the tool that writes down what it is asked for, and fails with CODE.
tool() {
  cat >"$TEST_ROOT/bin/$1" <<EOF
#!/bin/sh
printf '%s\n' "\${PWD##*/}" "\$@" >>"$HOME/told"
printf 'warning: hm\nError: cannot \033[31mdo\033[0m it\n' >&2
exit ${2:-0}
EOF
  chmod +x "$TEST_ROOT/bin/$1"
}
