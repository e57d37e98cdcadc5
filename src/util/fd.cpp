#include "util/fd.h"

#include "util/error.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace chant {
namespace {

void set_close_on_exec(int fd) {
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) fail_errno("cannot set close-on-exec", errno);
}

}  // namespace

void UniqueFd::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
#ifdef __linux__
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno("cannot make a pipe", errno);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
#else
  if (::pipe(ends.data()) != 0) fail_errno("cannot make a pipe", errno);
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  set_close_on_exec(ends[0]);
  set_close_on_exec(ends[1]);
  return pipe;
#endif
}

std::pair<UniqueFd, UniqueFd> make_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) {
    fail_errno("cannot make a socket pair", errno);
  }
  std::pair<UniqueFd, UniqueFd> pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
  set_close_on_exec(ends[0]);
  set_close_on_exec(ends[1]);
  return pair;
}

void set_nonblocking(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    fail_errno("cannot set a descriptor non-blocking", errno);
  }
}

void occupy_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (::open("/dev/null", O_RDONLY) != fd) fail_errno("cannot open '/dev/null'", errno);
  }
}

}  // namespace chant
