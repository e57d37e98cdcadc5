// A worktree that is needed for a moment, for work of ours that git can do only in one. It is noted
// with a lock, so that what a killed process leaves is removed by the next.
#pragma once

#include "record/workspace.h"
#include "util/lock.h"

#include <filesystem>
#include <optional>
#include <string>

namespace chant::land {

class PassingWorktree {
 public:
  // Detached at a commit, with no files yet; <root>/<name>. Removes those of killed processes
  // first. Throws Error.
  PassingWorktree(record::Workspace& workspace, const std::string& name, const std::string& commit);
  PassingWorktree(const PassingWorktree&) = delete;
  PassingWorktree& operator=(const PassingWorktree&) = delete;
  ~PassingWorktree();  // it goes, with everything in it

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  void make(const std::string& name, const std::string& commit);
  void remove();

  record::Workspace& workspace_;
  std::filesystem::path directory_;
  std::filesystem::path note_;  // where it is written that we made the directory
  std::optional<FileLock> lock_;
};

// Removes the passing worktrees of killed processes.
void clear_passing_worktrees(record::Workspace& workspace);

}  // namespace chant::land
