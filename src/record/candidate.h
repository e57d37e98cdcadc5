// Which specs have work that may be in the target: those with a branch, or with a recorded tip.
#pragma once

#include "record/landing.h"
#include "record/workspace.h"

#include <map>
#include <string>

namespace chant::record {

// What refs alone say of a spec's work.
struct KnownBranch {
  std::string branch;      // full ref
  std::string branch_tip;  // "" when there is no branch
  std::string seal, base;  // recorded tip and fork point, "" when there is none
};

// By spec id, as the names of the refs say; whether there is such a spec is not looked at.
[[nodiscard]] std::map<std::string, KnownBranch> known_branches(Workspace& workspace);

// `file`: the blob of the spec file on the target. The tip is "" when there is nothing to look
// for: a recorded tip that is no seal, and no branch.
[[nodiscard]] Candidate make_candidate(Workspace& workspace, const std::string& id,
                                       const KnownBranch& known, const std::string& file);

// The spec files of a commit: id -> blob.
[[nodiscard]] std::map<std::string, std::string> spec_blobs(Workspace& workspace,
                                                            const std::string& commit);

// Where the history of a branch begins and ends. Of one whose beginning is not known and that is in
// the target, it begins where the target was before.
[[nodiscard]] BranchEnds ends_of(Workspace& workspace, const std::string& target_tip,
                                 const Candidate& candidate);

// Fills in how the target came to have the tip of an unsealed branch, from its reflog.
void read_arrival(Workspace& workspace, History& history, Candidate& candidate);

// The spec file with the record of what was found: the whole result, or only the commits when it
// says completed already.
[[nodiscard]] std::string recorded_text(History& history, const journal::Finding& finding,
                                        const spec::Spec& file);

}  // namespace chant::record
