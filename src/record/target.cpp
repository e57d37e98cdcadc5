#include "record/target.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {
namespace {

FileLock advance_lock(const git::Repository& repository) {
  return FileLock::acquire(repository.chant_dir() / "locks/advance.lock");
}

// The blob for a file of this checkout as git itself would store it (filters, line ends).
std::string hash_file(const git::Repository& repository, const std::string& path,
                      const std::string& text) {
  return git::output(repository.top_level, {"hash-object", "-w", "--path", path, "--stdin"}, text);
}

}  // namespace

void require_quiet_checkout(const Workspace& workspace) {
  if (const auto operation = git::operation_in_progress(workspace.repository().git_dir)) {
    const bool bisect = *operation == "bisect";
    throw Error(fmt::format("a {} is in progress in this checkout", *operation),
                bisect ? "git bisect reset" : fmt::format("git {} --abort", *operation));
  }
}

std::vector<std::filesystem::path> checkouts_of(Workspace& workspace, const std::string& ref) {
  std::vector<std::filesystem::path> paths;
  for (git::Worktree& worktree : git::list_worktrees(workspace.repository())) {
    if (worktree.branch == ref && !worktree.prunable) paths.push_back(std::move(worktree.path));
  }
  std::stable_partition(paths.begin(), paths.end(), [&](const std::filesystem::path& path) {
    return path == workspace.repository().top_level;
  });
  return paths;
}

git::AdvanceOutcome advance(Workspace& workspace, const std::string& spec,
                            const git::Advance& change) {
  const FileLock lock = advance_lock(workspace.repository());
  journal::Landing landing{0, spec, change.branch, change.from, change.to, {}};
  // Of a checkout where only the index changes, nothing is to be put back: its files are older.
  const std::size_t first = change.only_index.empty() || change.checkouts.empty() ? 0 : 1;
  for (std::size_t i = first; i < change.checkouts.size(); ++i) {
    landing.checkouts.push_back(change.checkouts[i].string());
  }
  const std::int64_t record = workspace.journal().begin_landing(landing);
  git::AdvanceOutcome outcome = git::advance_branch(workspace.store(), workspace.refs(), change);
  workspace.journal().end_landing(record);
  return outcome;
}

std::vector<std::string> recover_advances(Workspace& workspace) {
  std::vector<std::string> lines;
  journal::Journal* journal = workspace.find_journal();
  if (journal == nullptr || journal->open_landings().empty()) return lines;
  const FileLock lock = advance_lock(workspace.repository());
  for (const journal::Landing& landing : journal->open_landings()) {
    const auto tip = workspace.store().find_ref(landing.target);
    if (tip == landing.old_tip) {
      git::Advance change{landing.target, landing.old_tip, landing.new_tip, {}, {}, {}};
      change.checkouts.assign(landing.checkouts.begin(), landing.checkouts.end());
      git::put_back(change);
      lines.push_back(fmt::format("a landing of {} was interrupted; '{}' is as before",
                                  landing.spec, short_ref(landing.target)));
    }
    journal->end_landing(landing.id);
  }
  return lines;
}

git::AdvanceOutcome commit_records(Workspace& workspace, std::string& tip,
                                   const std::vector<Record>& records) {
  const std::string target = workspace.require_target();
  git::Store& store = workspace.store();
  git::Advance change{target, tip, tip, checkouts_of(workspace, target), {}, {}};
  for (const Record& record : records) {
    const std::string blob = store.write_object("blob", record.text);
    const std::string tree = git::tree_with_files(store, change.to, {{spec_path(record.id), blob}});
    change.to = git::make_commit(store, workspace.repository(), workspace.identity(), tree,
                                 {change.to}, seal_message(record.id, record.what));
  }
  git::AdvanceOutcome outcome = advance(workspace, records.front().id, change);
  if (std::holds_alternative<git::Advanced>(outcome)) tip = change.to;
  return outcome;
}

std::string commit_on_target(Workspace& workspace, const std::map<std::string, std::string>& files,
                             const std::string& message, Files where) {
  const git::Repository& repository = workspace.repository();
  const std::string target = workspace.require_target();
  const auto checkouts = checkouts_of(workspace, target);
  const bool here = where == Files::in_checkout && workspace.on_target();
  std::map<std::string, std::string> blobs;
  for (const auto& [path, text] : files) {
    blobs[path] = where == Files::in_checkout ? hash_file(repository, path, text)
                                              : workspace.store().write_object("blob", text);
  }
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto tip = workspace.store().find_ref(target);
    if (!tip) fail("the target branch '{}' does not exist", short_ref(target));
    const std::string tree = git::tree_with_files(workspace.store(), *tip, blobs);
    if (tree == git::load_commit(workspace.store(), *tip).tree) return *tip;
    git::Advance change{target, *tip, "", checkouts, {}, {}};
    change.to = git::make_commit(workspace.store(), repository, workspace.identity(), tree, {*tip},
                                 message);
    if (here) {
      for (const auto& [path, text] : files) change.only_index.push_back(path);
    }
    const auto outcome = advance(workspace, files.begin()->first, change);
    if (std::holds_alternative<git::Advanced>(outcome)) return change.to;
    if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
      fail("uncommitted changes in '{}' are in the way", join(obstacle->paths, "', '"));
    }
  }
  fail("'{}' keeps moving; nothing was committed", short_ref(target));
}

}  // namespace chant::record
