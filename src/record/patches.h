// Comparing changes by content: `git patch-id --stable` over one `git diff-tree --stdin`, and
// merges that change nothing, over one `git merge-tree --stdin`. All questions of one sweep are
// asked together.
#pragma once

#include "record/workspace.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace chant::record {

// A change of the tree: of a commit to its first parent (`from` is empty), or from one tree to
// another.
struct Change {
  std::string from, to;
  [[nodiscard]] bool operator<(const Change& other) const {
    return std::pair(from, to) < std::pair(other.from, other.to);
  }
};

// The patch id of each change as far as it touches `paths`; a change that touches none of them,
// or that is a merge, has none. Files that are not text count with their object ids.
[[nodiscard]] std::map<Change, std::string> patch_ids(Workspace& workspace,
                                                      const std::vector<Change>& changes,
                                                      const std::set<std::string>& paths);

// Those of `tips` whose merge into `target_tip` leaves its tree as it is, apart from `.chant`.
[[nodiscard]] std::set<std::string> tips_without_change(Workspace& workspace,
                                                        const std::string& target_tip,
                                                        const std::vector<std::string>& tips);

}  // namespace chant::record
