// How hooks are run in a repository: what git can do, where it looks for hook files, and which
// other program manages them. Reads only.
#pragma once

#include "git/repository.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace chant::hook {

// Where the directory of the hook files is.
enum class Area {
  common,    // in the git directory that all worktrees share
  checkout,  // among the files of a checkout
  outside,   // elsewhere: other repositories may use it too
  off,       // there can be no file: hooks are turned off
};

enum class Managed { no, husky, lefthook, overcommit };

struct Survey {
  bool configured_hooks = false;    // git runs hook.<name>.command
  std::string hooks_path, scope;    // core.hooksPath and where it is set; "" when it is not
  bool relative = false;            // then each worktree has hooks of its own, or none
  std::filesystem::path directory;  // of the hook files, for this checkout
  Area area = Area::common;
  Managed managed = Managed::no;
  std::filesystem::path managed_by;  // husky's directory of scripts, else a configuration file
};

[[nodiscard]] Survey survey(const git::Repository& repository);

// "git version 2.54.0.rc1" is at least `major`.`minor`.
[[nodiscard]] bool is_at_least(std::string_view version, int major, int minor);

}  // namespace chant::hook
