#include "record/finalize.h"

#include "git/run.h"
#include "git/tree.h"
#include "record/branch_work.h"
#include "record/candidate.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/target.h"
#include "record/task.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace chant::record {
namespace {

[[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) {
  throw Error(why, hint, Exit::no);
}

std::string regex_quoted(const std::string& id) {
  std::string quoted;
  for (const char c : id) {
    if (c == '.') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

void require_ticked(const spec::Spec& spec) {
  if (spec.criteria_policy == "ignore" || spec.unticked() == 0) return;
  refuse(fmt::format("{} is not done: {}", spec.id, open_criteria(spec)));
}

}  // namespace

std::string open_criteria(const spec::Spec& spec) {
  const auto open = std::find_if(spec.criteria.begin(), spec.criteria.end(),
                                 [](const spec::Criterion& c) { return !c.ticked; });
  return fmt::format(
      "{} {} open, the first at {}:{}: {}",
      spec.unticked() == 1 ? "1 criterion" : fmt::format("{} criteria", spec.unticked()),
      spec.unticked() == 1 ? "is" : "are", spec_path(spec.id), open->line,
      printable_line(open->text));
}

std::vector<std::string> find_named_commits(Workspace& workspace, const std::string& target_tip,
                                            const std::string& id) {
  const auto search = [&](const std::string& pattern) {
    std::vector<std::string> found =
        split(git::output(workspace.repository().top_level,
                          {"rev-list", "--no-merges", "--reverse", "--extended-regexp", "--grep",
                           pattern, target_tip, "--"}),
              '\n');
    found.erase(std::remove_if(found.begin(), found.end(),
                               [&](const std::string& oid) {
                                 return oid.empty() ||
                                        is_seal(git::load_commit(workspace.store(), oid));
                               }),
                found.end());
    return found;
  };
  std::vector<std::string> commits = search("^Chant-Spec: " + regex_quoted(id) + "$");
  if (commits.empty()) commits = search("^chant\\(" + regex_quoted(id) + "\\):");
  return commits;
}

namespace {

// What the spec's branch shows about the target, and failing that what the target itself says.
journal::Finding find_work(Workspace& workspace, History& history, const Candidate& candidate) {
  const Findings before = workspace.journal().findings(workspace.find_target());
  journal::Finding none;
  if (candidate.tip.empty()) return none;
  Findings found = find_landings(workspace, history, {candidate}, before);
  return found.empty() ? none : found.begin()->second;
}

[[noreturn]] void refuse_unfound(History& history, const Candidate& candidate,
                                 const std::string& target) {
  if (!candidate.tip.empty() && !history.is_in_target(candidate.tip)) {
    refuse(fmt::format("the work of {} is not in '{}'", candidate.id, short_ref(target)),
           fmt::format("git merge {}", candidate.branch.empty() ? kept_ref(candidate.id, "tip")
                                                                : short_ref(candidate.branch)));
  }
  refuse(fmt::format("no commit in '{}' belongs to {}", short_ref(target), candidate.id),
         fmt::format("git chant work {}", candidate.id));
}

// A task of a list is final when its box is ticked, and its spec file gone.
Finalized settle_task(Workspace& workspace, const std::string& tip, const std::string& id,
                      std::vector<std::string> commits) {
  const Settled settled = settle_tasks(workspace, tip, std::set<std::string>{id});
  for (const auto* reasons : {&settled.waiting, &settled.gone}) {
    const auto why = reasons->find(id);
    if (why != reasons->end()) refuse(fmt::format("{}: {}", id, why->second));
  }
  return {std::move(commits), false};
}

}  // namespace

Finalized finalize(Workspace& workspace, const Snapshot& snapshot, const std::string& id) {
  require_quiet_checkout(workspace);
  const std::string target = workspace.require_target();
  std::string tip = snapshot.target_tip;
  const auto known = known_branches(workspace);
  const auto branch = known.find(id);
  const auto blobs = spec_blobs(workspace, tip);
  const auto blob = blobs.find(id);
  Candidate candidate =
      make_candidate(workspace, id, branch == known.end() ? KnownBranch{} : branch->second,
                     blob == blobs.end() ? "" : blob->second);
  if (!candidate.file && snapshot.items.at(id).spec.source) {
    refuse(
        fmt::format("{} is a task of a list, and its branch is not in '{}'", id, short_ref(target)),
        "git chant reconcile " + id);
  }
  if (!candidate.file) refuse(fmt::format("'{}' is not in '{}'", spec_path(id), short_ref(target)));
  const spec::Spec& file = *candidate.file;
  if (snapshot.items.at(id).facts.claimed) refuse(fmt::format("{} is being worked on", id));
  std::vector<BranchEnds> ends;
  if (!candidate.tip.empty()) ends.push_back(ends_of(workspace, tip, candidate));
  History history(workspace, tip, "", ends);
  if (!candidate.tip.empty()) read_arrival(workspace, history, candidate);
  journal::Finding finding = find_work(workspace, history, candidate);
  const bool complete =
      file.status == "completed" && !file.commits.empty() && !file.completed_at.empty();
  if (complete && (finding.state.empty() || finding.state == "landed")) {
    return file.source ? settle_task(workspace, tip, id, file.commits)
                       : Finalized{file.commits, true};
  }
  if (!finding.reason.empty() && !is_unrecorded(finding)) refuse(id + ": " + finding.reason);
  if (finding.commits.empty()) finding.commits = find_named_commits(workspace, tip, id);
  if (finding.commits.empty()) refuse_unfound(history, candidate, target);
  require_ticked(file);
  if (file.source) return settle_task(workspace, tip, id, finding.commits);
  finding.tip = candidate.tip;
  const auto outcome =
      commit_records(workspace, tip, {{id, recorded_text(history, finding, file), "finalize"}});
  if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
    fail("uncommitted changes in '{}' are in the way", join(obstacle->paths, "', '"));
  }
  if (const auto* moved = std::get_if<git::Moved>(&outcome)) fail("{}", moved->reason);
  return {finding.commits, false};
}

}  // namespace chant::record
