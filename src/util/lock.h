// Kernel locks (flock) on files that exist for nothing else. A lock dies with its process, so
// what is not locked is not alive; the files are never removed.
#pragma once

#include "util/fd.h"

#include <filesystem>
#include <optional>

namespace chant {

class FileLock {
 public:
  // Waits for the lock. Makes the file and its directory when absent. Throws Error.
  [[nodiscard]] static FileLock acquire(const std::filesystem::path& path);
  // The lock, or std::nullopt when another process has it.
  [[nodiscard]] static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// Returns when nobody holds the lock; holds it no longer than a look does. Creates nothing.
void wait_until_free(const std::filesystem::path& path);

// True when a live process holds the lock. Creates nothing.
[[nodiscard]] bool is_locked(const std::filesystem::path& path);

}  // namespace chant
