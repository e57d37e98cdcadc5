#include "record/sweep.h"

#include "git/tree.h"
#include "record/branch_work.h"
#include "record/candidate.h"
#include "record/finalize.h"
#include "record/landing.h"
#include "record/names.h"
#include "record/origin.h"
#include "record/seal.h"
#include "record/seen.h"
#include "record/target.h"
#include "record/task.h"
#include "spec/id.h"
#include "util/error.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <set>

namespace chant::record {
namespace {

namespace fs = std::filesystem;
using journal::Finding;

class Sweep {
 public:
  Sweep(Workspace& workspace, std::string target, std::string tip, std::string seen)
      : workspace_(workspace),
        target_(std::move(target)),
        tip_(std::move(tip)),
        seen_(std::move(seen)),
        origin_(workspace, target_, seen_) {}

  // Returns false when something is to be tried again although the target does not move.
  [[nodiscard]] bool run();
  [[nodiscard]] const std::string& tip() const { return tip_; }
  [[nodiscard]] std::vector<std::string> take_lines() { return std::move(lines_); }

 private:
  void read_candidates();
  void add_reverted(History& history);
  [[nodiscard]] bool is_settled(const std::string& id, const std::string& tip);
  [[nodiscard]] bool is_in_stash(const std::string& path);
  void settle(History& history, Finding& finding);
  void write();
  void settle_merged_tasks();
  void wait(const std::vector<std::string>& paths, const std::string& why);
  void report();

