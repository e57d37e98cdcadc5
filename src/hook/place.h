// Where a hook of git runs, found by reading files: no git process is started for a hook that
// has nothing to do.
//
// git starts hooks at the top of the worktree; in a linked worktree and for some commands it sets
// GIT_DIR and GIT_INDEX_FILE (githooks(5)). They are read before the environment is scrubbed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace chant::hook {

struct Place {
  std::filesystem::path top_level;
  std::filesystem::path git_dir;     // of this worktree
  std::filesystem::path common_dir;  // shared by all worktrees
  std::filesystem::path index_file;  // absolute; what GIT_INDEX_FILE names, else the default
  std::string head_ref;              // full name of the branch checked out, "" when detached
  std::string spec;  // id in <git_dir>/chant/spec, "" when this is no spec's worktree
};

// std::nullopt when `directory` is not the top of a checkout, or when GIT_DIR names another
// repository than the one there: then a hook of ours has no business here.
[[nodiscard]] std::optional<Place> find_place(const std::filesystem::path& directory);

// The object id of a branch as the files of the repository say: loose, else packed. std::nullopt
// when absent, or when refs are not kept in files.
[[nodiscard]] std::optional<std::string> read_ref(const Place& place, const std::string& ref);

}  // namespace chant::hook
