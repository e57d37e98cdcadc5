// Finalizing by hand: making the metadata of one spec on the target true, when its work is there.
#pragma once

#include "record/snapshot.h"
#include "record/workspace.h"

#include <string>
#include <vector>

namespace chant::record {

struct Finalized {
  std::vector<std::string> commits;  // object ids
  bool already = false;              // nothing had to be written
};

// Writes status, commits, completed_at and model of a spec whose work is in the target. Throws
// Error with exit code 1 and the reason when it is not there, when it cannot be told which
// commits are the work, or when a criterion is not ticked.
[[nodiscard]] Finalized finalize(Workspace& workspace, const Snapshot& snapshot,
                                 const std::string& id);

// Commits on the target that name the spec: by the trailer `Chant-Spec: <id>`, else (histories
// that have no trailers) by a subject `chant(<id>): …`. Oldest first.
[[nodiscard]] std::vector<std::string> find_named_commits(Workspace& workspace,
                                                          const std::string& target_tip,
                                                          const std::string& id);

// "2 criteria are open, the first at <file>:<line>: <text>".
[[nodiscard]] std::string open_criteria(const spec::Spec& spec);

}  // namespace chant::record
