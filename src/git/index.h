// What the index has that HEAD has not.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace chant::git {

struct StagedChange {
  char status = 'M';      // A, M, D, T; U when the path is unmerged
  std::string path;       // in the repository
  std::string mode, oid;  // in the index; of zeros when the path is not there
};

// Differences between the commit checked out and an index, below `path`, a renamed file as one
// that is gone and one that is new. Everything is new before the first commit. `directory`: the
// top of the checkout; `index_file`: absolute, for a hook is told which index its commit uses.
// Throws Error.
[[nodiscard]] std::vector<StagedChange> staged_changes(const std::filesystem::path& directory,
                                                       const std::filesystem::path& index_file,
                                                       const std::string& path);

}  // namespace chant::git
