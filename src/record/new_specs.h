// Spec files that were written and not committed yet: what branches start from must have them.
#pragma once

#include "record/snapshot.h"
#include "record/workspace.h"

#include <string>
#include <vector>

namespace chant::record {

// Commits to the target those of these specs whose files are new or changed in this checkout
// (changed ones only when it is on the target). Returns a line that says so, "" when there was
// nothing to do. Throws Error when git ignores one.
[[nodiscard]] std::string commit_new_specs(Workspace& workspace, const Snapshot& snapshot,
                                           const std::vector<std::string>& ids);

}  // namespace chant::record