  Workspace& workspace_;
  std::string target_, tip_, seen_;
  Origin origin_;
  Findings before_, now_;
  std::map<std::string, KnownBranch> known_;
  std::map<std::string, std::string> blobs_, seen_blobs_;  // of the spec files
  std::vector<Candidate> candidates_;
  std::map<std::string, Record> records_;
  std::vector<std::string> lines_;
};

// A landed spec whose file did not change since is not looked at again.
bool Sweep::is_settled(const std::string& id, const std::string& tip) {
  const auto known = before_.find(id);
  if (known == before_.end() || known->second.state != "landed" || known->second.tip != tip) {
    return false;
  }
  const auto old_blob = seen_blobs_.find(id);
  return old_blob != seen_blobs_.end() && blobs_.at(id) == old_blob->second;
}

void Sweep::read_candidates() {
  git::Store& store = workspace_.store();
  before_ = workspace_.journal().findings(target_);
  blobs_ = spec_blobs(workspace_, tip_);
  known_ = known_branches(workspace_);
  if (!seen_.empty() && store.find_object(seen_) && store.is_ancestor(seen_, tip_)) {
    seen_blobs_ = spec_blobs(workspace_, seen_);
  }
  for (const auto& [id, known] : known_) {
    if (blobs_.count(id) == 0 || !spec::is_valid_id(id)) continue;
    if (known.branch.empty() && known.seal.empty()) continue;
    if (is_locked(claim_path(workspace_.repository(), id))) continue;
    if (is_settled(id, known.seal.empty() ? known.branch_tip : known.seal)) {
      now_[id] = before_.at(id);
      continue;
    }
    Candidate candidate = make_candidate(workspace_, id, known, blobs_.at(id));
    if (candidate.tip.empty()) continue;  // a recorded tip that is no seal
    candidates_.push_back(std::move(candidate));
  }
}

// A revert of what landed need not touch the spec file.
void Sweep::add_reverted(History& history) {
  const Reverts reverts(history);
  for (auto settled = now_.begin(); settled != now_.end();) {
    const auto& [id, finding] = *settled;
    const bool reverted =
        !reverts.of(finding.arrival).empty() ||
        std::any_of(finding.commits.begin(), finding.commits.end(),
                    [&](const std::string& oid) { return !reverts.of(oid).empty(); });
    if (!reverted) {
      ++settled;
      continue;
    }
    candidates_.push_back(make_candidate(workspace_, id, known_.at(id), blobs_.at(id)));
    settled = now_.erase(settled);
  }
}

// True when git keeps the user's change of the file in an autostash, to be applied after a hook.
bool Sweep::is_in_stash(const std::string& path) {
  for (const char* name : {"MERGE_AUTOSTASH", "rebase-merge/autostash", "rebase-apply/autostash"}) {
    const auto text = find_file(workspace_.repository().git_dir / name, 4096);
    if (!text) continue;
    const std::string stash(trim(*text));
    if (!workspace_.store().find_object(stash)) continue;
    for (const std::string& parent : git::load_commit(workspace_.store(), stash).parents) {
      if (git::find_blob(workspace_.store(), stash, path) !=
          git::find_blob(workspace_.store(), parent, path)) {
        return true;
      }
    }
  }
  return false;
}

// Decides what is to be done about work that is there and not recorded.
void Sweep::settle(History& history, Finding& finding) {
  const auto candidate = std::find_if(candidates_.begin(), candidates_.end(),
                                      [&](const Candidate& c) { return c.id == finding.spec; });
  const spec::Spec& file = *candidate->file;
  const std::string& id = finding.spec;
  const auto old = before_.find(id);
  const bool known_local = old != before_.end() && old->second.tip == finding.tip &&
                           (old->second.state == "unticked" || old->second.state == "waiting");
  const std::string arrival = finding.arrival.empty() ? finding.commits.back() : finding.arrival;
  // A merge made here may bring work that landed elsewhere.
  const bool local = known_local || origin_.is_record_local(file) ||
                     (origin_.is_local(arrival) && origin_.is_local(finding.commits.back()));
  if (finding.state == "reverted") {
    if (!local || file.status != "completed") return;
    records_[id] = {id,
                    spec::with_changes(file, {{"status", spec::Value::of("pending")},
                                              {"commits", spec::Value::removed()},
                                              {"completed_at", spec::Value::removed()},
                                              {"model", spec::Value::removed()}}),
                    "reopen"};
    return;
  }
  if (!local) {
    finding.state = file.status == "completed" ? "landed" : "pulled";
    if (finding.state == "pulled") {
      finding.reason = fmt::format("its work came to '{}' from elsewhere and is not recorded",
                                   short_ref(target_));
    }
    return;
  }
  const bool ticked = file.criteria_policy == "ignore" || file.unticked() == 0;
  if (file.status != "completed" && !ticked) {
    finding.state = "unticked";
    finding.reason =
        fmt::format("its work is in '{}', but {}", short_ref(target_), open_criteria(file));
    return;
  }
  if (file.source) {  // settle_merged_tasks removes the file
    finding.state = "landed";
    return;
  }
  records_[id] = {id, recorded_text(history, finding, file), "finalize"};
}

void Sweep::wait(const std::vector<std::string>& paths, const std::string& why) {
  for (auto record = records_.begin(); record != records_.end();) {
    const std::string path = spec_path(record->first);
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) {
      ++record;
      continue;
    }
    Finding& finding = now_.at(record->first);
    finding.state = "waiting";
    finding.reason = fmt::format(
        "its work is in '{}', but {}", short_ref(target_),
        why.empty() ? fmt::format("uncommitted changes in '{}' are in the way", path) : why);
    record = records_.erase(record);
  }
}

void Sweep::write() {
  std::vector<std::string> stashed;
  for (const auto& [id, record] : records_) {
    if (is_in_stash(spec_path(id))) stashed.push_back(spec_path(id));
  }
  wait(stashed, "");
  while (!records_.empty()) {
    std::vector<Record> all;
    for (const auto& [id, record] : records_) all.push_back(record);
    const auto outcome = commit_records(workspace_, tip_, all);
    if (std::holds_alternative<git::Advanced>(outcome)) break;
    const std::size_t before = records_.size();
    if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) wait(obstacle->paths, "");
    if (records_.size() < before) continue;
    std::vector<std::string> rest;
    for (const auto& [id, record] : records_) rest.push_back(spec_path(id));
    return wait(rest, "that moves just now; the next git chant command records it");
  }
  for (const auto& [id, record] : records_) {
    Finding& finding = now_.at(id);
    if (record.what == "reopen") {
      lines_.push_back(fmt::format("reopened {}: {}", id, finding.reason));
      continue;
    }
    finding.state = "landed";
    std::string commits;
    for (const std::string& oid : finding.commits) commits += " " + abbreviated(oid);
    lines_.push_back(fmt::format("finalized {} (commits:{})", id, commits));
  }
}

