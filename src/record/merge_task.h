// What tasks add to a merge. Each of two sides has ticked what landed there, and text merges of
// boxes beside each other conflict; the spec files of tasks are on no target and mean nothing to
// it.
#pragma once

#include "git/merge_tree.h"
#include "record/workspace.h"

#include <string>
#include <vector>

namespace chant::record {

struct Ticks {
  std::string text;
  std::vector<std::string> missing;  // why a box is not in it
};
// `mine` with the boxes by which two versions of the list at `path` differ as they are in the
// second. These are of the same size. What is in no list is found by its line.
[[nodiscard]] Ticks with_ticks(const std::string& path, const std::string& before,
                               const std::string& after, std::string mine);

// The merge without conflicts in lists of which one side has only ticked boxes, and in spec files
// of tasks, which go.
[[nodiscard]] git::TreeMerge merge_tasks(Workspace& workspace, git::TreeMerge merged);

}  // namespace chant::record
