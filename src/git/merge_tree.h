// Merging commits without a checkout: `git merge-tree --write-tree`, one at a time or many in one
// process. git's own merge decides everything (drivers, attributes, renames, renormalizing); its
// messages are read in their machine format, not as prose.
#pragma once

#include "git/store.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace chant::git {

struct ConflictedPath {
  std::string path;  // "" when the conflict is about no path: see merge_commits
  std::string kind;  // as git names it: "contents", "add/add", "modify/delete", "binary" …
  // Blobs of the merge base, of ours and of theirs; "" where a side has none.
  std::string base, ours, theirs;
};

struct TreeMerge {
  std::string tree;  // with conflict markers where it is not clean
  std::vector<ConflictedPath> conflicts;

  [[nodiscard]] bool clean() const { return conflicts.empty(); }
};

// The merge of two commits. `directory` is in a checkout: attributes and drivers are those of it.
// What git does not merge, such as commits without a common ancestor, is a conflict without a path.
// Throws Error when git fails.
[[nodiscard]] TreeMerge merge_commits(const std::filesystem::path& directory,
                                      const std::string& ours, const std::string& theirs);

// Many merges in one git process. Calls `each` in order with the index of the pair.
void merge_pairs(const std::filesystem::path& directory,
                 const std::vector<std::pair<std::string, std::string>>& pairs,
                 const std::function<void(std::size_t, const TreeMerge&)>& each);

// The change from tree `base` to tree `theirs` brought onto tree `ours`, as a cherry-pick does.
[[nodiscard]] TreeMerge merge_change(Store& store, const std::filesystem::path& directory,
                                     const std::string& base, const std::string& ours,
                                     const std::string& theirs);

}  // namespace chant::git
