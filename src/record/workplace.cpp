#include "record/workplace.h"

#include "git/run.h"
#include "git/worktree.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/new_specs.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {
namespace {

namespace fs = std::filesystem;

FileLock claim(Workspace& workspace, const Snapshot& snapshot, const std::string& id) {
  auto lock = FileLock::try_acquire(claim_path(workspace.repository(), id));
  if (!lock || snapshot.items.at(id).facts.claimed) {
    throw Error(fmt::format("{} is being worked on", id), "git chant log -f " + id);
  }
  return std::move(*lock);
}

std::string branch_of(const Workspace& workspace, const Snapshot& snapshot, const std::string& id) {
  const auto known = snapshot.branches.find(id);
  return known != snapshot.branches.end()
             ? known->second.ref
             : branch_ref(workspace.config(), workspace.config().mode, id);
}

void require_open(const Snapshot& snapshot, const std::string& id, const std::string& branch) {
  const spec::Item& item = snapshot.items.at(id);
  const spec::State state = snapshot.states.at(id).state;
  if (!item.broken.empty()) throw Error(item.broken);
  if (state == spec::State::completed || state == spec::State::cancelled) {
    throw Error(fmt::format("{} is {}", id, spec::name_of(state)), "git chant reset " + id);
  }
  if (state == spec::State::driver) {
    throw Error(fmt::format("{} is a group: take one of its members", id), "git chant list");
  }
  if (item.spec.source && snapshot.branches.count(id) == 0) {
    throw Error(fmt::format("{} is a task of a list and has no branch", id),
                "git chant work --feature " + shell_quoted(item.spec.source->list));
  }
  if (item.facts.sealed && item.facts.parked.empty()) {
    throw Error(fmt::format("{} is finished: '{}' waits to land", id, short_ref(branch)),
                "git merge " + short_ref(branch));
  }
}

// The worktree that has the branch checked out, or that is marked for the spec: in the middle of
// a rebase no branch is checked out.
std::optional<git::Worktree> find_worktree(Workspace& workspace, const std::string& id,
                                           const std::string& branch) {
  const auto marked = git::marked_worktrees(workspace.repository());
  std::optional<git::Worktree> found;
  for (git::Worktree& worktree : git::list_worktrees(workspace.repository())) {
    const bool is_marked =
        worktree.branch.empty() && std::any_of(marked.begin(), marked.end(), [&](const auto& one) {
          return one.spec == id && one.worktree == worktree.path &&
                 one.owner != git::Owner::scratch;
        });
    if (worktree.branch == branch || (is_marked && !found)) found = std::move(worktree);
  }
  return found;
}

bool is_main(const git::Worktree& worktree) { return fs::is_directory(worktree.path / ".git"); }

void make_branch(Workspace& workspace, const std::string& id, const std::string& branch) {
  const auto tip = workspace.store().find_ref(workspace.require_target());
  if (!tip) fail("the target '{}' is gone", short_ref(workspace.require_target()));
  const auto refused =
      workspace.refs().change({{kept_ref(id, "base"), "*", *tip}, {branch, "", *tip}});
  if (refused) fail("cannot make the branch '{}': {}", short_ref(branch), *refused);
}

fs::path make_worktree(Workspace& workspace, const std::string& id, const std::string& branch) {
  const git::Repository& repository = workspace.repository();
  fs::path path;
  {
    const FileLock lock = git::worktree_lock(repository);
    path = git::make_worktree_directory(workspace.config().worktree_root, "chant-" + id);
    git::add_worktree(repository, path, short_ref(branch), id);
    git::mark_worktree(path, id, git::Owner::person);
  }
  const process::Result filled = process::run(git::populate_command(path));
  if (!process::succeeded(filled.outcome)) git::fail_git("git read-tree", filled);
  const std::string head = workspace.store().find_ref(branch).value_or("");
  workspace.hooks().run(path, "post-checkout", {std::string(head.size(), '0'), head, "1"});
  return path;
}

std::string listed(const std::vector<std::string>& paths) {
  constexpr std::size_t kShown = 5;
  const std::vector<std::string> first(
      paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, paths.size())));
  const std::string rest =
      paths.size() > kShown ? fmt::format(" and {} more", paths.size() - kShown) : "";
  return "'" + printable_line(join(first, "', '")) + "'" + rest;
}

void require_no_files(const fs::path& worktree, const std::string& id, Ignored ignored) {
  process::Command command = git::status_command(worktree);
  command.argv.emplace_back("--ignored=matching");
  const process::Result result = process::run(command);
  if (!process::succeeded(result.outcome)) git::fail_git("git status", result);
  std::vector<std::string> changed;
  for (const git::StatusEntry& entry : git::parse_status(result.out).entries) {
    changed.push_back(entry.path);
  }
  if (!changed.empty()) {
    throw Error(fmt::format("'{}' has uncommitted work in {}", worktree.string(), listed(changed)),
                fmt::format("git -C {} status", shell_quoted(worktree.string())));
  }
  std::vector<std::string> ignored_files;
  for (const std::string& line : split(result.out, '\0')) {
    if (line.compare(0, 2, "! ") == 0) ignored_files.push_back(line.substr(2));
  }
  if (ignored == Ignored::remove || ignored_files.empty()) return;
  throw Error(fmt::format("'{}' has files that git ignores and that would be lost: {}",
                          worktree.string(), listed(ignored_files)),
              "git chant worktree --remove --ignored " + id);
}

