// `git-chant wait-lock`: plumbing, started by git-chant itself to learn when another process has
// given something back.
#pragma once

#include <string>
#include <vector>

namespace chant::cmd {

// Words: a file and the number of the process that started this one. Returns when the lock in the
// file can be had; the exit code.
[[nodiscard]] int wait_lock(const std::vector<std::string>& words);

}  // namespace chant::cmd