// What a person has merged of tasks of lists: the list says that it is done, and no file does.
void Sweep::settle_merged_tasks() {
  std::set<std::string> ids;
  for (const Candidate& candidate : candidates_) {
    const auto finding = now_.find(candidate.id);
    const bool landed = finding != now_.end() && finding->second.state == "landed";
    if (!landed || !candidate.file || !candidate.file->source) continue;
    const std::string& list = candidate.file->source->list;
    if (is_in_stash(list)) {
      finding->second.state = "waiting";
      finding->second.reason =
          fmt::format("its work is in '{}', but uncommitted changes in '{}' are in the way",
                      short_ref(target_), printable_line(list));
    } else {
      ids.insert(candidate.id);
    }
  }
  if (ids.empty()) return;
  Settled settled = settle_tasks(workspace_, tip_, ids);
  tip_ = settled.tip;
  for (std::string& line : settled.lines) lines_.push_back(std::move(line));
  const auto leave = [&](const auto& reasons, const char* state, const std::string& next) {
    for (const auto& [id, why] : reasons) {
      Finding& finding = now_.at(id);
      finding.state = state;
      finding.reason = fmt::format("its work is in '{}', but {}", short_ref(target_), why);
      if (!next.empty()) finding.reason += fmt::format("{} '{}'", next, spec_path(id));
    }
  };
  leave(settled.waiting, "waiting", "");
  leave(settled.gone, "unticked", "; when that is as it should be, git rm");
}

// What is wrong is said when it is found, not by every command again.
void Sweep::report() {
  for (const auto& [id, finding] : now_) {
    const auto old = before_.find(id);
    const bool is_new = old == before_.end() || old->second.reason != finding.reason;
    if (finding.reason.empty() || !is_new || records_.count(id) > 0) continue;
    lines_.push_back(fmt::format("{}: {}", id, finding.reason));
  }
}

bool Sweep::run() {
  read_candidates();
  std::vector<BranchEnds> branches;
  for (const Candidate& candidate : candidates_) {
    branches.push_back(ends_of(workspace_, tip_, candidate));
  }
  // A part that came earlier counts with what came now.
  const bool in_parts =
      std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& candidate) {
        const auto old = before_.find(candidate.id);
        return old != before_.end() &&
               (old->second.state == "partial" || old->second.state == "unclear");
      });
  History history(workspace_, tip_, in_parts ? "" : seen_, branches);
  add_reverted(history);
  for (Candidate& candidate : candidates_) read_arrival(workspace_, history, candidate);
  for (auto& [id, finding] : find_landings(workspace_, history, candidates_, before_)) {
    const auto old = before_.find(id);
    if (old != before_.end() && finding.arrival.empty()) finding.arrival = old->second.arrival;
    now_[id] = std::move(finding);
    Finding& kept = now_[id];
    if (is_unrecorded(kept) || kept.state == "reverted") {
      if (!kept.commits.empty()) settle(history, kept);
    }
  }
  write();
  settle_merged_tasks();
  report();
  // What landed stays known after its branch was deleted.
  for (const auto& [id, finding] : before_) {
    const bool judged = std::any_of(candidates_.begin(), candidates_.end(),
                                    [&, &spec = id](const Candidate& c) { return c.id == spec; });
    if (finding.state == "landed" && !judged) now_.emplace(id, finding);
  }
  std::vector<Finding> all;
  for (const auto& [id, finding] : now_) all.push_back(finding);
  workspace_.journal().set_findings(target_, all);
  return std::none_of(all.begin(), all.end(),
                      [](const Finding& finding) { return finding.state == "waiting"; });
}

