// Bringing one spec branch into the target: merged in memory, then the target and its checkouts
// advance together or nothing moves.
#pragma once

#include "record/workspace.h"

#include <string>
#include <variant>
#include <vector>

namespace chant::land {

struct Request {
  std::string id;
  std::string title;
  std::string branch;  // full ref; deleted by the landing, so no worktree may have it
  std::string tip;     // sealed
  std::string target;  // full ref
};

struct Landed {
  std::string commit;  // of the target
};
struct Conflict {
  std::vector<std::string> paths;
};
struct InTheWay {
  std::string checkout;
  std::vector<std::string> paths;
};
using Outcome = std::variant<Landed, Conflict, InTheWay>;

// Waits for other landings of this repository. Merges again when the target moved meanwhile.
// A conflict, or uncommitted changes in files that the landing must change, leave everything as
// it was. Throws Error.
[[nodiscard]] Outcome land(record::Workspace& workspace, const Request& request);

// The merge of `theirs` into `ours` without any checkout: the tree, or the paths in conflict.
using Merge = std::variant<std::string, std::vector<std::string>>;
[[nodiscard]] Merge merge_tree(record::Workspace& workspace, const std::string& directory,
                               const std::string& ours, const std::string& theirs);

// A commit that has the target and all these branch tips merged in memory, for a spec that
// starts from dependencies that are finished and not landed. Throws Error that names the paths
// when they conflict.
[[nodiscard]] std::string merged_base(record::Workspace& workspace, const std::string& target_tip,
                                      const std::vector<std::string>& tips);

}  // namespace chant::land
