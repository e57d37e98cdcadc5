// Starting one child: the only place that calls posix_spawn. For the files of this module only.
#pragma once

#include "process/command.h"
#include "util/fd.h"

#include <sys/types.h>

#include <filesystem>

namespace chant::process {

enum class Family {
  group,    // leader of a process group of its own, in our session
  session,  // leader of a session of its own
  ours,     // in our process group: it may use our terminal
};

struct LaunchOptions {
  // Descriptors of ours that become 0, 1, 2 and 3 of the child; -1 is /dev/null, and for
  // `control` none at all. The child gets no other.
  int in = -1;
  int out = -1;
  int err = -1;
  int control = -1;
  Family family = Family::group;
  std::filesystem::path program;  // what to execute; empty: argv[0], as Command says
};

// Starts the command; the caller reaps it. Throws Error when it cannot be started.
[[nodiscard]] pid_t launch(const Command& command, const LaunchOptions& options);

// A child with pipes as its three standard descriptors; our ends do not block.
struct Piped {
  pid_t pid = -1;
  UniqueFd in, out, err;
};
[[nodiscard]] Piped launch_piped(const Command& command);

}  // namespace chant::process
