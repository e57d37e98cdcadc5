#include "land/resolution.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "land/merge.h"
#include "record/branch_work.h"
#include "record/finalize.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/target.h"
#include "record/task.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

fs::path make_worktree(record::Workspace& workspace, const record::Parked& parked) {
  const git::Repository& repository = workspace.repository();
  fs::path path;
  {
    const FileLock lock = git::worktree_lock(repository);
    path = git::make_worktree_directory(workspace.config().worktree_root,
                                        "chant-" + parked.id + "-merge");
    git::add_detached_worktree(repository, path, parked.tip);
    git::mark_worktree(path, parked.id, git::Owner::scratch);
    fault_point("scratch made");
  }
  const process::Result filled = process::run(git::populate_command(path));
  if (!process::succeeded(filled.outcome)) git::fail_git("git read-tree", filled);
  return path;
}

git::Status status_of(const fs::path& worktree) {
  const process::Result result = process::run(git::status_command(worktree));
  if (!process::succeeded(result.outcome)) git::fail_git("git status", result);
  return git::parse_status(result.out);
}

bool is_unmerged(const git::StatusEntry& entry) { return entry.code.compare(0, 1, "u") == 0; }

// Begins the merge. git knows nothing of spec files that are merged by key: those are set to what
// they are in `merge`.
void begin_merge(const fs::path& scratch, const record::Parked& parked,
                 const git::TreeMerge& merge) {
  const std::string message = fmt::format("chant({}): merge {}\n\nChant-Spec: {}\n", parked.id,
                                          record::short_ref(parked.target), parked.id);
  const process::Result result =
      git::run(scratch, {"-c", "merge.verifySignatures=false", "-c", "merge.autoStash=false", "-c",
                         "submodule.recurse=false", "merge", "--quiet", "--no-commit", "--no-ff",
                         "--no-stat", "-m", message, "--end-of-options", parked.ours});
  const bool begun = git::operation_in_progress(git::git_directory_of(scratch)) == "merge";
  if (!begun) git::fail_git("git merge", result);
  std::string paths;
  for (const git::StatusEntry& entry : status_of(scratch).entries) {
    const auto is_it = [&entry](const git::ConflictedPath& one) { return one.path == entry.path; };
    const bool conflict = std::any_of(merge.conflicts.begin(), merge.conflicts.end(), is_it);
    if (is_unmerged(entry) && !conflict) paths += entry.path + '\0';
  }
  if (paths.empty()) return;
  (void)git::output(scratch,
                    {"--literal-pathspecs", "checkout", "--quiet", merge.tree,
                     "--pathspec-from-file=-", "--pathspec-file-nul"},
                    paths);
}

bool is_there(const record::Workspace& workspace, const record::Parked& parked) {
  const auto marked = git::marked_worktrees(workspace.repository());
  return std::any_of(marked.begin(), marked.end(), [&](const git::Marking& one) {
    return one.spec == parked.id && one.owner == git::Owner::scratch &&
           one.worktree == parked.scratch;
  });
}

// What hinders the scratch worktree from being a resolution, before its content is looked at.
std::string find_obstacle(const git::Status& status, bool merging, By by) {
  if (!status.branch.empty()) {
    return fmt::format("'{}' is checked out there: HEAD must stay detached",
                       record::short_ref(status.branch));
  }
  for (const git::StatusEntry& entry : status.entries) {
    if (!is_unmerged(entry)) continue;
    return fmt::format("'{}' is still in conflict (git add it when it is not)",
                       printable_line(entry.path));
  }
  for (const git::StatusEntry& entry : status.entries) {
    const bool untracked = entry.code == "?";
    if (untracked && by == By::person) continue;
    const bool staged = !untracked && entry.code.size() == 4 && entry.code[3] == '.';
    if (staged && merging) continue;
    return fmt::format("'{}' is not committed", printable_line(entry.path));
  }
  return "";
}

// Does the resolution have everything of both sides in its history?
std::string find_missing_side(record::Workspace& workspace, const record::Parked& parked,
                              const std::string& head, const std::vector<std::string>& merging) {
  git::Store& store = workspace.store();
  if (!store.is_ancestor(parked.tip, head)) {
    return fmt::format("it is not based on '{}'", record::short_ref(parked.branch));
  }
  std::vector<std::string> tips = merging;
  tips.push_back(head);
  const bool has_ours = std::any_of(tips.begin(), tips.end(), [&](const std::string& tip) {
    return store.is_ancestor(parked.ours, tip);
  });
  if (has_ours) return "";
  return fmt::format("the merge of '{}' was given up", record::short_ref(parked.target));
}

std::string find_fault_of_spec(record::Workspace& workspace, const std::string& id,
                               const std::string& tree) {
  const std::string path = record::spec_path(id);
  const auto entry = git::find_entry_in(workspace.store(), tree, path);
  const auto spec = entry ? record::load_spec(workspace, id, entry->oid) : std::nullopt;
  if (!spec) return fmt::format("'{}' is not a spec any more", path);
  if (spec->criteria_policy == "ignore" || spec->unticked() == 0) return "";
  return record::open_criteria(*spec);
}

