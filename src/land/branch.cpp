#include "land/branch.h"

#include "git/tree.h"
#include "record/branch_work.h"
#include "record/names.h"
#include "record/seal.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace chant::land {
namespace {

constexpr const char* kSpecTrailer = "Chant-Spec";

bool names(const git::Commit& commit, const std::string& id) {
  const auto ids = record::mentioned(commit.message, kSpecTrailer);
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// The spec that a branch is named after, with any prefix; "" when there is none.
std::string named_after(const std::string& branch, const record::Snapshot& snapshot) {
  for (std::size_t at = 0; at < branch.size(); ++at) {
    const bool begins = at == 0 || std::isalnum(static_cast<unsigned char>(branch[at - 1])) == 0;
    if (begins && snapshot.items.count(branch.substr(at)) > 0) return branch.substr(at);
  }
  return "";
}

void add_by_journal(record::Workspace& workspace, const record::Snapshot& snapshot,
                    const std::string& target, Branches& branches) {
  for (const auto& [id, attempt] : snapshot.last) {
    if (attempt.branch.empty() || attempt.branch == target || branches.count(id) > 0) continue;
    if (snapshot.items.count(id) == 0) continue;
    const auto tip = workspace.store().find_ref(attempt.branch);
    if (tip) branches[id] = {{attempt.branch, *tip, false, true}};
  }
}

void add_by_trailer(record::Workspace& workspace, const record::Snapshot& snapshot,
                    const std::string& target, const std::string& target_tip, Branches& branches) {
  git::Store& store = workspace.store();
  Branches found;
  for (const git::Ref& ref : store.refs({"refs/heads/"})) {
    const std::string id = named_after(record::short_ref(ref.name), snapshot);
    if (id.empty() || ref.name == target || branches.count(id) > 0) continue;
    const auto commits = store.commits_between({ref.oid}, {target_tip});
    if (std::any_of(commits.begin(), commits.end(), [&](const std::string& oid) {
          return names(git::load_commit(store, oid), id);
        })) {
      found[id].push_back({ref.name, ref.oid, false, false});
    }
  }
  branches.merge(found);
}

// The commits that a branch has and the target has not.
class Unmerged {
 public:
  Unmerged(record::Workspace& workspace, const std::string& tip, const std::string& target_tip)
      : order_(workspace.store().commits_between({tip}, {target_tip})) {
    for (const std::string& oid : order_) {
      commits_.emplace(oid, git::load_commit(workspace.store(), oid));
    }
  }

  [[nodiscard]] bool empty() const { return order_.empty(); }
  [[nodiscard]] bool has(const std::string& oid) const { return commits_.count(oid) > 0; }
  [[nodiscard]] const git::Commit& at(const std::string& oid) const { return commits_.at(oid); }

  // False for a branch with a beginning of its own.
  [[nodiscard]] bool is_related() const {
    return std::any_of(commits_.begin(), commits_.end(), [this](const auto& commit) {
      const auto& parents = commit.second.parents;
      return std::any_of(parents.begin(), parents.end(),
                         [this](const std::string& parent) { return !has(parent); });
    });
  }

  // Those that are reached from none of `excluded`, oldest first.
  [[nodiscard]] std::vector<std::string> without(std::vector<std::string> excluded) const {
    std::unordered_set<std::string> below;
    while (!excluded.empty()) {
      const std::string oid = std::move(excluded.back());
      excluded.pop_back();
      if (!has(oid) || !below.insert(oid).second) continue;
      for (const std::string& parent : at(oid).parents) excluded.push_back(parent);
    }
    std::vector<std::string> rest;
    std::copy_if(order_.begin(), order_.end(), std::back_inserter(rest),
                 [&](const std::string& oid) { return below.count(oid) == 0; });
    return rest;
  }

 private:
  std::vector<std::string> order_;
  std::unordered_map<std::string, git::Commit> commits_;
};

// What a commit changes; a merge, only what it has from none of its parents.
std::set<std::string> changed_by(git::Store& store, const git::Commit& commit) {
  std::vector<std::string> before;
  for (const std::string& parent : commit.parents) {
    before.push_back(git::load_commit(store, parent).tree);
  }
  if (before.empty()) before.emplace_back();
  std::set<std::string> changed;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto paths = git::changed_trees(store, before[i], commit.tree, "");
    const std::set<std::string> here(paths.begin(), paths.end());
    if (i == 0) {
      changed = here;
    } else {
      std::erase_if(changed, [&](const std::string& path) { return here.count(path) == 0; });
    }
  }
  return changed;
}

// "" when the commit is the spec's own and keeps to what is its own.
std::string problem_of(const std::string& id, const std::string& oid, const git::Commit& commit,
                       const std::set<std::string>& changed) {
  const auto ids = record::mentioned(commit.message, kSpecTrailer);
  if (commit.parents.size() < 2 && !ids.empty() && !names(commit, id)) {
    return fmt::format("its branch has a commit of '{}', too: {}", printable_line(ids.front()),
                       record::abbreviated(oid));
  }
  for (const std::string& path : changed) {
    const bool is_ours = path == ".chant" || path.starts_with(".chant/");
    if (is_ours && path != record::spec_path(id)) {
      return fmt::format("its commit {} changes '{}', which is not its own spec",
                         record::abbreviated(oid), printable_line(path));
    }
  }
  return "";
}

}  // namespace

