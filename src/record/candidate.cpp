#include "record/candidate.h"

#include "git/reflog.h"
#include "record/branch_work.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/time.h"

namespace chant::record {

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
    const auto log = git::load_reflog(workspace.repository(), known.branch);
    if (!log.empty()) candidate.base = log.back().oid;
  }
  return candidate;
}

void read_arrival(Workspace& workspace, History& history, Candidate& candidate) {
  constexpr std::size_t kMaxEntries = 1000;
  if (!candidate.sealed_at.empty() || !history.is_in_target(candidate.tip)) return;
  git::Store& store = workspace.store();
  git::ReflogEntry with;
  std::size_t count = 0;
  for (git::ReflogEntry& entry :
       git::load_reflog(workspace.repository(), workspace.find_target())) {
    if (++count > kMaxEntries || !store.find_object(entry.oid)) return;
    if (!store.is_ancestor(candidate.tip, entry.oid)) {
      candidate.before = entry.oid;
      candidate.made_on_target =
          with.oid == candidate.tip && with.message.compare(0, 6, "commit") == 0;
      return;
    }
    with = std::move(entry);
  }
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
