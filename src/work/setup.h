// Making a fresh worktree fit to work in: files that git does not track, a setup command, and
// things that would collide if all worktrees used the same (ports, names of databases).
#pragma once

#include "config/config.h"
#include "git/repository.h"
#include "process/command.h"
#include "process/loop.h"
#include "util/lock.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chant::work {

// Copies from the checkout what is untracked there and matches a pattern of `worktree.copy` or of
// its `.worktreeinclude` (syntax of .gitignore; git itself matches). Links are copied as links, and
// only those that stay inside; nothing is overwritten, nothing is followed out of the worktree.
// Returns the paths. Throws Error.
std::vector<std::string> copy_files(const git::Repository& repository, const config::Config& config,
                                    const std::filesystem::path& worktree);

// A block of ten ports that no other worktree of this repository has while the lock is held:
// `first` is given in CHANT_PORT. The same spec gets the same block when it is free.
struct PortBlock {
  int first = 0;
  FileLock lock;
};
[[nodiscard]] PortBlock take_ports(const git::Repository& repository, int port_base,
                                   const std::string& id);

// For names of databases, containers …: lower-case letters, digits and '_', at most 40, begins with
// a letter, different for different ids. Given in CHANT_SLUG.
[[nodiscard]] std::string slug_of(const std::string& id);

}  // namespace chant::work
