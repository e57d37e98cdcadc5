#include "record/candidate.h"

#include "git/reflog.h"
#include "record/branch_work.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/time.h"

#include <optional>

namespace chant::record {
namespace {

constexpr std::size_t kMaxEntries = 1000;  // of a reflog that are looked at

// How the target came to have a commit: the entry that brought it, and the one before.
struct Arrival {
  git::ReflogEntry with, before;
};

std::optional<Arrival> find_arrival(Workspace& workspace, const std::string& commit) {
  git::Store& store = workspace.store();
  Arrival arrival;
  std::size_t count = 0;
  for (git::ReflogEntry& entry :
       git::load_reflog(workspace.repository(), workspace.find_target())) {
    if (++count > kMaxEntries || !store.find_object(entry.oid)) break;
    if (!store.is_ancestor(commit, entry.oid)) {
      arrival.before = std::move(entry);
      return arrival;
    }
    arrival.with = std::move(entry);
  }
  return std::nullopt;
}

// Where a branch began, by the oldest entry of its reflog; "" when that shows no beginning: a
// branch that was fetched, pushed here or made as a copy of its namesake, or an entry that is not
// the first.
std::string made_at(Workspace& workspace, const std::string& branch) {
  const auto log = git::load_reflog(workspace.repository(), branch);
  if (log.empty()) return "";
  const std::string& message = log.back().message;
  const bool is_beginning =
      message.empty() || message.starts_with("git chant") ||
      (message.starts_with("branch: Created from ") && !message.ends_with("/" + short_ref(branch)));
  return is_beginning ? log.back().oid : "";
}

}  // namespace

std::map<std::string, KnownBranch> known_branches(Workspace& workspace) {
  const std::string direct = branch_ref(workspace.config(), config::BranchMode::direct, "");
  const std::string prefix = branch_ref(workspace.config(), config::BranchMode::branch, "");
  const std::string kept = "refs/chant/spec/";
  std::map<std::string, KnownBranch> known;
  for (const git::Ref& ref : workspace.store().refs({direct, prefix, kept})) {
    const auto is_below = [&](const std::string& p) {
      return ref.name.compare(0, p.size(), p) == 0;
    };
    if (is_below(kept)) {
      const auto slash = ref.name.rfind('/');
      if (slash < kept.size()) continue;
      const std::string id = ref.name.substr(kept.size(), slash - kept.size());
      const std::string name = ref.name.substr(slash + 1);
      if (name == "tip") known[id].seal = ref.oid;
      if (name == "base") known[id].base = ref.oid;
      continue;
    }
    KnownBranch& spec = known[ref.name.substr((is_below(direct) ? direct : prefix).size())];
    if (!spec.branch.empty() && is_below(prefix)) continue;
    spec.branch = ref.name;
    spec.branch_tip = ref.oid;
  }
  return known;
}

std::map<std::string, std::string> spec_blobs(Workspace& workspace, const std::string& commit) {
  std::map<std::string, std::string> blobs;
  const auto directory = git::find_entry(workspace.store(), commit, ".chant/specs");
  if (!directory || directory->mode != "40000") return blobs;
  for (const git::TreeEntry& entry : git::load_tree(workspace.store(), directory->oid)) {
    if (entry.name.size() <= 3 || entry.mode.compare(0, 3, "100") != 0) continue;
    blobs[entry.name.substr(0, entry.name.size() - 3)] = entry.oid;
  }
  return blobs;
}

Candidate make_candidate(Workspace& workspace, const std::string& id, const KnownBranch& known,
                         const std::string& file) {
  Candidate candidate{id, known.branch, known.branch_tip, known.base, "", {}};
  candidate.file = load_spec(workspace, id, file);
  const auto seal = known.seal.empty() ? std::nullopt : load_spec_at(workspace, id, known.seal);
  if (seal && seal->status == "completed") {
    candidate.tip = known.seal;
    candidate.sealed_at = seal->completed_at;
  }
  if (candidate.base.empty() && !known.branch.empty()) {
    candidate.base = made_at(workspace, known.branch);
  }
  return candidate;
}

BranchEnds ends_of(Workspace& workspace, const std::string& target_tip,
                   const Candidate& candidate) {
  BranchEnds ends{candidate.tip, candidate.base};
  if (ends.base.empty() && workspace.store().is_ancestor(ends.tip, target_tip)) {
    const auto arrival = find_arrival(workspace, ends.tip);
    if (arrival) ends.base = arrival->before.oid;
  }
  return ends;
}

void read_arrival(Workspace& workspace, History& history, Candidate& candidate) {
  if (!candidate.sealed_at.empty() || !history.is_in_target(candidate.tip)) return;
  const auto arrival = find_arrival(workspace, candidate.tip);
  if (!arrival) return;
  candidate.before = arrival->before.oid;
  candidate.made_on_target =
      arrival->with.oid == candidate.tip && arrival->with.message.starts_with("commit");
}

std::string recorded_text(History& history, const journal::Finding& finding,
                          const spec::Spec& file) {
  if (file.status == "completed") {  // by ids that are not in the target
    std::vector<std::string> commits;
    for (const std::string& oid : finding.commits) commits.push_back(abbreviated(oid));
    return spec::with_changes(file, {{"commits", spec::Value::of(std::move(commits))}});
  }
  Result result{finding.commits, rfc3339(history.commit(finding.commits.back()).committed),
                file.model, ""};
  std::vector<std::string> sources = history.unmerged(finding.tip);
  sources.insert(sources.end(), finding.commits.begin(), finding.commits.end());
  for (const std::string& oid : sources) {
    const auto models = mentioned(history.commit(oid).message, "Chant-Model");
    if (!models.empty()) result.model = models.back();
  }
  return with_result(file, result);
}

}  // namespace chant::record
