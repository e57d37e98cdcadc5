#include "process/wait_readable.h"

#include "process/platform.h"

namespace chant::process {

bool wait_readable(int fd) {
  sigset_t mask;
  sigprocmask(SIG_SETMASK, nullptr, &mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigdelset(&mask, signal);
  std::vector<pollfd> fds = {{fd, POLLIN, 0}};
  return poll_with_mask(fds, nullptr, mask) > 0;
}

}  // namespace chant::process
