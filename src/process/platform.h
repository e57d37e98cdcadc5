// What differs between the systems that we run on (Linux, macOS), and nothing else. For the files
// of this module only.
#pragma once

#include "util/fd.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <time.h>

#include <optional>
#include <string>
#include <vector>

namespace chant::process {

// poll() under the signal mask `mask`; a null `timeout` waits for ever. Returns what poll() does.
int poll_with_mask(std::vector<pollfd>& fds, const timespec* timeout, const sigset_t& mask);

// The child starts in `directory`. Returns an error number.
int add_directory(posix_spawn_file_actions_t* actions, const char* directory);

// The child starts without any descriptor from `first` on, inherited ones included, where the
// system can do that. Returns an error number.
int add_close_from(posix_spawn_file_actions_t* actions, int first);
[[nodiscard]] short extra_spawn_flags();

// From now on what descendants leave behind becomes a child of this process. False where the
// system has no such thing.
[[nodiscard]] bool adopt_orphans();

struct KilledProcess {
  pid_t pid = -1;
  UniqueFd handle;  // readable when it has ended; none where the system has no such thing
};
// Kills the processes of this user, except this one, whose environment had this entry
// ("NAME=value") when they were started, where the system shows it (Linux).
[[nodiscard]] std::vector<KilledProcess> kill_with_variable(const std::string& entry);

// Children of `pid`, ended ones included; std::nullopt when the system does not tell.
[[nodiscard]] std::optional<std::vector<pid_t>> find_children(pid_t pid);

}  // namespace chant::process
