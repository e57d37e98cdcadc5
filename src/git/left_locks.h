// Lock files that a git process left when it was killed: while they are there, every later change
// fails. Reads files only.
#pragma once

#include "git/repository.h"

#include <filesystem>
#include <string>
#include <vector>

namespace chant::git {

struct LeftLock {
  std::filesystem::path path;
  // Why somebody may hold it after all; "" when nobody does.
  std::string doubt;
};

// Locks on refs, indexes, HEADs and the configuration of all worktrees that are some seconds old:
// what git does under a lock takes less, except while it waits for an editor.
[[nodiscard]] std::vector<LeftLock> find_left_locks(const Repository& repository);

}  // namespace chant::git
