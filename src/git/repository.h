// Where a repository is, and what is checked out: asked from git once for each command.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chant::git {

struct Repository {
  std::filesystem::path top_level;   // of the checkout that the command runs in
  std::filesystem::path git_dir;     // of that checkout
  std::filesystem::path common_dir;  // shared by all worktrees
  std::string head;                  // object id of HEAD, "" when there is no commit yet
  std::string head_ref;              // full name of the branch checked out, "" when detached

  // Everything of git-chant that is not in refs or spec files.
  [[nodiscard]] std::filesystem::path chant_dir() const { return common_dir / "chant"; }
  [[nodiscard]] std::filesystem::path specs_dir() const { return top_level / ".chant/specs"; }
};

// The repository that `directory` is in. Throws Error when there is none, when it is bare or
// when `directory` is inside a git directory.
[[nodiscard]] Repository discover(const std::filesystem::path& directory);

// `git config --get-regexp ^chant\.`: names in lower case, in the order they apply.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> chant_settings(
    const std::filesystem::path& directory);

// What is in progress in a checkout ("merge", "rebase", "cherry-pick", "revert", "bisect"), by
// the files that git leaves in its git directory.
[[nodiscard]] std::optional<std::string> operation_in_progress(
    const std::filesystem::path& git_dir);

// What a merge in progress merges; git leaves it there until after its hooks have run.
[[nodiscard]] std::vector<std::string> merge_heads(const std::filesystem::path& git_dir);

// "Name <mail>" for author and committer, or Error when git has no identity for the user.
struct Identity {
  std::string author, committer;
  bool sign = false;  // commit.gpgSign
};
[[nodiscard]] Identity load_identity(const std::filesystem::path& directory);

}  // namespace chant::git
