#include "record/history.h"

#include "git/run.h"

#include <algorithm>
#include <utility>

namespace chant::record {

History::History(Workspace& workspace, std::string target_tip, const std::string& since,
                 const std::vector<BranchEnds>& branches)
    : workspace_(workspace), target_tip_(std::move(target_tip)) {
  if (!since.empty() && workspace_.store().find_object(since)) since_ = since;
  read_unmerged(branches);
  if (since_.empty()) since_ = oldest_fork(branches);
  read_added();
}

const git::Commit& History::commit(const std::string& oid) {
  auto found = commits_.find(oid);
  if (found == commits_.end()) {
    found = commits_.emplace(oid, git::load_commit(workspace_.store(), oid)).first;
  }
  return found->second;
}

void History::read_unmerged(const std::vector<BranchEnds>& branches) {
  std::vector<std::string> tips;
  for (const BranchEnds& branch : branches) tips.push_back(branch.tip);
  if (tips.empty()) return;
  std::size_t place = 0;
  for (std::string& oid : workspace_.store().commits_between(tips, {target_tip_})) {
    unmerged_.emplace(std::move(oid), place++);
  }
}

void History::read_added() {
  std::vector<std::string> excluded;
  if (!since_.empty()) excluded.push_back(since_);
  added_ = workspace_.store().commits_between({target_tip_}, excluded);
  const std::unordered_set<std::string> all(added_.begin(), added_.end());
  for (std::string oid = target_tip_; all.count(oid) > 0;) {
    chain_.push_back(oid);
    const auto& parents = commit(oid).parents;
    if (parents.empty()) break;
    oid = parents.front();
  }
  for (auto link = chain_.rbegin(); link != chain_.rend(); ++link) {
    std::vector<std::string> pending = {*link};
    while (!pending.empty()) {
      const std::string oid = std::move(pending.back());
      pending.pop_back();
      if (all.count(oid) == 0 || !arrivals_.emplace(oid, *link).second) continue;
      for (const std::string& parent : commit(oid).parents) pending.push_back(parent);
    }
  }
}

// The oldest, by its date, of the commits where branches left the target.
std::string History::oldest_fork(const std::vector<BranchEnds>& branches) {
  std::string oldest;
  for (const BranchEnds& branch : branches) {
    std::string found = branch.base;
    if (found.empty() || !is_in_target(found)) {
      found = unmerged_.count(branch.tip) > 0 ? fork(branch.tip) : branch.tip;
    }
    if (found.empty()) continue;
    const auto is_older = [&] {
      const std::int64_t apart = commit(found).committed - commit(oldest).committed;
      return apart < 0 || (apart == 0 && workspace_.store().is_ancestor(found, oldest));
    };
    if (oldest.empty() || (found != oldest && is_older())) oldest = found;
  }
  return oldest;
}

bool History::is_in_target(const std::string& oid) {
  if (unmerged_.count(oid) > 0) return false;
  if (is_added(oid) || oid == target_tip_) return true;
  auto known = in_target_.find(oid);
  if (known == in_target_.end()) {
    const bool answer = workspace_.store().find_object(oid).has_value() &&
                        workspace_.store().is_ancestor(oid, target_tip_);
    known = in_target_.emplace(oid, answer).first;
  }
  return known->second;
}

std::unordered_set<std::string> History::reach(const std::string& tip,
                                               std::vector<std::string>& border) {
  std::unordered_set<std::string> visited;
  std::vector<std::string> pending = {tip};
  while (!pending.empty()) {
    std::string oid = std::move(pending.back());
    pending.pop_back();
    if (unmerged_.count(oid) == 0) {
      if (std::find(border.begin(), border.end(), oid) == border.end()) border.push_back(oid);
      continue;
    }
    if (!visited.insert(oid).second) continue;
    for (const std::string& parent : commit(oid).parents) pending.push_back(parent);
  }
  return visited;
}

std::vector<std::string> History::unmerged(const std::string& tip) {
  std::vector<std::string> border;
  const auto visited = reach(tip, border);
  std::vector<std::string> own(visited.begin(), visited.end());
  std::sort(own.begin(), own.end(), [&](const std::string& a, const std::string& b) {
    return unmerged_.at(a) < unmerged_.at(b);
  });
  return own;
}

std::string History::fork(const std::string& tip) {
  std::vector<std::string> border;
  (void)reach(tip, border);
  if (border.size() == 1) return border.front();
  if (border.empty()) return "";
  const process::Result base =
      git::run(workspace_.repository().top_level, {"merge-base", target_tip_, tip});
  return base.out.substr(0, base.out.find('\n'));
}

}  // namespace chant::record
