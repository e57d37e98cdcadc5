#include "util/lock.h"

#include "util/error.h"
#include "util/file.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>

#include <cerrno>

namespace chant {
namespace {

UniqueFd open_lock(const std::filesystem::path& path) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  UniqueFd fd(::open(path.c_str(), kFlags, 0600));
  if (!fd && errno == ENOENT) {
    make_private_directories(path.parent_path());
    fd = UniqueFd(::open(path.c_str(), kFlags, 0600));
  }
  if (!fd) fail_errno("cannot open the lock '" + path.string() + "'", errno);
  return fd;
}

}  // namespace

FileLock FileLock::acquire(const std::filesystem::path& path) {
  UniqueFd fd = open_lock(path);
  while (::flock(fd.number(), LOCK_EX) != 0) {
    if (errno != EINTR) fail_errno("cannot lock '" + path.string() + "'", errno);
  }
  return FileLock(std::move(fd));
}

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& path) {
  UniqueFd fd = open_lock(path);
  while (::flock(fd.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) fail_errno("cannot lock '" + path.string() + "'", errno);
    // Whoever only looks (is_locked) shares the lock for a moment; an owner shares it with nobody.
    if (::flock(fd.number(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) return std::nullopt;
    ::flock(fd.number(), LOCK_UN);
    sched_yield();
  }
  return FileLock(std::move(fd));
}

void wait_until_free(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  while (fd && ::flock(fd.number(), LOCK_SH) != 0) {
    if (errno != EINTR) fail_errno("cannot wait for '" + path.string() + "'", errno);
  }
}

bool is_locked(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return false;
  if (::flock(fd.number(), LOCK_SH | LOCK_NB) == 0) return false;
  return errno == EWOULDBLOCK;
}

}  // namespace chant
