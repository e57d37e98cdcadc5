// Merging in memory, with spec files merged by key where git would merge them as text.
#pragma once

#include "git/merge_tree.h"
#include "land/passing.h"
#include "record/workspace.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace chant::land {

// Where merges for a target run: a checkout of it, so that its attributes and merge drivers apply.
// When the target is checked out nowhere, or only sparsely, a small worktree that holds nothing but
// the attribute files of the target and links to its submodules; it is gone with this object.
class MergePlace {
 public:
  MergePlace(record::Workspace& workspace, const std::string& target);  // full ref
  MergePlace(const MergePlace&) = delete;
  MergePlace& operator=(const MergePlace&) = delete;
  ~MergePlace();

  // Merges have the attributes of this commit from now on, those of the target again for "".
  void follow(const std::string& commit);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  void show(const std::string& commit);

  record::Workspace& workspace_;
  std::filesystem::path checkout_;        // of the target, "" when it cannot be used
  std::string base_;                      // where the target was
  std::unique_ptr<PassingWorktree> own_;  // made when there is no checkout, or other attributes
  std::filesystem::path directory_;
  std::string shown_;  // commit whose attributes `own_` has
};

// The merge of the commits `ours` and `theirs`. Throws Error.
[[nodiscard]] git::TreeMerge merge(record::Workspace& workspace,
                                   const std::filesystem::path& directory, const std::string& ours,
                                   const std::string& theirs);

// A commit that has the target and all these branch tips merged in memory, for a spec that
// starts from dependencies that are finished and not landed. Throws Error that names the paths
// when they conflict.
[[nodiscard]] std::string merged_base(record::Workspace& workspace, const std::string& target_tip,
                                      const std::vector<std::string>& tips);

}  // namespace chant::land
