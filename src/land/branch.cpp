#include "land/branch.h"

#include "record/branch_work.h"
#include "record/names.h"
#include "record/seal.h"
#include "record/task.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

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

WorkReader::WorkReader(record::Workspace& workspace, const Branches& branches,
                       const std::string& target_tip)
    : workspace_(workspace) {
  std::vector<std::string> tips;
  for (const auto& [id, found] : branches) {
    for (const record::SpecBranch& branch : found) tips.push_back(branch.tip);
  }
  if (tips.empty()) return;
  for (std::string& oid : workspace_.store().commits_between(tips, {target_tip})) {
    Known known{git::load_commit(workspace_.store(), oid), unmerged_.size()};
    unmerged_.emplace(std::move(oid), std::move(known));
  }
  find_tips(branches);
  find_shared(branches);
}

void WorkReader::find_shared(const Branches& branches) {
  Oids seen;
  for (const auto& [id, found] : branches) {
    for (const record::SpecBranch& branch : found) {
      for (const std::string& oid : reach({branch.tip})) {
        if (!seen.insert(oid).second) shared_.insert(oid);
      }
    }
  }
}

std::string WorkReader::fork_of(const Oids& commits) const {
  std::string fork;
  for (const std::string& oid : commits) {
    if (shared_.count(oid) > 0) return "";
    for (const std::string& parent : unmerged_.at(oid).commit.parents) {
      if (unmerged_.count(parent) > 0 || parent == fork) continue;
      if (!fork.empty()) return "";
      fork = parent;
    }
  }
  return fork;
}

void WorkReader::find_tips(const Branches& branches) {
  constexpr std::string_view kKept = "refs/chant/spec/";
  std::map<std::string, std::string> bases;
  std::set<std::pair<std::string, std::string>> all;
  for (const git::Ref& ref : workspace_.store().refs({std::string(kKept)})) {
    const auto slash = ref.name.rfind('/');
    if (slash < kKept.size()) continue;
    const std::string id = ref.name.substr(kKept.size(), slash - kKept.size());
    if (ref.name.ends_with("/base")) bases[id] = ref.oid;
    if (ref.name.ends_with("/tip")) all.emplace(ref.oid, id);
  }
  for (const auto& [id, found] : branches) {
    for (const record::SpecBranch& branch : found) all.emplace(branch.tip, id);
  }
  for (const auto& [tip, id] : all) {
    const auto base = bases.find(id);
    const bool is_begun = base == bases.end() || base->second != tip;
    if (is_begun && unmerged_.count(tip) > 0) tips_.emplace(tip, id);
  }
}

WorkReader::Oids WorkReader::reach(std::vector<std::string> from) const {
  Oids reached;
  while (!from.empty()) {
    const auto known = unmerged_.find(from.back());
    from.pop_back();
    if (known == unmerged_.end() || !reached.insert(known->first).second) continue;
    const auto& parents = known->second.commit.parents;
    from.insert(from.end(), parents.begin(), parents.end());
  }
  return reached;
}

std::vector<std::string> WorkReader::sorted(const Oids& commits) const {
  std::vector<std::string> order(commits.begin(), commits.end());
  std::sort(order.begin(), order.end(), [this](const std::string& a, const std::string& b) {
    return unmerged_.at(a).place < unmerged_.at(b).place;
  });
  return order;
}

// False for a branch with a beginning of its own.
bool WorkReader::is_related(const Oids& commits) const {
  return std::any_of(commits.begin(), commits.end(), [this](const std::string& oid) {
    const auto& parents = unmerged_.at(oid).commit.parents;
    return std::any_of(parents.begin(), parents.end(),
                       [this](const std::string& parent) { return unmerged_.count(parent) == 0; });
  });
}

