#include "record/target.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "record/beside.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::record {
namespace {

FileLock advance_lock(const git::Repository& repository) {
  return FileLock::acquire(repository.chant_dir() / "locks/advance.lock");
}

// "<name> <from> <to>", with "-" for a ref that is absent.
std::string packed(git::Store& store, const git::RefChange& change) {
  const auto value = [](const std::string& oid) { return oid.empty() ? std::string("-") : oid; };
  const std::string from =
      change.from == "*" ? store.find_ref(change.name).value_or("") : change.from;
  return fmt::format("{} {} {}", change.name, value(from), value(change.to));
}

git::RefChange unpacked(const std::string& text) {
  std::vector<std::string> parts = split(text, ' ');
  parts.resize(3);
  const auto value = [](const std::string& word) { return word == "-" ? std::string() : word; };
  return {parts[0], value(parts[1]), value(parts[2])};
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

void require_quiet_checkouts(Workspace& workspace, const std::string& ref) {
  for (const std::filesystem::path& checkout : checkouts_of(workspace, ref)) {
    const auto operation = git::operation_in_progress(git::git_directory_of(checkout));
    if (!operation || *operation == "bisect") continue;
    throw Error(fmt::format("a {} is in progress in '{}'", *operation, checkout.string()),
                fmt::format("git {} --abort", *operation));
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

namespace {

// The refs that were to move with the target are where it says, or go there now.
void finish_changes(Workspace& workspace, const journal::Landing& landing) {
  std::vector<git::RefChange> open;
  for (const std::string& text : landing.changes) {
    git::RefChange change = unpacked(text);
    const std::string now = workspace.store().find_ref(change.name).value_or("");
    if (now != change.to && now == change.from) open.push_back(std::move(change));
  }
  if (open.empty()) return;
  if (const auto refused = workspace.refs().change(open)) {
    fail("cannot finish the landing of {}: {}", landing.spec, *refused);
  }
}

// A line when something was done.
std::string recover(Workspace& workspace, const journal::Landing& landing) {
  if (!git::remove_left_locks(landing.locks, static_cast<int>(landing.writer))) {
    return fmt::format("a landing of {} was interrupted, and its git process {} has refs locked",
                       landing.spec, landing.writer);
  }
  const auto tip = workspace.store().find_ref(landing.target);
  std::string line;
  if (tip == landing.old_tip && tip != landing.new_tip) {
    git::Advance change{landing.target, landing.old_tip, landing.new_tip, {}, {}, {}};
    change.checkouts.assign(landing.checkouts.begin(), landing.checkouts.end());
    git::put_back(workspace.store(), change);
    line = fmt::format("a landing of {} was interrupted; '{}' is as before", landing.spec,
                       short_ref(landing.target));
  } else if (tip == landing.new_tip) {
    finish_changes(workspace, landing);
    git::Advance change{landing.target, landing.old_tip, landing.new_tip, {}, {}, {}};
    change.checkouts.assign(landing.checkouts.begin(), landing.checkouts.end());
    (void)tick_beside(workspace, change, git::files_beside(workspace.store(), change));
  }
  workspace.journal().end_landing(landing.id);
  return line;
}

// The caller has the lock.
std::vector<std::string> recover_all(Workspace& workspace) {
  std::vector<std::string> lines;
  for (const journal::Landing& landing : workspace.journal().open_landings()) {
    std::string line = recover(workspace, landing);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

git::AdvanceOutcome advance(Workspace& workspace, const std::string& spec,
                            const git::Advance& change) {
  const FileLock lock = advance_lock(workspace.repository());
  (void)recover_all(workspace);  // nobody else is at it: what is open was left by the dead
  journal::Landing landing{0, spec, change.branch, change.from, change.to, {}};
  // Of a checkout where only the index changes, nothing is to be put back: its files are older.
  const std::size_t first = change.only_index.empty() || change.checkouts.empty() ? 0 : 1;
  for (std::size_t i = first; i < change.checkouts.size(); ++i) {
    landing.checkouts.push_back(change.checkouts[i].string());
  }
  std::vector<std::string> names = {change.branch};
  for (const git::RefChange& ref : change.with) {
    landing.changes.push_back(packed(workspace.store(), ref));
    names.push_back(ref.name);
  }
  journal::Journal& journal = workspace.journal();
  const std::int64_t record = journal.begin_landing(landing);
  fault_point("landing noted");
  git::Advance noted = change;
  noted.locked = [&] {
    journal.set_landing_locks(record, git::lock_files(workspace.repository(), names),
                              workspace.refs().process());
    fault_point("locks noted");
  };
  try {
    git::AdvanceOutcome outcome = git::advance_branch(workspace.store(), workspace.refs(), noted);
    fault_point("refs moved");
    if (auto* advanced = std::get_if<git::Advanced>(&outcome)) {
      advanced->notes = tick_beside(workspace, change, advanced->beside);
    }
    journal.end_landing(record);
    fault_point("landing ended");
    return outcome;
  } catch (const Error&) {  // git was killed
    (void)recover_all(workspace);
    throw;
  }
}

std::vector<std::string> recover_advances(Workspace& workspace) {
  journal::Journal* journal = workspace.find_journal();
  if (journal == nullptr || journal->open_landings().empty()) return {};
  const FileLock lock = advance_lock(workspace.repository());
  return recover_all(workspace);
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
