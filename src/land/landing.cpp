#include "land/landing.h"

#include "git/advance.h"
#include "git/run.h"
#include "git/tree.h"
#include "record/branch_work.h"
#include "record/merge_spec.h"
#include "record/names.h"
#include "record/target.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

// The merged tree of target and branch, and whether there is anything to land.
Merge merged_tree(record::Workspace& workspace, const std::string& directory,
                  const std::string& target_tip, const std::string& tip) {
  git::Store& store = workspace.store();
  if (store.is_ancestor(target_tip, tip)) return git::load_commit(store, tip).tree;
  return merge_tree(workspace, directory, target_tip, tip);
}

// A merge may drop what it merges, and a merge may be reverted: then nothing has landed.
void require_record(record::Workspace& workspace, const Request& request,
                    const std::string& target_tip) {
  const auto file = record::load_spec_at(workspace, request.id, target_tip);
  if (file && file->status == "completed") return;
  throw Error(fmt::format("'{}' was merged into '{}', but its content is not there",
                          record::short_ref(request.branch), record::short_ref(request.target)),
              "git chant reset " + request.id);
}

}  // namespace

Merge merge_tree(record::Workspace& workspace, const std::string& directory,
                 const std::string& ours, const std::string& theirs) {
  const fs::path where = directory.empty() ? workspace.repository().top_level : fs::path(directory);
  const process::Result result =
      git::run(where, {"-c", "core.fsync=committed", "merge-tree", "--write-tree", "-z",
                       "--name-only", "--no-messages", ours, theirs});
  const auto* exited = std::get_if<process::Exited>(&result.outcome);
  // It also ends with 1, and without a tree, when there is nothing to merge.
  if (exited == nullptr || exited->code > 1 || result.out.empty()) {
    git::fail_git("git merge-tree", result);
  }
  // The tree is there when there are conflicts, too.
  std::vector<std::string> fields = split(result.out, '\0');
  record::MergedTree merged{fields.at(0), {}};
  for (std::size_t i = 1; exited->code == 1 && i < fields.size() && !fields[i].empty(); ++i) {
    merged.conflicts.push_back(std::move(fields[i]));
  }
  merged = record::merge_specs(workspace, ours, theirs, std::move(merged));
  if (merged.conflicts.empty()) return merged.tree;
  return merged.conflicts;
}

Outcome land(record::Workspace& workspace, const Request& request) {
  const FileLock lock = FileLock::acquire(record::landing_lock_path(workspace.repository()));
  git::Store& store = workspace.store();
  const auto checkouts = record::checkouts_of(workspace, request.target);
  const std::string directory = checkouts.empty() ? "" : checkouts.front().string();
  const git::RefChange deletion{request.branch, request.tip, ""};
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto target_tip = store.find_ref(request.target);
    if (!target_tip) fail("the target '{}' is gone", record::short_ref(request.target));
    if (store.is_ancestor(request.tip, *target_tip)) {  // somebody merged it meanwhile
      require_record(workspace, request, *target_tip);
      if (const auto refused = workspace.refs().change({deletion})) continue;
      return Landed{*target_tip};
    }
    Merge merge = merged_tree(workspace, directory, *target_tip, request.tip);
    if (auto* paths = std::get_if<1>(&merge)) return Conflict{std::move(*paths)};
    const std::string message =
        fmt::format("Merge {}: {}\n\nChant-Spec: {}\n", record::short_ref(request.branch),
                    printable_line(request.title), request.id);
    const std::string commit =
        git::make_commit(store, workspace.repository(), workspace.identity(), std::get<0>(merge),
                         {*target_tip, request.tip}, message);
    const auto outcome = record::advance(
        workspace, request.id, {request.target, *target_tip, commit, checkouts, {deletion}, {}});
    if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
      return InTheWay{obstacle->checkout.string(), obstacle->paths};
    }
    if (std::holds_alternative<git::Moved>(outcome)) continue;
    // Other tools' post-merge hooks see our landing as they would see a merge.
    for (const fs::path& checkout : checkouts) workspace.hooks().run(checkout, "post-merge", {"0"});
    return Landed{commit};
  }
  fail("'{}' keeps moving; {} was not landed", record::short_ref(request.target), request.id);
}

std::string merged_base(record::Workspace& workspace, const std::string& target_tip,
                        const std::vector<std::string>& tips) {
  std::string base = target_tip;
  for (const std::string& tip : tips) {
    if (workspace.store().is_ancestor(tip, base)) continue;
    if (workspace.store().is_ancestor(base, tip)) {
      base = tip;
      continue;
    }
    Merge merge = merge_tree(workspace, "", base, tip);
    if (const auto* paths = std::get_if<1>(&merge)) {
      fail("its dependencies conflict with each other or with the target in '{}'",
           join(*paths, "', '"));
    }
    base = git::make_commit(workspace.store(), workspace.repository(), workspace.identity(),
                            std::get<0>(merge), {base, tip}, "chant: merge dependencies\n");
  }
  return base;
}

}  // namespace chant::land
