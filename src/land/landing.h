// Landing: the target and its checkouts advance together, the landed branches go, what they were
// is kept, and the operation log says it: all of that or nothing.
#pragma once

#include "record/workspace.h"

#include <string>
#include <variant>
#include <vector>

namespace chant::land {

struct LandedSpec {
  std::string id;
  std::string branch;      // full ref
  std::string branch_tip;  // must be there still
  std::string tip;         // sealed; kept as refs/chant/spec/<id>/tip
};

struct Landing {
  std::string target;    // full ref
  std::string from, to;  // commits of it
  std::vector<LandedSpec> specs;
  bool keep_branches = false;
  std::string kind;     // of the operation: "reconcile", "work"
  std::string name;     // of the operation
  std::string summary;  // one line
};

struct Landed {
  std::string commit;              // of the target
  std::vector<std::string> notes;  // branches that stay, worktrees that went
};
struct Conflict {
  std::vector<std::string> paths;
  std::string why = {};  // without paths: why it cannot land as the target is
};
struct InTheWay {
  std::string checkout;
  std::vector<std::string> paths;
};
// The target, or one of the branches, is not where it was: nothing has changed.
struct Moved {
  std::string reason;
};

// Waits for other landings of this repository. Worktrees of ours that have a landed branch are
// saved and removed; one of a person stays, with its branch. Then the post-merge hooks of others
// run. Throws Error.
using GroupOutcome = std::variant<Landed, InTheWay, Moved>;
[[nodiscard]] GroupOutcome land_group(record::Workspace& workspace, const Landing& landing);

// One spec branch merged into the target, and landed; merged again when the target moved
// meanwhile. A conflict, or uncommitted changes in files that the landing must change, leave
// everything as it was. Throws Error.
struct Request {
  std::string id;
  std::string title;
  std::string branch;    // full ref
  std::string tip;       // sealed
  std::string target;    // full ref
  std::string run = {};  // name of the operation; landings of one run are one
};
using Outcome = std::variant<Landed, Conflict, InTheWay>;
[[nodiscard]] Outcome land(record::Workspace& workspace, const Request& request);

// The two halves of land(), between which what would land can be tested: the commit that the target
// becomes, now that it is at `from`; and the landing of that commit.
struct Prepared {
  std::string from, to;
};
[[nodiscard]] std::variant<Prepared, Conflict> prepare(record::Workspace& workspace,
                                                       const Request& request);
[[nodiscard]] GroupOutcome land_prepared(record::Workspace& workspace, const Request& request,
                                         const Prepared& prepared);

}  // namespace chant::land
