// Merging spec files by key where git merges them as text: for the merge driver, and for our own
// merges, where it works without being installed.
#pragma once

#include "git/merge_tree.h"
#include "record/workspace.h"
#include "spec/merge.h"

#include <filesystem>
#include <string>

namespace chant::record {

// spec::merge with git's own merge for what is text. `directory`: where git looks for its
// configuration. Throws Error.
[[nodiscard]] spec::Merged merge_spec(const std::filesystem::path& directory,
                                      const spec::Versions& versions, int marker_size);

// What `git merge-tree` made of two commits, with the spec files that both changed merged by key;
// left as they are when the commits have not exactly one merge base. Then merge_tasks.
[[nodiscard]] git::TreeMerge merge_specs(Workspace& workspace, const std::string& ours,
                                         const std::string& theirs, git::TreeMerge merged);

// The same for what was made of three trees.
[[nodiscard]] git::TreeMerge merge_specs_of_trees(Workspace& workspace, const std::string& base,
                                                  const std::string& ours,
                                                  const std::string& theirs, git::TreeMerge merged);

}  // namespace chant::record
