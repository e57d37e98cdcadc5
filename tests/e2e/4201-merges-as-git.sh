#!/bin/sh
# What reconcile merges is what `git merge` in a checkout merges, branch by branch: drivers,
# attributes and line ends; also when the target is checked out nowhere.
# shellcheck source=tests/e2e/lib.sh
. "$CHANT_SOURCE/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/reconciling.sh
. "$CHANT_SOURCE/tests/e2e/reconciling.sh"

union() {
  base deep/er/log
  echo 'log merge=union' >deep/er/.gitattributes
  git add .
  git commit -qm attributes
  waiting a 'echo A >>deep/er/log'
  waiting b 'echo B >>deep/er/log'
  as_git a b
  git -C repo show main:deep/er/log | grep -qx A
}
check 'merge=union, by attributes in a directory' union

driver() {
  base x.list one.txt
  mkdir -p "$HOME/bin"
  cat >"$HOME/bin/sorted" <<'EOF'
#!/bin/sh
echo noise
cat
sort -u "$2" "$3" >"$2.new" && mv "$2.new" "$2"
EOF
  chmod +x "$HOME/bin/sorted"
  git config merge.sorted.driver "$HOME/bin/sorted %O %A %B"
  echo '*.list merge=sorted' >.gitattributes
  git add .
  git commit -qm attributes
  waiting a 'line x.list 5 A; line one.txt 5 A'
  waiting b 'line x.list 5 B'
  waiting c 'line x.list 5 C; line one.txt 5 C'
  as_git a b c
  same "$parked" ' c'
}
check 'a merge driver that also talks and listens' driver

# A merge driver that ends the git that called it.
crash() {
  base x.list one.txt
  echo '*.list merge=deadly' >.gitattributes
  git add .
  git commit -qm attributes
  waiting a 'line x.list 5 A'
  waiting b 'line x.list 5 B'
  waiting c 'line one.txt 5 C'
  # shellcheck disable=SC2016 # for the driver
  git config merge.deadly.driver 'kill -ABRT $PPID'
  # shellcheck disable=SC3045 # every sh that we meet has it
  ulimit -c 0
  must_fail 1 git chant conflicts >../out
  has 'a - b  git failed: killed by signal 6' ../out
  must_fail 1 git chant reconcile --order id >../out
  has 'Summary: 2 landed, 1 parked' ../out
  has "git failed: killed by signal 6" ../out
  is_state b needs_attention
  sound
}
check 'a merge that git itself fails at parks that branch alone' crash

line_ends() {
  base one.txt
  printf '1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n' >one.txt
  git commit -qam 'with CR'
  git config merge.renormalize "$1"
  waiting b 'printf "1\r\n2\r\n3\r\n4\r\n5\r\nB\r\n7\r\n" >one.txt'
  echo '* text=auto' >.gitattributes
  printf '1\nA\n3\n4\n5\n6\n7\n' >one.txt
  git add .
  git commit -qm 'without CR'
  as_git b
}
renormalized() { line_ends true; same "$parked" ''; }
not_renormalized() { line_ends false; same "$parked" ' b'; }
check 'line ends are the same with merge.renormalize' renormalized
check 'line ends conflict without it' not_renormalized

attributes_on_the_way() {
  base log
  waiting a 'echo "log merge=union" >.gitattributes; echo A >>log'
  waiting b 'echo B >>log'
  as_git a b
}
check 'attributes that a branch brings hold for the next one' attributes_on_the_way

finish