Branches find_branches(record::Workspace& workspace, const record::Snapshot& snapshot,
                       const std::string& target, const std::string& target_tip) {
  Branches branches;
  for (const auto& [id, branch] : snapshot.branches) {
    if (branch.ref == target) continue;
    const auto sealed = branch.sealed ? std::nullopt : record::find_sealed_branch(workspace, id);
    branches[id] = {sealed && sealed->ref != target ? *sealed : branch};
  }
  add_by_journal(workspace, snapshot, target, branches);
  add_by_trailer(workspace, snapshot, target, target_tip, branches);
  return branches;
}

SpecTips find_spec_tips(record::Workspace& workspace, const Branches& branches) {
  constexpr std::string_view kKept = "refs/chant/spec/";
  std::map<std::string, std::string> bases;
  std::set<std::pair<std::string, std::string>> all;  // tip, id
  for (const git::Ref& ref : workspace.store().refs({std::string(kKept)})) {
    const auto slash = ref.name.rfind('/');
    if (slash < kKept.size()) continue;
    const std::string id = ref.name.substr(kKept.size(), slash - kKept.size());
    if (ref.name.ends_with("/base")) bases[id] = ref.oid;
    if (ref.name.ends_with("/tip")) all.emplace(ref.oid, id);
  }
  for (const auto& [id, found] : branches) {
    for (const record::SpecBranch& branch : found) all.emplace(branch.tip, id);
  }
  SpecTips tips;
  for (const auto& [tip, id] : all) {
    const auto base = bases.find(id);
    if (base == bases.end() || base->second != tip) tips.emplace(tip, id);
  }
  return tips;
}

BranchWork read_work(record::Workspace& workspace, const std::string& id, const std::string& tip,
                     const std::string& target_tip, const SpecTips& tips) {
  BranchWork work;
  const Unmerged unmerged(workspace, tip, target_tip);
  work.is_merged = unmerged.empty();
  if (work.is_merged) return work;
  if (!unmerged.is_related()) work.problem = "its branch has no history in common with the target";
  std::vector<std::string> excluded;
  if (const auto base = workspace.store().find_ref(record::kept_ref(id, "base"))) {
    excluded.push_back(*base);
  }
  for (const auto& [oid, other] : tips) {
    if (other == id || oid == tip || !unmerged.has(oid)) continue;
    if (names(unmerged.at(oid), id) && !names(unmerged.at(oid), other)) continue;
    work.others.emplace_back(other, oid);
    excluded.push_back(oid);
  }
  std::set<std::string> paths;
  for (const std::string& oid : unmerged.without(excluded)) {
    const git::Commit& commit = unmerged.at(oid);
    const auto changed = changed_by(workspace.store(), commit);
    if (work.problem.empty()) work.problem = problem_of(id, oid, commit, changed);
    if (record::is_seal(commit)) continue;
    paths.insert(changed.begin(), changed.end());
    work.commits.push_back(oid);
  }
  paths.erase(record::spec_path(id));
  work.paths.assign(paths.begin(), paths.end());
  return work;
}

}  // namespace chant::land
