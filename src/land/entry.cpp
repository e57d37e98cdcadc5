#include "land/entry.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "land/branch.h"
#include "record/branch_work.h"
#include "record/candidate.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/task.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace chant::land {
namespace {

class Taker {
 public:
  Taker(record::Workspace& workspace, const record::Snapshot& snapshot, std::string target,
        std::int64_t when)
      : workspace_(workspace),
        snapshot_(snapshot),
        target_(std::move(target)),
        when_(when),
        tip_(workspace.store().find_ref(target_).value_or("")) {
    if (tip_.empty()) fail("the branch '{}' is gone", record::short_ref(target_));
    files_ = record::spec_blobs(workspace_, tip_);
    boxes_.emplace(workspace_, tip_);
    branches_ = find_branches(workspace_, snapshot_, target_, tip_);
    reader_.emplace(workspace_, branches_, tip_);
    worktrees_ = git::list_worktrees(workspace_.repository());
    markings_ = git::marked_worktrees(workspace_.repository());
  }

  [[nodiscard]] Intake take(const std::vector<std::string>& ids);

 private:
  [[nodiscard]] std::string take_one(const std::string& id, bool named);
  [[nodiscard]] std::string why_not_by_state(const std::string& id, bool named);
  [[nodiscard]] std::string why_not_by_checkout(const std::string& id,
                                                const record::SpecBranch& branch);
  [[nodiscard]] std::string why_not_by_attempt(const std::string& id,
                                               const record::SpecBranch& branch);
  [[nodiscard]] std::string why_unfinished(const spec::Spec& file, bool named);
  void seal(const record::SpecBranch& branch, const spec::Spec& file, Entry& entry);
  [[nodiscard]] std::set<std::string> dependencies_of(const spec::Item& item);
  [[nodiscard]] std::set<std::string> needs_of(const std::string& id, const BranchWork& work);
  void settle_needs();
  [[nodiscard]] std::optional<spec::Spec> on_target(const std::string& id) const;
  [[nodiscard]] std::vector<std::string> members_of(const std::string& id) const;

