#include "spec/dependency.h"

#include "spec/id.h"

#include <algorithm>
#include <unordered_set>

namespace chant::spec {

namespace {

bool is_below(std::string_view id, std::string_view driver) {
  return id.size() > driver.size() && id.substr(0, driver.size()) == driver &&
         id[driver.size()] == '.';
}

}  // namespace

void DependencyGraph::index_members() const {
  members_.emplace();
  for (const auto& [id, item] : all_) {
    if (item.spec.source) continue;  // ids of tasks only look like those of members
    if (const auto driver = find_driver(id)) (*members_)[*driver].push_back(id);
  }
}

std::optional<std::string> DependencyGraph::find_driver(std::string_view id) const {
  for (auto driver = driver_of(id); driver; driver = driver_of(*driver)) {
    if (all_.count(*driver) != 0) return driver;
  }
  return std::nullopt;
}

const std::vector<std::string>& DependencyGraph::members(const std::string& id) const {
  static const std::vector<std::string> kNone;
  if (!members_) index_members();
  const auto found = members_->find(id);
  return found == members_->end() ? kNone : found->second;
}

std::vector<std::string> DependencyGraph::lower_siblings(const std::string& id) const {
  const auto driver = driver_of(id);
  const auto number = member_number(id);
  std::vector<std::string> lower;
  if (!driver || !number) return lower;
  for (auto other = all_.lower_bound(*driver + "."); other != all_.end(); ++other) {
    if (!is_below(other->first, *driver)) break;
    if (driver_of(other->first) != driver) continue;
    if (member_number(other->first).value_or(*number) < *number) lower.push_back(other->first);
  }
  std::sort(lower.begin(), lower.end(), id_less);
  return lower;
}

std::vector<std::string> DependencyGraph::dependencies(const std::string& id,
                                                       const Spec& spec) const {
  std::vector<std::string> result;
  std::unordered_set<std::string> seen;
  const auto add = [&](const std::string& dependency) {
    if (seen.insert(dependency).second) result.push_back(dependency);
  };
  for (const auto& own : spec.depends_on ? *spec.depends_on : lower_siblings(id)) add(own);
  const auto driver = spec.source ? std::nullopt : find_driver(id);
  if (!driver) return result;
  // A driver may list its own members; for them that is no dependency.
  for (const auto& inherited : dependencies(*driver, all_.at(*driver).spec)) {
    if (!is_below(find(inherited).value_or(inherited), *driver)) add(inherited);
  }
  return result;
}

void DependencyGraph::index_suffixes() const {
  suffixes_.emplace();
  for (const auto& [id, item] : all_) {
    for (std::size_t at = 1; at < id.size(); ++at) {
      if (id[at - 1] != '-' && id[at - 1] != '.') continue;
      const auto [found, is_new] = suffixes_->try_emplace(id.substr(at), id);
      if (!is_new) found->second.clear();
    }
  }
}

std::optional<std::string> DependencyGraph::find(const std::string& dependency) const {
  if (all_.count(dependency) != 0) return dependency;
  if (!suffixes_) index_suffixes();
  const auto found = suffixes_->find(dependency);
  if (found == suffixes_->end() || found->second.empty()) return std::nullopt;
  return found->second;
}

bool DependencyGraph::is_ambiguous(const std::string& dependency) const {
  return !find(dependency) && suffixes_->count(dependency) != 0;
}

}  // namespace chant::spec
