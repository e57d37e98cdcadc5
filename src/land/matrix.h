// Who conflicts with whom, before anything is merged: each branch against the target and all pairs
// of branches, by one git process.
#pragma once

#include "git/merge_tree.h"
#include "land/entry.h"
#include "record/workspace.h"

#include <filesystem>
#include <string>
#include <vector>

namespace chant::land {

// With files as of git::TreeMerge.
struct Clash {
  std::string one;    // id
  std::string other;  // id, "" = the target
  std::vector<git::ConflictedPath> files;
};

struct Matrix {
  std::vector<std::string> ids;
  std::vector<Clash> clashes;  // only what conflicts
  std::size_t merges = 0;      // that git was asked for; pairs that share nothing are not asked for
};

// `base`: the commit of the target that all would land on.
[[nodiscard]] Matrix predict(record::Workspace& workspace, const std::filesystem::path& directory,
                             const std::string& base, const std::vector<Entry>& entries);

}  // namespace chant::land
