// Spec branches as they are found: which there are, whatever their prefix, and what is on them.
#pragma once

#include "record/snapshot.h"
#include "record/workspace.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace chant::land {

// Id -> its branch, or the branches when it cannot be told which it is. Known by the snapshot, by
// the journal's attempts, or because it is named after a spec that its commits name.
using Branches = std::map<std::string, std::vector<record::SpecBranch>>;

// `target` (full ref, at `target_tip`) is none of them.
[[nodiscard]] Branches find_branches(record::Workspace& workspace, const record::Snapshot& snapshot,
                                     const std::string& target, const std::string& target_tip);

// Tips that belong to specs: object id -> ids.
using SpecTips = std::multimap<std::string, std::string>;

// Of all these branches, and the recorded ones. Where a branch has nothing of its own yet, its tip
// is somebody else's.
[[nodiscard]] SpecTips find_spec_tips(record::Workspace& workspace, const Branches& branches);

// What a branch has that is not in the target.
struct BranchWork {
  std::vector<std::string> commits;  // its own, oldest first, without seals
  std::vector<std::string> paths;    // that they change, without its own spec file
  std::vector<std::pair<std::string, std::string>> others;  // work of other specs: id, tip
  bool is_merged = false;                                   // everything on it is in the target
  std::string problem;  // why it must not land, in one line, or ""
};
[[nodiscard]] BranchWork read_work(record::Workspace& workspace, const std::string& id,
                                   const std::string& tip, const std::string& target_tip,
                                   const SpecTips& tips);

}  // namespace chant::land
