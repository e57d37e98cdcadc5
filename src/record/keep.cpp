#include "record/keep.h"

#include "git/run.h"
#include "record/names.h"
#include "record/parked.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

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

std::string unkept_commit(const std::filesystem::path& worktree) {
  return git::output(worktree,
                     {"rev-list", "--max-count=1", "HEAD", "--not", "--exclude=refs/worktree/*",
                      "--exclude=refs/bisect/*", "--exclude=refs/rewritten/*", "--glob=refs/*"});
}

std::vector<std::string> put_scratch_aside(Workspace& workspace, const std::string& id) {
  std::vector<std::string> lines;
  for (const git::Marking& marking : git::marked_worktrees(workspace.repository())) {
    if (marking.spec != id || marking.owner != git::Owner::scratch) continue;
    const std::string path = marking.worktree.string();
    auto kept = keep_leftovers(workspace, id, path, 1);
    if (!kept && !unkept_commit(path).empty()) {
      kept = free_kept_ref(workspace, id, 1);
      const std::string head = git::output(path, {"rev-parse", "HEAD"});
      const auto refused = workspace.refs().change({{*kept, "", head}});
      if (refused) fail("cannot keep the resolution of {}: {}", id, *refused);
    }
    fault_point("scratch kept");
    const auto inner = git::repositories_within(path);
    if (!inner.empty()) {
      git::let_go_of_worktree(path);
      lines.push_back(fmt::format("the worktree '{}' stays: '{}' in it is a repository", path,
                                  printable_line(inner.front())));
      continue;
    }
    const FileLock lock = git::worktree_lock(workspace.repository());
    const auto result = process::run(git::remove_command(workspace.repository(), path));
    if (!process::succeeded(result.outcome)) git::fail_git("git worktree remove", result);
    fault_point("scratch removed");
    lines.push_back(fmt::format("removed the worktree '{}'{}", path,
                                kept ? ", what was in it is kept as " + *kept : ""));
  }
  return lines;
}

std::vector<std::string> put_stale_scratch_aside(Workspace& workspace) {
  std::vector<std::string> lines;
  for (const git::Marking& marking : git::marked_worktrees(workspace.repository())) {
    if (marking.owner != git::Owner::scratch) continue;
    const auto parked = find_parked(workspace, marking.spec);
    if (parked && parked->scratch == marking.worktree) continue;
    for (std::string& line : put_scratch_aside(workspace, marking.spec)) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

std::vector<std::string> drop_parked(Workspace& workspace, const std::string& id) {
  std::vector<std::string> lines = put_scratch_aside(workspace, id);
  const std::vector<git::RefChange> changes = unpark(workspace, id);
  if (changes.empty()) return lines;
  const auto refused = workspace.refs().change(changes);
  if (refused) fail("cannot drop what parks {}: {}", id, *refused);
  return lines;
}

namespace {

void remove_worktree(Workspace& workspace, const std::filesystem::path& worktree) {
  const FileLock lock = git::worktree_lock(workspace.repository());
  const auto result = process::run(git::remove_command(workspace.repository(), worktree));
  if (!process::succeeded(result.outcome)) git::fail_git("git worktree remove", result);
  fault_point("worktree removed");
}

// Saves what is in a worktree of ours, and removes it; a line for each.
void put_worktree_aside(Workspace& workspace, const std::string& id,
                        const std::filesystem::path& worktree, std::vector<std::string>& lines) {
  if (const auto kept = keep_leftovers(workspace, id, worktree, 1)) {
    lines.push_back(
        fmt::format("uncommitted work in '{}' is kept as {}", worktree.string(), *kept));
  }
  const auto inner = git::repositories_within(worktree);
  if (!inner.empty()) {
    git::let_go_of_worktree(worktree);
    lines.push_back(fmt::format("the worktree '{}' stays, on no branch: '{}' in it is a repository",
                                worktree.string(), printable_line(inner.front())));
    return;
  }
  remove_worktree(workspace, worktree);
  lines.push_back(fmt::format("removed the worktree '{}'", worktree.string()));
}

}  // namespace

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
    put_worktree_aside(workspace, id, worktree.path, lines);
  }
  return lines;
}

Released release_branches(Workspace& workspace, const std::set<std::string>& branches) {
  const git::Repository& repository = workspace.repository();
  Released released;
  std::vector<git::Marking> markings;
  bool is_read = false;
  for (const git::Worktree& worktree : git::list_worktrees(repository)) {
    if (branches.count(worktree.branch) == 0) continue;
    if (worktree.prunable) {
      const FileLock lock = git::worktree_lock(repository);
      (void)process::run(git::remove_command(repository, worktree.path));
      continue;
    }
    if (!is_read) markings = git::marked_worktrees(repository);
    is_read = true;
    const auto mark = std::find_if(markings.begin(), markings.end(), [&](const git::Marking& m) {
      return m.worktree == worktree.path;
    });
    const bool ours = mark != markings.end() && mark->owner == git::Owner::run &&
                      !is_locked(claim_path(repository, mark->spec));
    if (ours) {
      put_worktree_aside(workspace, mark->spec, worktree.path, released.lines);
    } else {
      released.held[worktree.branch] = worktree.path;
    }
  }
  return released;
}

}  // namespace chant::record