// Only a landing ticks the list of a task.
std::string find_change_of_list(record::Workspace& workspace, const record::Parked& parked,
                                const std::string& merged, const std::string& result) {
  const auto source = record::find_source(workspace, parked.id, parked.tip);
  if (!source) return "";
  git::Store& store = workspace.store();
  const auto blob_in = [&](const std::string& tree) {
    const auto entry = git::find_entry_in(store, tree, source->list);
    return entry ? entry->oid : "";
  };
  if (blob_in(merged) == blob_in(result)) return "";
  return fmt::format("'{}' was changed, which only git chant ticks", printable_line(source->list));
}

std::string commit_merge(const fs::path& scratch) {
  (void)git::output(scratch, {"commit", "--quiet", "--no-verify", "--no-edit", "--cleanup=strip"});
  fault_point("resolution committed");
  return git::output(scratch, {"rev-parse", "HEAD"});
}

// The commits that the spec records: those that it has recorded, and those that were added.
std::vector<std::string> recorded_commits(record::Workspace& workspace,
                                          const record::Parked& parked, const spec::Spec& file,
                                          const std::string& tip) {
  git::Store& store = workspace.store();
  std::vector<std::string> commits;
  std::vector<std::string> excluded = {parked.ours};
  if (file.status == "completed") {
    commits = file.commits;
    excluded.push_back(parked.tip);
  } else if (const auto base = store.find_ref(record::kept_ref(parked.id, "base"))) {
    excluded.push_back(*base);
  }
  for (std::string& oid : record::own_commits(workspace, tip, excluded)) {
    if (git::load_commit(store, oid).parents.size() < 2) commits.push_back(std::move(oid));
  }
  return commits;
}

}  // namespace

fs::path make_scratch(record::Workspace& workspace, record::Parked& parked,
                      const std::string& ours) {
  (void)record::put_scratch_aside(workspace, parked.id);
  const MergePlace place(workspace, parked.target);
  const git::TreeMerge merged = merge(workspace, place.directory(), ours, parked.tip);
  parked.ours = ours;
  parked.theirs = parked.tip;
  parked.files = merged.conflicts;
  parked.merged = merged.tree;
  const fs::path scratch = make_worktree(workspace, parked);
  begin_merge(scratch, parked, merged);
  fault_point("scratch filled");
  parked.scratch = scratch.string();
  parked.next = "git chant reconcile --continue";
  const auto refused = workspace.refs().change({record::park(workspace, parked)});
  if (refused) fail("cannot park {}: {}", parked.id, *refused);
  return scratch;
}

Resolution look_at_resolution(record::Workspace& workspace, const record::Parked& parked, By by) {
  const fs::path scratch = parked.scratch;
  if (!is_there(workspace, parked)) {
    return Unresolved{fmt::format("the worktree '{}' is gone", scratch.string())};
  }
  const fs::path git_dir = git::git_directory_of(scratch);
  const auto operation = git::operation_in_progress(git_dir);
  if (operation && *operation != "merge") {
    return Unresolved{fmt::format("a {} is in progress there", *operation)};
  }
  const git::Status status = status_of(scratch);
  std::string fault = find_obstacle(status, operation.has_value(), by);
  if (fault.empty()) {
    fault = find_missing_side(workspace, parked, status.head, git::merge_heads(git_dir));
  }
  if (!fault.empty()) return Unresolved{fault};
  const MergePlace place(workspace, parked.target);
  Handmade handmade{
      parked.id, parked.target, place.directory(), parked.ours, parked.tip, {}, std::string{}, by};
  handmade.merge = merge(workspace, place.directory(), parked.ours, parked.tip);
  handmade.result = operation ? git::output(scratch, {"write-tree"})
                              : git::load_commit(workspace.store(), status.head).tree;
  fault = find_fault(workspace, handmade);
  if (fault.empty()) fault = find_fault_of_spec(workspace, parked.id, handmade.result);
  if (fault.empty()) {
    fault = find_change_of_list(workspace, parked, handmade.merge.tree, handmade.result);
  }
  if (!fault.empty()) return Unresolved{fault};
  return Resolved{operation ? commit_merge(scratch) : status.head};
}

void take_resolution(record::Workspace& workspace, const record::Parked& parked,
                     const std::string& tip, std::vector<git::RefChange> with) {
  const auto file = record::load_spec_at(workspace, parked.id, tip);
  if (!file) fail("'{}' is not a spec any more", record::spec_path(parked.id));
  const std::string seal = record::make_seal(
      workspace, parked.id, tip,
      {recorded_commits(workspace, parked, *file, tip), rfc3339(now_ms() / 1000), "", ""});
  with.push_back({record::kept_ref(parked.id, "tip"), "*", seal});
  for (git::RefChange& change : record::unpark(workspace, parked.id)) {
    with.push_back(std::move(change));
  }
  git::Advance advance;
  advance.branch = parked.branch;
  advance.from = parked.tip;
  advance.to = seal;
  advance.checkouts = record::checkouts_of(workspace, parked.branch);
  advance.with = std::move(with);
  const auto outcome = record::advance(workspace, parked.id, advance);
  if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
    fail("uncommitted changes in '{}' are in the way in '{}'",
         printable_line(join(obstacle->paths, "', '")), obstacle->checkout.string());
  }
  if (const auto* moved = std::get_if<git::Moved>(&outcome)) fail("{}", moved->reason);
  fault_point("resolution taken");
  (void)record::put_scratch_aside(workspace, parked.id);
}

}  // namespace chant::land
