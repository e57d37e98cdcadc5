#include "record/keep.h"

#include "git/run.h"
#include "record/names.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

namespace chant::record {
namespace {

void require_ours(Workspace& workspace, const std::filesystem::path& worktree,
                  const std::string& id, const std::string& branch) {
  for (const git::Marking& marking : git::marked_worktrees(workspace.repository())) {
    if (marking.spec != id || marking.worktree != worktree) continue;
    if (marking.owner == git::Owner::run) return;
    throw Error(fmt::format("{} is worked on by a person in '{}'", id, worktree.string()),
                "git chant worktree --remove " + id);
  }
  fail("'{}' is checked out in '{}', which git chant did not make", short_ref(branch),
       worktree.string());
}

}  // namespace

std::string free_kept_ref(Workspace& workspace, const std::string& id, int first) {
  int n = std::max(first, 1);
  while (workspace.store().find_ref(kept_ref(id, std::to_string(n)))) ++n;
  return kept_ref(id, std::to_string(n));
}

std::string put_branch_aside(Workspace& workspace, const std::string& id,
                             const SpecBranch& branch) {
  const std::string kept = free_kept_ref(workspace, id, 1);
  const auto refused =
      workspace.refs().change({{kept, "", branch.tip}, {branch.ref, branch.tip, ""}});
  if (refused) fail("cannot put '{}' aside: {}", short_ref(branch.ref), *refused);
  return kept;
}

void forget_seal(Workspace& workspace, const std::string& id) {
  git::Store& store = workspace.store();
  const auto seal = store.find_ref(kept_ref(id, "tip"));
  if (!seal) return;
  std::vector<git::RefChange> changes = {{kept_ref(id, "tip"), *seal, ""},
                                         {free_kept_ref(workspace, id, 1), "", *seal}};
  if (const auto base = store.find_ref(kept_ref(id, "base"))) {
    changes.push_back({kept_ref(id, "base"), *base, ""});
  }
  if (const auto refused = workspace.refs().change(changes)) {
    fail("cannot put the work of {} aside: {}", id, *refused);
  }
}

std::optional<std::string> keep_leftovers(Workspace& workspace, const std::string& id,
                                          const std::filesystem::path& worktree, int attempt) {
  const auto commit = git::commit_of_leftovers(
      worktree,
      fmt::format("chant({}): leftovers of attempt {}\n\nChant-Spec: {}\n", id, attempt, id));
  if (!commit) return std::nullopt;
  const std::string kept = free_kept_ref(workspace, id, attempt);
  const auto refused = workspace.refs().change({{kept, "", *commit}});
  if (refused) fail("cannot keep the leftovers of {}: {}", id, *refused);
  return kept;
}

std::vector<std::string> put_worktrees_aside(Workspace& workspace, const std::string& id,
                                             const std::string& branch) {
  std::vector<std::string> lines;
  for (const git::Worktree& worktree : git::list_worktrees(workspace.repository())) {
    if (worktree.branch != branch) continue;
    if (worktree.prunable) {
      const FileLock lock = git::worktree_lock(workspace.repository());
      (void)process::run(git::remove_command(workspace.repository(), worktree.path));
      continue;
    }
    require_ours(workspace, worktree.path, id, branch);
    if (const auto kept = keep_leftovers(workspace, id, worktree.path, 1)) {
      lines.push_back(
          fmt::format("uncommitted work in '{}' is kept as {}", worktree.path.string(), *kept));
    }
    const FileLock lock = git::worktree_lock(workspace.repository());
    const auto result = process::run(git::remove_command(workspace.repository(), worktree.path));
    if (!process::succeeded(result.outcome)) git::fail_git("git worktree remove", result);
    lines.push_back(fmt::format("removed the worktree '{}'", worktree.path.string()));
  }
  return lines;
}

}  // namespace chant::record
