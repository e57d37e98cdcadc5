#include "cmd/follow.h"

#include "util/error.h"
#include "util/fd.h"
#include "util/lock.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif

#include <array>
#include <cerrno>

namespace chant::cmd {
namespace {

// Tells that a file was written to or closed.
class ChangeWatch {
 public:
  explicit ChangeWatch(const std::filesystem::path& path) {
#ifdef __linux__
    fd_ = UniqueFd(inotify_init1(IN_CLOEXEC));
    if (fd_) (void)inotify_add_watch(fd_.number(), path.c_str(), IN_MODIFY | IN_CLOSE_WRITE);
#else
    (void)path;
#endif
  }

  void wait() const {
    if (!fd_) {  // no event to wait for on this system
      poll(nullptr, 0, 200);
      return;
    }
    alignas(8) std::array<char, 4096> events{};
    while (::read(fd_.number(), events.data(), events.size()) < 0 && errno == EINTR) {
    }
  }

 private:
  UniqueFd fd_;
};

// False when `take` wants no more.
bool read_rest(const UniqueFd& file, const std::function<bool(std::string_view)>& take) {
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t n = ::read(file.number(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("cannot read the log", errno);
    if (n == 0) return true;
    if (!take({buffer.data(), static_cast<std::size_t>(n)})) return false;
  }
}

}  // namespace

void read_log(const std::filesystem::path& path, Follow follow,
              const std::function<bool(std::string_view)>& take) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) fail_errno("cannot open '" + path.string() + "'", errno);
  const ChangeWatch watch(path);
  // The writer holds a lock for as long as it lives: looked at before reading, so that nothing
  // written between the two is missed.
  while (follow == Follow::yes && is_locked(path)) {
    if (!read_rest(file, take)) return;
    if (is_locked(path)) watch.wait();
  }
  (void)read_rest(file, take);
}

}  // namespace chant::cmd
