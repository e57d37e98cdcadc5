// What is to land: a spec branch with all that ordering, merging and landing it must know.
#pragma once

#include "record/snapshot.h"
#include "record/workspace.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chant::land {

struct Entry {
  std::string id;
  std::string title;
  std::string branch;                   // full ref
  std::string branch_tip;               // where it is: a landing requires that it still is there
  std::string tip;                      // sealed: branch_tip, or a seal made on top of it
  std::vector<std::string> commits;     // its own, oldest first, without seals
  std::vector<std::string> depends_on;  // ids of other entries
  // Tips of other specs' work that its branch has in it: of entries that it depends on, and of work
  // that is in the target by other commits.
  std::vector<std::string> stands_on;
  // Its merge base with the target as it is, and with what that becomes by landing other entries;
  // "" when there is not exactly one for all of these.
  std::string fork;
  std::vector<std::string> paths;           // that it changes, without its own spec file
  std::int64_t finished_at = 0;             // seconds since the epoch
  bool unsealed = false;                    // the seal was made now
  std::optional<spec::Source> source = {};  // the task of a list that it is
};

struct LeftOut {
  std::string id;
  std::string reason;  // one line
};

struct Intake {
  std::vector<Entry> entries;  // by id
  std::vector<LeftOut> left_out;
};

// The branches that can land on `target` (full ref), of `ids` or, when empty, of all specs: sealed
// ones of any prefix, and unsealed ones whose criteria are all ticked, which are sealed here with
// the time `when`; no ref moves. Says what it leaves out and why (with `ids`: of those only; else
// of all specs that have a branch): in progress, checked out by a person with uncommitted changes,
// an unticked criterion, a change in another file below .chant/, a dependency that is neither
// completed nor here, landed already.
[[nodiscard]] Intake take_in(record::Workspace& workspace, const record::Snapshot& snapshot,
                             const std::string& target, const std::vector<std::string>& ids,
                             std::int64_t when);

}  // namespace chant::land
