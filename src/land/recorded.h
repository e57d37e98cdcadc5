// Recorded resolutions: what `git rerere` knows is tried in a worktree made for it.
#pragma once

#include "land/passing.h"
#include "record/workspace.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace chant::land {

class RecordedResolutions {
 public:
  explicit RecordedResolutions(record::Workspace& workspace) : workspace_(workspace) {}

  // The tree of the merge of two commits when every conflict of it has a recorded resolution.
  // Nothing is asked of git when there are no recorded resolutions at all. Records nothing itself.
  [[nodiscard]] std::optional<std::string> find(const std::string& ours, const std::string& theirs);

 private:
  [[nodiscard]] bool is_empty();
  [[nodiscard]] std::filesystem::path cache() const;
  [[nodiscard]] bool check_out(const std::string& commit);
  void forget_all_but(const std::set<std::string>& before);

  record::Workspace& workspace_;
  std::optional<bool> empty_;
  std::unique_ptr<PassingWorktree> worktree_;  // gone with this object
};

}  // namespace chant::land
