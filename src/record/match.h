// Finding a branch's commits in the target by what they change.
#pragma once

#include "record/history.h"
#include "record/landing.h"
#include "record/workspace.h"

#include <set>
#include <string>
#include <vector>

namespace chant::record {

// A candidate about which trees and ancestry do not say enough.
struct Unproven {
  const Candidate* candidate = nullptr;
  std::vector<std::string> own;  // commits of the branch, oldest first
  std::string fork;
  std::set<std::string> paths;  // that they change, outside of .chant
};

struct Match {
  std::vector<std::string> commits;   // of the target, one for each that was found
  std::size_t found = 0, wanted = 0;  // of the branch's commits that change anything
  std::string whole;                  // the commit that is the whole branch, or ""
  std::string listing;                // the commit whose message lists the branch's commits, or ""

  [[nodiscard]] bool complete() const { return wanted > 0 && found == wanted; }
};

// One match for each item. At most two git processes, however many there are.
[[nodiscard]] std::vector<Match> match_by_content(Workspace& workspace, History& history,
                                                  const std::vector<Unproven>& items);

}  // namespace chant::record
