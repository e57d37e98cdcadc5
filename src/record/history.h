// The part of the history that the sweep looks at: what came to the target since it was seen
// last, and what the spec branches have that is not there. Read once, walked in memory.
#pragma once

#include "git/tree.h"
#include "record/workspace.h"

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace chant::record {

struct BranchEnds {
  std::string tip;
  std::string base;  // where it began, "" when not known
};

class History {
 public:
  // `branches`: the spec branches. `since`: where the target was seen last, "" when it is not known
  // or not to be found any more; then everything since the oldest fork of a branch counts as new.
  History(Workspace& workspace, std::string target_tip, const std::string& since,
          const std::vector<BranchEnds>& branches);

  [[nodiscard]] const std::string& target_tip() const { return target_tip_; }
  [[nodiscard]] const std::string& since() const { return since_; }
  [[nodiscard]] const git::Commit& commit(const std::string& oid);

  // Commits that came to the target, oldest first; and whether a commit is one of them.
  [[nodiscard]] const std::vector<std::string>& added() const { return added_; }
  [[nodiscard]] bool is_added(const std::string& oid) const { return arrivals_.count(oid) > 0; }
  // The commit on the first-parent chain of the target that brought an added one.
  [[nodiscard]] const std::string& arrival(const std::string& added) const {
    return arrivals_.at(added);
  }
  // The added commits on that chain, newest first.
  [[nodiscard]] const std::vector<std::string>& chain() const { return chain_; }

  [[nodiscard]] bool is_in_target(const std::string& oid);
  // Commits of a branch that are not in the target, oldest first.
  [[nodiscard]] std::vector<std::string> unmerged(const std::string& tip);
  // Where a branch that is not in the target left it, "" when they have nothing in common.
  [[nodiscard]] std::string fork(const std::string& tip);

 private:
  void read_unmerged(const std::vector<BranchEnds>& branches);
  void read_added();
  [[nodiscard]] std::string oldest_fork(const std::vector<BranchEnds>& branches);
  [[nodiscard]] std::unordered_set<std::string> reach(const std::string& tip,
                                                      std::vector<std::string>& border);

  Workspace& workspace_;
  std::string target_tip_, since_;
  std::unordered_map<std::string, git::Commit> commits_;
  std::unordered_map<std::string, std::size_t> unmerged_;  // with its place, oldest first
  std::vector<std::string> added_, chain_;
  std::unordered_map<std::string, std::string> arrivals_;
  std::map<std::string, bool> in_target_;
};

}  // namespace chant::record
