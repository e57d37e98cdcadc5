// Reading a log that may still grow.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace chant::cmd {

enum class Follow { no, yes };

// Hands the bytes of the log to `take` until the end, or, when following, until its writer has
// gone. Stops when `take` returns false. Waits for the kernel's word that the file changed where
// the system has it. Throws Error when the file cannot be read.
void read_log(const std::filesystem::path& path, Follow follow,
              const std::function<bool(std::string_view)>& take);

}  // namespace chant::cmd
