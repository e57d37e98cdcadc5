// What needs no judgement to be cleaned away.
#include "git/guard.h"
#include "git/run.h"
#include "git/worktree.h"
#include "land/passing.h"
#include "process/command.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/parked.h"
#include "record/snapshot.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"
#include "work/cleanup.h"
#include "work/scratch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

namespace chant::work {
namespace {

namespace fs = std::filesystem;

class Garbage {
 public:
  Garbage(record::Workspace& workspace, bool really)
      : workspace_(workspace), really_(really), snapshot_(record::take_snapshot(workspace)) {
    find_live_specs();
  }

  std::vector<std::string> run() {
    collect_worktrees();
    collect_lost_worktrees();
    collect_scratch();
    collect_branches();
    collect_files();
    return std::move(lines_);
  }

 private:
  void find_live_specs();
  void collect_worktrees();
  void collect_worktree(const git::Marking& marking);
  void collect_lost_worktrees();
  void collect_scratch();
  void collect_branches();
  void collect_branch(const std::string& id, const record::SpecBranch& branch);
  void collect_files();
  void remove_worktree(const fs::path& path, const std::string& what);
  [[nodiscard]] std::string reason_to_keep(const git::Marking& marking) const;
  void say(const std::string& what) {
    lines_.push_back((really_ ? "removed " : "would remove ") + what);
  }

