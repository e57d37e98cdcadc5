#include "record/keep.h"

#include "git/run.h"
#include "record/names.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

namespace chant::record {
namespace {

// True when we made this worktree for the spec: the marker in its git directory says so.
bool is_ours(const std::filesystem::path& worktree, const std::string& id) {
  const process::Result result =
      git::run(worktree, {"rev-parse", "--path-format=absolute", "--git-path", "chant/spec"});
  if (!process::succeeded(result.outcome)) return false;
  const auto marker = find_file(std::string(trim(result.out)), 1024);
  return marker && trim(*marker) == id;
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
    if (!is_ours(worktree.path, id)) {
      fail("'{}' is checked out in '{}', which git chant did not make", short_ref(branch),
           worktree.path.string());
    }
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
