# Bash completion for "git chant" and "git-chant". Verbs and options come from the program's own
# help, ids from the names of the spec files, so that nothing here can go stale.

__git_chant_verbs() {
  git-chant -h 2>/dev/null | sed -n 's/^ \{2,\}\([a-z][a-z-]*\)  .*/\1/p'
}

__git_chant_options() {
  git-chant "$1" -h 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u
}

# Whole ids, and the short form that people type: the last part.
__git_chant_ids() {
  local top file id
  top=$(git rev-parse --show-toplevel 2>/dev/null) || return
  for file in "$top"/.chant/specs/*.md; do
    [[ -f $file ]] || continue
    id=${file##*/}
    id=${id%.md}
    [[ $id == [A-Za-z0-9]* ]] || continue
    printf '%s\n%s\n' "$id" "${id##*-}"
  done
}

# Paths of task lists: those that can be worked on, and with an argument all.
__git_chant_features() {
  local more=()
  if [[ $# -gt 0 ]]; then more=('*.taskmaster/tasks/tasks.json' '*.beads/issues.jsonl'); fi
  git ls-files --cached --others --exclude-standard -- 'tasks.md' '*/tasks.md' \
    ${more[@]+"${more[@]}"} 2>/dev/null
}

__git_chant_values() {
  case $1 in
    --status)
      printf '%s\n' ready blocked in_progress finished needs_attention failed completed cancelled
      ;;
    --type) printf '%s\n' code task documentation research ;;
    --depends-on) __git_chant_ids ;;
    --feature) __git_chant_features ;;
    --as) echo specs ;;
    --format)
      printf '%s\n' specflow spec-kit cc-sdd kiro pimzino openspec github taskmaster beads spec-kitty
      ;;
    --onto) git for-each-ref --format='%(refname:short)' refs/heads 2>/dev/null ;;
    --prompt)
      local top
      top=$(git rev-parse --show-toplevel 2>/dev/null) || return
      (cd "$top/.chant/prompts" 2>/dev/null && ls -- *.md 2>/dev/null) | sed 's/\.md$//'
      ;;
  esac
}

# $1: the index in COMP_WORDS of the word after "git chant" or "git-chant".
__git_chant_complete() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local words='' verb='' index word
  for ((index = $1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in
      -C) ((index++)) ;;
      -*) ;;
      *)
        verb=${COMP_WORDS[index]}
        break
        ;;
    esac
  done
  if [[ -z $verb ]]; then
    if [[ $previous != -C ]]; then words=$(__git_chant_verbs); fi
  else
    case $previous in
      --status | --type | --depends-on | --prompt | --onto | --feature | --format | --as)
        words=$(__git_chant_values "$previous")
        ;;
      --target-file) ;;
      --label | --max | --max-parallel | -j | --agent | --branch-prefix | --attempt | -n | \
        --track | --max-agents) return ;;
      *)
        case $verb:$current in
          *:-*) words=$(__git_chant_options "$verb") ;;
          hooks:*) words=$'install\nuninstall\nstatus' ;;
          show:* | lint:* | work:* | log:* | reset:* | cancel:* | finalize:* | worktree:* | \
            trust:* | conflicts:* | reconcile:* | merge:*)
            words=$(__git_chant_ids)
            ;;
          plan:* | import:*) words=$(__git_chant_features all) ;;
          approve:*) words=$(__git_chant_features) ;;
          show-run:*) words=$(git-chant runs 2>/dev/null | cut -d ' ' -f 1) ;;
          undo:*) words=$(git-chant ops 2>/dev/null | cut -d ' ' -f 1) ;;
          *) return ;;
        esac
        ;;
    esac
  fi
  COMPREPLY=()
  # Names come from the repository. What a shell takes for more than text is not offered, and not
  # given to `compgen -W`, which runs what stands in $(…); nor is a name that looks like an option.
  while IFS= read -r word; do
    [[ $word == "$current"* && $word != *[!A-Za-z0-9._/@+:=-]* ]] || continue
    if [[ $word != -* || $current == -* ]]; then COMPREPLY+=("$word"); fi
  done < <(if [[ -n $words ]]; then printf '%s\n' "$words"; else compgen -f -- "$current"; fi)
}

# Called by git's own completion for "git chant".
_git_chant() {
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ ${COMP_WORDS[index]} == chant ]]; then break; fi
  done
  __git_chant_complete "$((index + 1))"
}

__git_chant_command() {
  __git_chant_complete 1
}

complete -F __git_chant_command git-chant