  record::Workspace& workspace_;
  const record::Snapshot& snapshot_;
  std::string target_;
  std::int64_t when_;
  std::string tip_;
  std::map<std::string, std::string> files_;  // blobs of the target's spec files
  std::optional<record::Boxes> boxes_;        // of tasks, on the target
  Branches branches_;
  std::optional<WorkReader> reader_;
  std::vector<git::Worktree> worktrees_;
  std::vector<git::Marking> markings_;
  std::map<std::string, Entry> entries_;
  std::map<std::string, std::set<std::string>> needs_;  // ids, "" for one that does not exist
  std::map<std::string, std::string> left_out_;
};

std::optional<spec::Spec> Taker::on_target(const std::string& id) const {
  const auto blob = files_.find(id);
  if (blob == files_.end()) return std::nullopt;
  return record::load_spec(workspace_, id, blob->second);
}

std::string Taker::why_not_by_state(const std::string& id, bool named) {
  const spec::Item& item = snapshot_.items.at(id);
  if (!item.broken.empty()) return printable_line(item.broken);
  const auto file = on_target(id);
  if (file && file->status == "cancelled") return "it is cancelled";
  const auto finding = snapshot_.findings.find(id);
  const bool found = target_ == snapshot_.target && finding != snapshot_.findings.end();
  if (file && file->status == "completed") {
    if (found && !finding->second.reason.empty()) return finding->second.reason;
    return fmt::format("it has landed already: '{}' says completed", record::short_ref(target_));
  }
  if (item.spec.source && boxes_->is_done(*item.spec.source)) {
    const auto branch = branches_.find(id);
    const bool has_landed = found && finding->second.state == "landed" &&
                            branch != branches_.end() && branch->second.size() == 1 &&
                            branch->second.front().tip == finding->second.tip;
    if (has_landed) {
      return fmt::format("it has landed already: its box is ticked in '{}'",
                         record::short_ref(target_));
    }
  }
  if (item.spec.source && !named && boxes_->is_done(*item.spec.source)) {
    return fmt::format("its box is ticked already; git chant reconcile {} lands it", id);
  }
  if (snapshot_.states.at(id).state == spec::State::driver) return "it is a group";
  if (item.facts.claimed || is_locked(record::claim_path(workspace_.repository(), id))) {
    return "it is in progress";
  }
  if (!found) return "";
  const std::string& state = finding->second.state;
  if (state == "reverted" || state == "absent" || record::is_unrecorded(finding->second)) {
    return finding->second.reason;
  }
  return "";
}

// Nothing lands under the hands of a person who is at work on it.
std::string Taker::why_not_by_checkout(const std::string& id, const record::SpecBranch& branch) {
  for (const git::Worktree& worktree : worktrees_) {
    const auto marking = std::find_if(
        markings_.begin(), markings_.end(),
        [&](const git::Marking& one) { return one.worktree == worktree.path && one.spec == id; });
    const bool is_marked = marking != markings_.end();
    if (worktree.prunable || (worktree.branch != branch.ref && !is_marked)) continue;
    if (is_marked && marking->owner != git::Owner::person) continue;
    if (worktree.branch != branch.ref && !worktree.branch.empty()) continue;
    const auto operation = git::operation_in_progress(git::git_directory_of(worktree.path));
    if (operation) {
      return fmt::format("a {} is in progress in '{}'", *operation, worktree.path.string());
    }
    if (worktree.branch != branch.ref) continue;
    const process::Result result = process::run(git::status_command(worktree.path));
    if (!process::succeeded(result.outcome)) git::fail_git("git status", result);
    if (!git::parse_status(result.out).entries.empty()) {
      return fmt::format("'{}', which has it checked out, has uncommitted changes",
                         worktree.path.string());
    }
  }
  return "";
}

// What a failed attempt left is not finished work, until somebody went on from there.
std::string Taker::why_not_by_attempt(const std::string& id, const record::SpecBranch& branch) {
  const auto last = snapshot_.last.find(id);
  // Since it is parked, it is conflicts that agents have failed at.
  if (last == snapshot_.last.end() || snapshot_.parked.count(id) > 0) return "";
  const journal::Attempt& attempt = last->second;
  if (attempt.branch != branch.ref || attempt.exit_class == "ok") return "";
  if (!attempt.tip.empty() && attempt.tip != branch.tip) return "";
  return fmt::format("its last attempt {}", attempt.reason.empty()
                                                ? "was interrupted"
                                                : "failed: " + printable_line(attempt.reason));
}

std::string Taker::why_unfinished(const spec::Spec& file, bool named) {
  if (!named && file.criteria.empty()) return "nobody has finished it: it has no criteria";
  if (file.unticked() == 0 || (named && file.criteria_policy == "ignore")) return "";
  const auto open = std::find_if(file.criteria.begin(), file.criteria.end(),
                                 [](const spec::Criterion& one) { return !one.ticked; });
  return fmt::format("{} of its {} not ticked, the first: {}", file.unticked(),
                     file.criteria.size() == 1
                         ? "1 criterion is"
                         : fmt::format("{} criteria are", file.criteria.size()),
                     printable_line(open->text));
}

// The seal with what the branch has now: when there is none yet, or when somebody went on after it.
void Taker::seal(const record::SpecBranch& branch, const spec::Spec& file, Entry& entry) {
  record::Result result{{}, rfc3339(when_), file.model, ""};
  const auto is_listed = [&](const std::string& oid) {
    return std::any_of(file.commits.begin(), file.commits.end(), [&](const std::string& listed) {
      return listed.size() >= 7 && oid.starts_with(listed);
    });
  };
  bool complete = branch.sealed;
  if (branch.sealed) result.commits = file.commits;
  for (const std::string& oid : entry.commits) {
    const git::Commit commit = git::load_commit(workspace_.store(), oid);
    if (commit.parents.size() > 1 || (branch.sealed && is_listed(oid))) continue;
    result.commits.push_back(oid);
    complete = false;
    const auto models = record::mentioned(commit.message, "Chant-Model");
    if (!models.empty()) result.model = models.back();
  }
  if (complete) return;
  const auto direct = record::branch_ref(workspace_.config(), config::BranchMode::direct, entry.id);
  if (branch.ref != direct) result.branch = record::short_ref(branch.ref);
  entry.tip = record::make_seal(workspace_, entry.id, branch.tip, result, when_);
  entry.unsealed = true;
}

std::string Taker::take_one(const std::string& id, bool named) {
  std::string why = why_not_by_state(id, named);
  const auto found = branches_.find(id);
  if (!why.empty() || found == branches_.end()) return why.empty() ? "it has no branch" : why;
  if (found->second.size() > 1) {
    return fmt::format("'{}' and '{}' both have commits of it",
                       record::short_ref(found->second[0].ref),
                       record::short_ref(found->second[1].ref));
  }
  const record::SpecBranch& branch = found->second.front();
  const BranchWork work = reader_->read(id, branch.tip);
  if (work.is_merged) {
    return fmt::format("everything on '{}' is in '{}' already", record::short_ref(branch.ref),
                       record::short_ref(target_));
  }
  if (!work.problem.empty()) return work.problem;
  const auto file = record::load_spec_at(workspace_, id, branch.tip);
  if (!file) return fmt::format("'{}' on its branch is not a spec", record::spec_path(id));
  if (!branch.sealed) {
    if (!named) why = why_not_by_attempt(id, branch);
    if (why.empty() && work.commits.empty()) why = "its branch has no commits of its own";
    if (why.empty()) why = why_unfinished(*file, named);
  }
  if (why.empty()) why = why_not_by_checkout(id, branch);
  if (!why.empty()) return why;
  Entry entry{id,
              file->title,
              branch.ref,
              branch.tip,
              branch.tip,
              work.commits,
              {},
              {},
              work.fork,
              work.paths,
              git::load_commit(workspace_.store(), branch.tip).committed,
              false,
              record::find_source(workspace_, id, branch.tip)};
  for (const auto& [other, tip] : work.others) entry.stands_on.push_back(tip);
  needs_[id] = needs_of(id, work);
  seal(branch, *file, entry);
  entries_.emplace(id, std::move(entry));
  return "";
}

// The specs that a dependency means: itself, or the members of a group.
std::vector<std::string> Taker::members_of(const std::string& id) const {
  std::vector<std::string> members;
  const std::string prefix = id + ".";
  for (auto item = snapshot_.items.lower_bound(prefix);
       item != snapshot_.items.end() && item->first.starts_with(prefix); ++item) {
    const auto next = std::next(item);
    const bool is_group =
        next != snapshot_.items.end() && next->first.starts_with(item->first + ".");
    const bool is_task = item->second.spec.source.has_value();
    if (!is_group && !is_task) members.push_back(item->first);
  }
  return members.empty() ? std::vector{id} : members;
}

// Ids of what the spec itself says that it needs, "" for one that does not exist.
std::set<std::string> Taker::dependencies_of(const spec::Item& item) {
  std::set<std::string> needs;
  if (item.spec.source) {  // other tasks of the list need not be specs now
    const auto all = item.spec.depends_on.value_or(std::vector<std::string>{});
    const auto open = boxes_->still_needed(item.spec.id, *item.spec.source, all);
    return {open.begin(), open.end()};
  }
  const auto resolved = spec::resolved_dependencies(item, snapshot_.items);
  for (const std::string& dependency : resolved) {
    for (std::string& one : members_of(dependency)) needs.insert(std::move(one));
  }
  if (resolved.size() < spec::dependencies(item, snapshot_.items).size()) needs.insert("");
  return needs;
}

// Ids of what must land before it, or with it: what it depends on, and what its branch stands on.
std::set<std::string> Taker::needs_of(const std::string& id, const BranchWork& work) {
  std::set<std::string> needs = dependencies_of(snapshot_.items.at(id));
  for (const auto& [other, tip] : work.others) needs.insert(other);
  std::erase_if(needs, [&](const std::string& one) {
    const auto file = on_target(one);
    if (file) return file->status == "completed" || file->status == "cancelled";
    const auto source = one.empty() ? std::nullopt : record::find_source(workspace_, one);
    return source && boxes_->is_done(*source);
  });
  return needs;
}

// Nobody lands without what it needs; a circle of needs never begins.
void Taker::settle_needs() {
  std::set<std::string> accepted;
  for (bool progress = true; progress;) {
    progress = false;
    for (const auto& [id, needs] : needs_) {
      const bool all = std::all_of(needs.begin(), needs.end(),
                                   [&](const std::string& one) { return accepted.count(one) > 0; });
      if (all && accepted.insert(id).second) progress = true;
    }
  }
  for (const auto& [id, needs] : needs_) {
    if (accepted.count(id) > 0) {
      entries_.at(id).depends_on.assign(needs.begin(), needs.end());
      continue;
    }
    const auto missing = std::find_if(needs.begin(), needs.end(), [&](const std::string& one) {
      return accepted.count(one) == 0;
    });
    left_out_[id] = missing->empty()
                        ? "a dependency of it does not exist"
                        : fmt::format("it needs {}, which is neither completed nor here", *missing);
    entries_.erase(id);
  }
}

Intake Taker::take(const std::vector<std::string>& ids) {
  std::set<std::string> wanted(ids.begin(), ids.end());
  if (ids.empty()) {
    for (const auto& [id, branch] : branches_) wanted.insert(id);
  }
  for (const std::string& id : wanted) {
    std::string why = take_one(id, !ids.empty());
    if (!why.empty()) left_out_[id] = std::move(why);
  }
  settle_needs();
  Intake intake;
  for (auto& [id, entry] : entries_) intake.entries.push_back(std::move(entry));
  for (auto& [id, why] : left_out_) intake.left_out.push_back({id, std::move(why)});
  return intake;
}

}  // namespace

Intake take_in(record::Workspace& workspace, const record::Snapshot& snapshot,
               const std::string& target, const std::vector<std::string>& ids, std::int64_t when) {
  return Taker(workspace, snapshot, target, when).take(ids);
}

}  // namespace chant::land
