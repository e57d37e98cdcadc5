// Spec branches as they are found: which there are, whatever their prefix, and what is on them.
#pragma once

#include "git/tree.h"
#include "record/snapshot.h"
#include "record/workspace.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace chant::land {

// Id -> its branch, or the branches when it cannot be told which it is. Known by the snapshot, by
// the journal's attempts, or because it is named after a spec that its commits name.
using Branches = std::map<std::string, std::vector<record::SpecBranch>>;

// `target` (full ref, at `target_tip`) is none of them.
[[nodiscard]] Branches find_branches(record::Workspace& workspace, const record::Snapshot& snapshot,
                                     const std::string& target, const std::string& target_tip);

// What a branch has that is not in the target.
struct BranchWork {
  std::vector<std::string> commits;  // its own, oldest first, without seals
  std::vector<std::string> paths;    // that they change, without its own spec file
  std::vector<std::pair<std::string, std::string>> others;  // work of other specs: id, tip
  // Where it left the target, when it did so once and has no commit in common with another branch
  // since then: the merge base with whatever the target becomes by landing those; else "".
  std::string fork;
  bool is_merged = false;  // everything on it is in the target
  std::string problem;     // why it must not land, in one line, or ""
};

// Tells whose the commits on these branches are. All of them are walked once.
class WorkReader {
 public:
  WorkReader(record::Workspace& workspace, const Branches& branches, const std::string& target_tip);

  // Of the branch of a spec that is at `tip`, which is one of the branches.
  [[nodiscard]] BranchWork read(const std::string& id, const std::string& tip);

 private:
  struct Known {
    git::Commit commit;
    std::size_t place = 0;  // oldest first
  };
  using Oids = std::unordered_set<std::string>;

  void find_tips(const Branches& branches);
  void find_shared(const Branches& branches);
  [[nodiscard]] std::string fork_of(const Oids& commits) const;
  [[nodiscard]] Oids reach(std::vector<std::string> from) const;
  [[nodiscard]] std::vector<std::string> sorted(const Oids& commits) const;
  [[nodiscard]] std::map<std::string, std::string> stands_on(const std::string& id,
                                                             const Oids& commits) const;
  [[nodiscard]] bool is_related(const Oids& commits) const;
  [[nodiscard]] std::set<std::string> changed_by(const git::Commit& commit);
  [[nodiscard]] bool is_as_before(const std::string& path, const Oids& commits,
                                  const std::string& tip);

  record::Workspace& workspace_;
  std::unordered_map<std::string, Known> unmerged_;
  // Tips that belong to specs, of their branches and recorded ones: tip, id. Where a branch has
  // nothing of its own yet, its tip is somebody else's and not among them.
  std::set<std::pair<std::string, std::string>> tips_;
  Oids shared_;  // commits on several branches
};

}  // namespace chant::land