  record::Workspace& workspace_;
  bool really_;
  record::Snapshot snapshot_;
  std::set<std::string> live_;  // ids of specs that a run has begun and may go on with
  std::set<fs::path> gone_;     // worktrees
  std::vector<std::string> lines_;
};

// A run that waits for an account holds no claim on the specs that it has put back.
void Garbage::find_live_specs() {
  const journal::Journal* journal = workspace_.find_journal();
  if (journal == nullptr) return;
  for (const journal::Run& run : journal->runs()) {
    if (run.ended != 0 || !process::is_running(static_cast<int>(run.pid))) continue;
    for (const journal::Attempt& attempt : journal->attempts_of_run(run.id)) {
      live_.insert(attempt.spec);
    }
  }
}

void Garbage::collect_worktrees() {
  for (const git::Marking& marking : git::marked_worktrees(workspace_.repository())) {
    if (marking.owner == git::Owner::run) collect_worktree(marking);
  }
}

// "" when nothing is lost with it.
std::string Garbage::reason_to_keep(const git::Marking& marking) const {
  const auto last = snapshot_.last.find(marking.spec);
  const std::string exit = last == snapshot_.last.end() ? "" : last->second.exit_class;
  if (exit == "tampered") return "its agent has tampered with the repository (git chant doctor)";
  if (!git::is_worktree_of(workspace_.repository(), marking.worktree)) {
    return "it does not lead to this repository (git chant doctor)";
  }
  if (const auto operation = git::operation_in_progress(git::git_directory_of(marking.worktree))) {
    return fmt::format("a {} is in progress in it", *operation);
  }
  const process::Result status = process::run(git::status_command(marking.worktree));
  if (!process::succeeded(status.outcome)) return git::error_words(status);
  if (!git::parse_status(status.out).entries.empty()) {
    return fmt::format("it has uncommitted work (git -C {} status)",
                       shell_quoted(marking.worktree.string()));
  }
  const auto inner = git::repositories_within(marking.worktree);
  if (!inner.empty()) return fmt::format("'{}' in it is a repository", printable_line(inner[0]));
  return record::unkept_commit(marking.worktree).empty() ? ""
                                                         : "it has a commit that is nowhere else";
}

void Garbage::collect_worktree(const git::Marking& marking) {
  const auto claim =
      FileLock::try_acquire(record::claim_path(workspace_.repository(), marking.spec));
  if (!claim || live_.count(marking.spec) > 0) return;
  std::error_code ignored;
  const bool is_here = fs::equivalent(marking.worktree, workspace_.repository().top_level, ignored);
  const std::string reason = is_here ? "you are in it" : reason_to_keep(marking);
  if (!reason.empty()) {
    lines_.push_back(fmt::format("kept the worktree '{}' of {}: {}", marking.worktree.string(),
                                 marking.spec, reason));
    return;
  }
  remove_worktree(marking.worktree,
                  fmt::format("the worktree '{}' of {}", marking.worktree.string(), marking.spec));
}

void Garbage::remove_worktree(const fs::path& path, const std::string& what) {
  if (really_) {
    const FileLock lock = git::worktree_lock(workspace_.repository());
    const auto result = process::run(git::remove_command(workspace_.repository(), path));
    if (!process::succeeded(result.outcome)) {
      lines_.push_back(fmt::format("cannot remove {}: {}", what, git::error_words(result)));
      return;
    }
  }
  gone_.insert(path);
  say(what);
}

// Git still knows worktrees of ours whose directory is gone.
void Garbage::collect_lost_worktrees() {
  for (const git::Worktree& worktree : git::list_worktrees(workspace_.repository())) {
    const bool ours =
        std::any_of(snapshot_.branches.begin(), snapshot_.branches.end(), [&](const auto& entry) {
          return entry.second.ours && entry.second.ref == worktree.branch &&
                 live_.count(entry.first) == 0;
        });
    if (!worktree.prunable || !ours) continue;
    remove_worktree(worktree.path, fmt::format("what git keeps of the worktree '{}', which is gone",
                                               worktree.path.string()));
  }
}

void Garbage::collect_scratch() {
  if (really_) {
    land::clear_passing_worktrees(workspace_);
    const std::size_t ended = clear_scratch(workspace_.repository());
    if (ended > 0)
      lines_.push_back(fmt::format("ended {} that a killed run left", counted(ended, "process")));
    for (std::string& line : record::put_stale_scratch_aside(workspace_)) {
      lines_.push_back(std::move(line));
    }
    return;
  }
  for (const git::Marking& marking : git::marked_worktrees(workspace_.repository())) {
    if (marking.owner != git::Owner::scratch) continue;
    const auto parked = snapshot_.parked.find(marking.spec);
    const bool used =
        parked != snapshot_.parked.end() && parked->second.scratch == marking.worktree;
    if (!used) say(fmt::format("the worktree '{}'", marking.worktree.string()));
  }
}

void Garbage::collect_branches() {
  for (const auto& [id, branch] : snapshot_.branches) {
    const spec::State state = snapshot_.states.at(id).state;
    if (!branch.ours || state == spec::State::in_progress || live_.count(id) > 0) continue;
    if (branch.ref != snapshot_.target) collect_branch(id, branch);
  }
}

// Nothing becomes unreachable: its tip is in the target, or is the fork point, or is kept.
void Garbage::collect_branch(const std::string& id, const record::SpecBranch& branch) {
  git::Store& store = workspace_.store();
  const bool completed = snapshot_.states.at(id).state == spec::State::completed;
  const bool in_target =
      !snapshot_.target_tip.empty() && store.is_ancestor(branch.tip, snapshot_.target_tip);
  const auto finding = snapshot_.findings.find(id);
  const bool landed = finding != snapshot_.findings.end() && finding->second.state == "landed" &&
                      finding->second.tip == branch.tip;
  const bool is_task = snapshot_.items.at(id).spec.source.has_value();
  const bool empty =
      store.find_ref(record::kept_ref(id, "base")) == branch.tip && (in_target || is_task);
  if (!(completed && (in_target || landed)) && !empty) return;
  const std::string name = record::short_ref(branch.ref);
  for (const git::Worktree& worktree : git::list_worktrees(workspace_.repository())) {
    if (worktree.branch != branch.ref || gone_.count(worktree.path) > 0) continue;
    if (!empty) {
      lines_.push_back(fmt::format("kept the branch {}: it is checked out in '{}'", name,
                                   worktree.path.string()));
    }
    return;
  }
  if (really_) {
    const auto claim = FileLock::try_acquire(record::claim_path(workspace_.repository(), id));
    if (!claim) return;
    std::vector<git::RefChange> changes = {{branch.ref, branch.tip, ""}};
    if (!in_target) changes.push_back({record::free_kept_ref(workspace_, id, 1), "", branch.tip});
    if (workspace_.refs().change(changes)) return;
  }
  say(fmt::format("the branch {}, which {}", name,
                  empty ? "had no commits of its own" : "has landed"));
}

// Of processes that were killed; what is young may be in use.
void Garbage::collect_files() {
  constexpr auto kOld = std::chrono::hours(24);
  const fs::path ours = workspace_.repository().chant_dir();
  std::size_t count = 0;
  const auto collect = [&](const fs::path& path) {
    std::error_code error;
    const auto time = fs::last_write_time(path, error);
    if (error || fs::file_time_type::clock::now() - time < kOld) return;
    ++count;
    if (really_) remove_tree(path);
  };
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(ours, ignored)) {
    if (entry.path().filename().string().compare(0, 5, "copy-") == 0) collect(entry.path());
  }
  for (const auto& entry : fs::directory_iterator(ours / "tmp", ignored)) collect(entry.path());
  if (count > 0) say(fmt::format("{} in '{}'", counted(count, "temporary file"), ours.string()));
}

}  // namespace

std::vector<std::string> collect_garbage(record::Workspace& workspace, bool really) {
  return Garbage(workspace, really).run();
}

}  // namespace chant::work
