// Is a spec's work in the target? The proof, or what speaks against it.
//
// Proofs, in this order: the sealed spec file in the target's tree; ancestry; the patch id of each
// commit; that of the whole branch (a squash); a message that lists the branch's commits; a merge
// that would change nothing. What a message merely says is no proof. Where proofs disagree the
// finding says so and nothing is guessed. git can land a branch in some forty ways, half of them
// without telling anyone (githooks(5)), so only the result is looked at.
//
// States of a finding (journal::Finding::state):
//   landed     the work is in the target, and the spec file there says so
//   unrecorded it is there, but the file does not say so, or names commits that are not there
//   unticked   as unrecorded, and a criterion is open
//   pulled     as unrecorded, and it landed in another repository
//   waiting    as unrecorded, and uncommitted changes are in the way of recording it
//   absent     it was merged, or its record is there, but none of its changes is
//   partial    some of its commits are there
//   reverted   it was there, and was taken out again
//   unclear    the target names it, but has something else
#pragma once

#include "journal/journal.h"
#include "record/history.h"
#include "record/workspace.h"
#include "spec/spec.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::record {

// A spec with a branch or a recorded tip.
struct Candidate {
  std::string id;
  std::string branch;              // full ref, "" when only the recorded tip is left
  std::string tip;                 // the seal when there is one
  std::string base;                // recorded fork point, or where the branch was made; ""
  std::string sealed_at;           // completed_at of the seal, "" when unsealed
  std::optional<spec::Spec> file;  // on the target; std::nullopt when absent or broken
  // Where the target was before it had the tip, "" when not known; and whether the tip was made
  // on the target itself, so that the branch only followed.
  std::string before = {};
  bool made_on_target = false;
};

using Findings = std::map<std::string, journal::Finding>;  // by spec

// What holds now for these candidates. `before`: the findings of the last sweep. Candidates
// without a finding are left out: there is nothing to say about them.
[[nodiscard]] Findings find_landings(Workspace& workspace, History& history,
                                     const std::vector<Candidate>& candidates,
                                     const Findings& before);

// True for the states in which the record on the target is to be made true.
[[nodiscard]] bool is_unrecorded(const journal::Finding& finding);

}  // namespace chant::record
