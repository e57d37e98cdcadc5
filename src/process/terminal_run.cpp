#include "process/launch.h"
#include "util/error.h"

#include <sys/wait.h>

#include <cerrno>

namespace chant::process {

Outcome run_in_terminal(const Command& command) {
  LaunchOptions options;
  options.in = 0;
  options.out = 1;
  options.err = 2;
  options.family = Family::ours;
  const pid_t pid = launch(command, options);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail_errno("cannot wait for '" + command.argv[0] + "'", errno);
  }
  return outcome_of(status);
}

}  // namespace chant::process