bool is_writable(const fs::path& chant_dir) {
  std::error_code ignored;
  const fs::path place = fs::exists(chant_dir, ignored) ? chant_dir : chant_dir.parent_path();
  return access(place.c_str(), W_OK) == 0;
}

// True in the hooks of the last commit of a cherry-pick: what is picked is at the tip, and nothing
// comes after it.
bool is_last_pick(Workspace& workspace, const std::string& tip) {
  const fs::path& git_dir = workspace.repository().git_dir;
  const auto picked = find_file(git_dir / "CHERRY_PICK_HEAD", 4096);
  const auto todo = find_file(git_dir / "sequencer/todo", std::size_t{64} * 1024);
  if (!picked || !workspace.store().find_object(std::string(trim(*picked)))) return false;
  if (todo && split(trim(*todo), '\n').size() > 1) return false;
  const git::Commit source = git::load_commit(workspace.store(), std::string(trim(*picked)));
  const git::Commit made = git::load_commit(workspace.store(), tip);
  const auto subject = [](const git::Commit& commit) {
    return commit.message.substr(0, commit.message.find('\n'));
  };
  return made.author == source.author && subject(made) == subject(source);
}

// A merge that is done counts as over, although git removes its files only after its hooks; a
// rebase is over when HEAD is on a branch again.
bool is_quiet(Workspace& workspace, const std::string& tip) {
  const git::Repository& repository = workspace.repository();
  const auto operation = git::operation_in_progress(repository.git_dir);
  if (!operation) return true;
  std::error_code ignored;
  if (*operation == "rebase") {
    return !repository.head_ref.empty() &&
           !fs::exists(repository.git_dir / "rebase-apply/applying", ignored);
  }
  if (!workspace.on_target()) return false;
  if (*operation == "cherry-pick") return is_last_pick(workspace, tip);
  if (*operation != "merge") return false;
  const auto heads = git::merge_heads(repository.git_dir);
  const auto parents = git::load_commit(workspace.store(), tip).parents;
  return !heads.empty() && std::all_of(heads.begin(), heads.end(), [&](const std::string& head) {
    return std::find(parents.begin(), parents.end(), head) != parents.end();
  });
}

Seen current_settings(const Workspace& workspace, Seen seen) {
  const config::Config& config = workspace.config();
  seen.target = config.target.empty() ? "" : "refs/heads/" + config.target;
  seen.prefixes = {branch_ref(config, config::BranchMode::direct, ""),
                   branch_ref(config, config::BranchMode::branch, "")};
  return seen;
}

bool same_settings(const Seen& a, const Seen& b) {
  return a.target == b.target && a.prefixes == b.prefixes;
}

}  // namespace

std::vector<std::string> sweep(Workspace& workspace) {
  const fs::path chant_dir = workspace.repository().chant_dir();
  const std::string target = workspace.find_target();
  if (target.empty() || workspace.repository().head.empty() || !is_writable(chant_dir)) return {};
  Seen seen = load_seen(chant_dir);
  const Seen settings = current_settings(workspace, seen);
  if (settings.is_spec_branch(target)) return {};
  const auto tip_now = [&] {
    return workspace.on_target() ? workspace.repository().head
                                 : workspace.store().find_ref(target).value_or("");
  };
  if (tip_now().empty()) return {};
  if (seen.tip(target) == tip_now() && same_settings(seen, settings)) return {};
  workspace.expect_much();
  const FileLock lock = FileLock::acquire(chant_dir / "locks/sweep.lock");
  seen = current_settings(workspace, load_seen(chant_dir));
  const std::string tip = workspace.store().find_ref(target).value_or("");
  if (tip.empty() || !is_quiet(workspace, tip)) return {};
  if (seen.tip(target) == tip) {
    save_seen(chant_dir, seen);
    return {};
  }
  Sweep all(workspace, target, tip, seen.tip(target));
  if (all.run()) {
    seen.tips[target] = all.tip();
    save_seen(chant_dir, seen);
  }
  return all.take_lines();
}

}  // namespace chant::record
