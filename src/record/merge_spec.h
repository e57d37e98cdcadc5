// Merging spec files by key where git merges them as text: for the merge driver, and for our own
// merges, where it works without being installed.
#pragma once

#include "record/workspace.h"
#include "spec/merge.h"

#include <filesystem>
#include <string>
#include <vector>

namespace chant::record {

// spec::merge with git's own merge for what is text. `directory`: where git looks for its
// configuration. Throws Error.
[[nodiscard]] spec::Merged merge_spec(const std::filesystem::path& directory,
                                      const spec::Versions& versions, int marker_size);

struct MergedTree {
  std::string tree;
  std::vector<std::string> conflicts;  // paths
};

// What `git merge-tree` made of two commits, with the spec files that both changed merged by key.
// Left as they are when the commits have not exactly one merge base.
[[nodiscard]] MergedTree merge_specs(Workspace& workspace, const std::string& ours,
                                     const std::string& theirs, MergedTree merged);

}  // namespace chant::record
