// Resolving a conflict in a scratch worktree: made with the merge in progress, looked at when the
// agent or the person is done, and taken as the new tip of the spec's branch.
#pragma once

#include "land/review.h"
#include "record/parked.h"
#include "record/workspace.h"

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace chant::land {

// A worktree, detached at the tip of the spec's branch, with the merge of `ours` (the target) in
// progress and the conflicts marked up in its files. Marked as the spec's. The packet is written
// with its path. An older scratch worktree of the spec is saved and replaced.
[[nodiscard]] std::filesystem::path make_scratch(record::Workspace& workspace,
                                                 record::Parked& parked, const std::string& ours);

struct Unresolved {
  std::string reason;  // one line: a marker is left in 'x', a hunk of the target is gone from 'y'
};
struct Resolved {
  std::string tip;  // a commit that descends from the branch and from `ours`
};
using Resolution = std::variant<Resolved, Unresolved>;

// Looks at what is in the scratch worktree: commits the merge when that was left to do, and checks
// that no conflict marker is left, that only the spec's own file changed below .chant/, and that no
// hunk of the target vanished (of an agent's resolution: not even in a conflict).
[[nodiscard]] Resolution look_at_resolution(record::Workspace& workspace,
                                            const record::Parked& parked, By by);

// Moves the spec's branch to the resolution, sealed again; what it was stays reachable, the scratch
// worktree goes, and the spec is parked no more. `with`: further refs that move. Throws Error when
// the branch is checked out with changes in the way, or was moved.
void take_resolution(record::Workspace& workspace, const record::Parked& parked,
                     const std::string& tip, std::vector<git::RefChange> with = {});

}  // namespace chant::land
