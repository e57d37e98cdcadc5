// The entries of trees: read, compared, replaced. Most of a tree is the same from commit to commit,
// so what does not differ is never taken apart.
#pragma once

#include "git/store.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::git {

struct TreeEntry {
  std::string mode;  // "100644", "40000" …; "" = there is none
  std::string name;
  std::string oid;
};

// Throws Error when the object is absent or of another type.
[[nodiscard]] Object require_object(Store& store, const std::string& oid, std::string_view type);

[[nodiscard]] bool is_tree(const TreeEntry& entry);

// Throws Error when the object is absent, of another type or damaged.
[[nodiscard]] std::vector<TreeEntry> load_tree(Store& store, const std::string& oid);
// The entry of this name, or std::nullopt. As load_tree.
[[nodiscard]] std::optional<TreeEntry> find_named(Store& store, const std::string& tree,
                                                  const std::string& name);
// Adds a tree of these entries, in any order; its id.
[[nodiscard]] std::string write_tree(Store& store, std::vector<TreeEntry> entries);

// By name, the entries that are not the same in all these trees ("" = an empty one), in the order
// of the trees.
[[nodiscard]] std::map<std::string, std::vector<TreeEntry>> differing_entries(
    Store& store, const std::vector<std::string>& trees);

// Adds the tree ("" = an empty one) with these entries instead of those that have their names; its
// id. One without a mode goes.
[[nodiscard]] std::string replace_entries(Store& store, const std::string& tree,
                                          const std::map<std::string, TreeEntry>& entries);

}  // namespace chant::git