// What a commit changes; a merge, only what it has from none of its parents.
std::set<std::string> WorkReader::changed_by(const git::Commit& commit) {
  git::Store& store = workspace_.store();
  std::vector<std::string> before;
  for (const std::string& parent : commit.parents) {
    before.push_back(git::load_commit(store, parent).tree);
  }
  if (before.empty()) before.emplace_back();
  std::set<std::string> changed;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto paths = git::changed_trees(store, before[i], commit.tree, "");
    const std::set<std::string> here(paths.begin(), paths.end());
    if (i == 0) changed = here;
    std::erase_if(changed, [&](const std::string& path) { return here.count(path) == 0; });
  }
  return changed;
}

// The newest commits of other specs among these, where those branches have gone on since.
std::map<std::string, std::string> WorkReader::stands_on(const std::string& id,
                                                         const Oids& commits) const {
  std::map<std::string, Oids> reached;
  std::map<std::string, std::string> newest;
  for (const std::string& oid : sorted(commits)) {
    const git::Commit& commit = unmerged_.at(oid).commit;
    if (names(commit, id)) continue;
    for (const std::string& other : record::mentioned(commit.message, kSpecTrailer)) {
      if (reached.count(other) == 0) {
        std::vector<std::string> tips;
        for (const auto& [tip, owner] : tips_) {
          if (owner == other) tips.push_back(tip);
        }
        reached[other] = reach(std::move(tips));
      }
      if (reached[other].count(oid) > 0) newest[other] = oid;
    }
  }
  return newest;
}

// True when the tip has a file as one of the commits has it that these ones begin with.
bool WorkReader::is_as_before(const std::string& path, const Oids& commits,
                              const std::string& tip) {
  const auto blob_at = [&](const std::string& commit) {
    const auto entry = git::find_entry(workspace_.store(), commit, path);
    return entry ? entry->mode + entry->oid : "";
  };
  const std::string now = blob_at(tip);
  return std::any_of(commits.begin(), commits.end(), [&](const std::string& oid) {
    const auto& parents = unmerged_.at(oid).commit.parents;
    return std::any_of(parents.begin(), parents.end(), [&](const std::string& parent) {
      return commits.count(parent) == 0 && blob_at(parent) == now;
    });
  });
}

BranchWork WorkReader::read(const std::string& id, const std::string& tip) {
  BranchWork work;
  Oids here = reach({tip});
  work.is_merged = here.empty();
  if (work.is_merged) return work;
  work.fork = fork_of(here);
  if (!is_related(here)) work.problem = "its branch has no history in common with the target";
  std::vector<std::string> excluded;
  if (const auto base = workspace_.store().find_ref(record::kept_ref(id, "base"))) {
    if (here.count(*base) > 0) excluded.push_back(*base);
  }
  for (const auto& [oid, other] : tips_) {
    if (other == id || oid == tip || here.count(oid) == 0) continue;
    const git::Commit& commit = unmerged_.at(oid).commit;
    if (names(commit, id) && !names(commit, other)) continue;
    work.others.emplace_back(other, oid);
    excluded.push_back(oid);
  }
  for (const std::string& oid : reach(std::move(excluded))) here.erase(oid);
  for (auto& [other, oid] : stands_on(id, here)) {
    for (const std::string& known : reach({oid})) here.erase(known);
    work.others.emplace_back(other, std::move(oid));
  }
  std::set<std::string> paths;
  for (const std::string& oid : sorted(here)) {
    const git::Commit& commit = unmerged_.at(oid).commit;
    const auto changed = changed_by(commit);
    if (work.problem.empty()) work.problem = problem_of(id, oid, commit, changed);
    if (record::is_seal(commit)) continue;
    paths.insert(changed.begin(), changed.end());
    work.commits.push_back(oid);
  }
  const auto source = record::find_source(workspace_, id, tip);
  if (source && work.problem.empty() && paths.count(source->list) > 0 &&
      !is_as_before(source->list, here, tip)) {
    work.problem = fmt::format("its branch changes '{}', which only git chant ticks",
                               printable_line(source->list));
  }
  paths.erase(record::spec_path(id));
  work.paths.assign(paths.begin(), paths.end());
  return work;
}

}  // namespace chant::land
