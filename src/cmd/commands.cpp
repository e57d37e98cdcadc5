#include "cmd/verbs.h"

namespace chant::cmd {

namespace {

const std::vector<Command> kCommands = {
    {"add",
     "write a new spec",
     add_add,
     {"add [--type T] [--label L]... [--depends-on ID]... [--target-file F]... [--agent A] "
      "[--edit] TITLE"}},
    {"approve",
     "allow agents to work on a task list",
     add_approve,
     {"approve [--format D] FEATURE|FILE", "approve --show [--format D] FEATURE|FILE",
      "approve --revoke FEATURE|FILE"}},
    {"cancel", "cancel specs", add_cancel, {"cancel ID..."}},
    {"config",
     "show the configuration, and what is wrong with it",
     add_config,
     {"config [--show-origin] [--json]", "config --check [--json]"}},
    {"conflicts",
     "show which finished branches conflict",
     add_conflicts,
     {"conflicts [--onto BRANCH] [--json] [ID]..."}},
    {"demo",
     "watch several specs being worked in a repository made for it",
     add_demo,
     {"demo [--keep]"}},
    {"doctor",
     "find what was changed without git-chant, and put it back",
     add_doctor,
     {"doctor [--fix] [--json]"}},
    {"finalize",
     "record the result of specs whose work was merged",
     add_finalize,
     {"finalize ID..."}},
    {"gc", "remove what runs have left and nobody needs", add_gc, {"gc [--dry-run]"}},
    {"hooks",
     "let git tell git-chant of merges and commits",
     add_hooks,
     {"hooks install [--yes] [--attributes]", "hooks uninstall", "hooks status [--json]"}},
    {"import",
     "make specs of the tasks of a list",
     add_import,
     {"import [--as FORM] [--format D] [--track T]... [--partial] [--dry-run] [--json] "
      "FEATURE|FILE",
      "import --report [--write-back] [--yes] [--json] [FEATURE|FILE]"}},
    {"init", "prepare a repository for specs", add_init, {"init [--hooks] [--dry-run]"}},
    {"lint",
     "say what is wrong with specs",
     add_lint,
     {"lint [--staged] [--strict] [--json] [ID]..."}},
    {"list",
     "list specs and what blocks them",
     add_list,
     {"list [--status S]... [--label L]... [--type T] [--all] [--json | --porcelain]"}},
    {"log", "show what an agent printed", add_log, {"log [-f] [--attempt N] [--raw] ID"}},
    {"merge", "", add_reconcile, {"merge [OPTION]... [ID]..."}},
    {"merge-driver", "", add_merge_driver, {"merge-driver O A B [P [L]]"}},
    {"ops", "list what landed and what was taken back", add_ops, {"ops [-n N] [--json]"}},
    {"plan",
     "show what a task list means for a run",
     add_plan,
     {"plan [--track T]... [--format D] [--with-optional] [--verbose] [--json] FEATURE|FILE"}},
    {"reconcile",
     "land the branches that wait, tested together",
     add_reconcile,
     {"reconcile [--all] [--onto BRANCH] [--dry-run] [--order O] [--gate CMD] [--no-gate] [-j N] "
      "[--batch N] [--strategy S] [--land L] [--resolve] [--keep-branches] [--json] [ID]...",
      "reconcile --continue [--skip ID]... [--resolve] [--json]", "reconcile --abort",
      "reconcile --status [--json]"}},
    {"reset", "make specs pending again", add_reset, {"reset ID..."}},
    {"runs", "list runs and what came of them", add_runs, {"runs [-n N] [--json]"}},
    {"show", "show a spec, its state and its attempts", add_show, {"show [--json] ID"}},
    {"show-run", "show a run and what went wrong in it", add_show_run, {"show-run [--json] [N]"}},
    {"status", "show what runs and what needs you", add_status, {"status [--json]"}},
    {"trust",
     "allow commands that this repository names",
     add_trust,
     {"trust [--yes] [--feature NAME|FILE] [ID]...", "trust --list",
      "trust --revoke [--feature NAME|FILE] [ID]..."}},
    {"undo", "take the last landing back", add_undo, {"undo [OP]"}},
    {"version", "show the version", add_version, {"version"}},
    {"work",
     "let agents work on specs",
     add_work,
     {"work [--worktree] [--parallel] [--label L]... [--max N] [--agent A] [--prompt P] "
      "[--branch] [--branch-prefix P] [--no-land] [--no-wait] [--max-cost USD] [--max-tokens N] "
      "[--cleanup | --no-cleanup] [--dry-run] [ID]...",
      "work --feature NAME|FILE [--track T]... [--max-agents N] [--continue-on-error] "
      "[--batch-tracks] [--with-optional] [--format D] [--agent A] [--prompt P] [--branch] "
      "[--no-land] [--dry-run]"}},
    {"worktree",
     "make a worktree to work on a spec yourself",
     add_worktree,
     {"worktree ID", "worktree --remove [--ignored] ID"}},
};

}  // namespace

const std::vector<Command>& commands() { return kCommands; }

}  // namespace chant::cmd