// Commits that only this worktree's HEAD keeps.
void require_no_lost_commits(const git::Worktree& worktree) {
  if (!worktree.branch.empty()) return;
  const std::string lost = unkept_commit(worktree.path);
  if (lost.empty()) return;
  throw Error(fmt::format("HEAD of '{}' is detached, and commit {} is on no branch",
                          worktree.path.string(), lost.substr(0, 10)),
              fmt::format("git branch <name> {}", lost.substr(0, 10)));
}

void require_removable(Workspace& workspace, const git::Worktree& worktree, const std::string& id,
                       Ignored ignored) {
  const std::string path = worktree.path.string();
  if (is_main(worktree)) fail("'{}' is the main checkout of the repository", path);
  if (workspace.repository().top_level == worktree.path) {
    throw Error(fmt::format("you are in '{}'", path),
                "cd " + shell_quoted(workspace.repository().common_dir.parent_path().string()));
  }
  const auto operation = git::operation_in_progress(git::git_directory_of(worktree.path));
  if (operation) {
    throw Error(fmt::format("a {} is in progress in '{}'", *operation, path),
                fmt::format("git -C {} status", shell_quoted(path)));
  }
  require_no_files(worktree.path, id, ignored);
  require_no_lost_commits(worktree);
}

// A branch without work of its own says nothing; one with work stays until it has landed and the
// spec is completed.
std::string remove_empty_branch(Workspace& workspace, const Snapshot& snapshot,
                                const std::string& id, const std::string& branch) {
  const auto tip = workspace.store().find_ref(branch);
  if (!tip) return "";
  const auto base = workspace.store().find_ref(kept_ref(id, "base"));
  const bool landed = snapshot.states.at(id).state == spec::State::completed &&
                      workspace.store().is_ancestor(*tip, snapshot.target_tip);
  if ((base != tip && !landed) || branch == snapshot.target ||
      workspace.refs().change({{branch, *tip, ""}})) {
    return fmt::format("branch {} stays", short_ref(branch));
  }
  return fmt::format("removed the branch {}, which had {}", short_ref(branch),
                     landed ? "landed" : "no commits of its own");
}

}  // namespace

std::map<std::string, std::string> specs_of_people(Workspace& workspace, const Snapshot& snapshot) {
  std::map<std::string, std::string> specs;
  for (const git::Marking& marking : git::marked_worktrees(workspace.repository())) {
    if (marking.owner == git::Owner::person && snapshot.items.count(marking.spec) > 0) {
      specs.emplace(marking.spec, "in '" + marking.worktree.string() + "'");
    }
  }
  for (const auto& [id, branch] : snapshot.branches) {
    if (branch.sealed || !branch.ours || specs.count(id) > 0) continue;
    if (workspace.store().find_ref(kept_ref(id, "base")) == branch.tip) continue;
    const journal::Journal* journal = workspace.find_journal();
    const auto attempts =
        journal == nullptr ? std::vector<journal::Attempt>{} : journal->attempts(id);
    const bool by_agent =
        std::any_of(attempts.begin(), attempts.end(),
                    [&, &ref = branch.ref](const auto& one) { return one.branch == ref; });
    if (!by_agent) specs.emplace(id, "on branch '" + short_ref(branch.ref) + "'");
  }
  return specs;
}

Workplace make_workplace(Workspace& workspace, const Snapshot& snapshot, const std::string& id) {
  const std::string branch = branch_of(workspace, snapshot, id);
  const FileLock held = claim(workspace, snapshot, id);
  require_open(snapshot, id, branch);
  Workplace place;
  auto worktree = find_worktree(workspace, id, branch);
  if (worktree && worktree->prunable) {
    const FileLock lock = git::worktree_lock(workspace.repository());
    const auto gone = process::run(git::remove_command(workspace.repository(), worktree->path));
    if (!process::succeeded(gone.outcome)) git::fail_git("git worktree remove", gone);
    worktree.reset();
  }
  if (worktree) {
    place.path = worktree->path;
    if (!is_main(*worktree)) git::mark_worktree(place.path, id, git::Owner::person);
    return place;
  }
  const bool is_task = snapshot.items.at(id).spec.source.has_value();
  const std::string line = is_task ? "" : commit_new_specs(workspace, snapshot, {id});
  if (!line.empty()) place.lines.push_back(line);
  if (!workspace.store().find_ref(branch)) {
    make_branch(workspace, id, branch);
    place.lines.push_back(fmt::format("made the branch {}", short_ref(branch)));
  }
  place.path = make_worktree(workspace, id, branch);
  return place;
}

std::vector<std::string> remove_workplace(Workspace& workspace, const Snapshot& snapshot,
                                          const std::string& id, Ignored ignored) {
  const std::string branch = branch_of(workspace, snapshot, id);
  const FileLock held = claim(workspace, snapshot, id);
  const auto worktree = find_worktree(workspace, id, branch);
  if (!worktree) {
    throw Error(fmt::format("{} has no worktree", id), "git chant worktree " + id);
  }
  if (!worktree->prunable) require_removable(workspace, *worktree, id, ignored);
  {
    const FileLock lock = git::worktree_lock(workspace.repository());
    // Without force: git looks again, and refuses what would be lost.
    (void)git::output(workspace.repository().top_level,
                      {"worktree", "remove", "--", worktree->path.string()});
  }
  std::vector<std::string> lines = {
      fmt::format("removed the worktree '{}'", worktree->path.string())};
  std::string line = remove_empty_branch(workspace, snapshot, id, branch);
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace chant::record
