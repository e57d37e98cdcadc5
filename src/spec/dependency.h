// What a spec waits for, with the ids in `depends_on` resolved. For this module only. Holds
// references to the map it was made from and throws nothing.
#pragma once

#include "spec/state.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chant::spec {

class DependencyGraph {
 public:
  explicit DependencyGraph(const std::map<std::string, Item>& all) : all_(all) {}

  // What the spec waits for, as written, without repetitions; see dependencies() in state.h.
  [[nodiscard]] std::vector<std::string> dependencies(const std::string& id,
                                                      const Spec& spec) const;

  // The id in the map that a dependency means: exact, else the only one it is a suffix of.
  [[nodiscard]] std::optional<std::string> find(const std::string& dependency) const;
  // True when a dependency is the suffix of several ids.
  [[nodiscard]] bool is_ambiguous(const std::string& dependency) const;

  // The specs that have this one as their nearest driver, in the order of the map.
  [[nodiscard]] const std::vector<std::string>& members(const std::string& id) const;

 private:
  [[nodiscard]] std::optional<std::string> find_driver(std::string_view id) const;
  [[nodiscard]] std::vector<std::string> lower_siblings(const std::string& id) const;
  void index_members() const;
  void index_suffixes() const;

  const std::map<std::string, Item>& all_;
  // Both are made when they are first asked for. Of the suffixes, "" stands for several ids.
  mutable std::optional<std::unordered_map<std::string, std::vector<std::string>>> members_;
  mutable std::optional<std::unordered_map<std::string, std::string>> suffixes_;
};

}  // namespace chant::spec
