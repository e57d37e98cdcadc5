// The supervisor: a small process around one agent, so that the agent ends when its time is up,
// when the user asks, and when git-chant itself is gone. Plumbing verb `run-agent`.
//
// It makes a session and process group of its own, adopts what the agent leaves behind
// (Linux: child subreaper), gives the agent the prompt file or /dev/null as stdin, copies its
// output raw to the log and to its own stdout, and holds one end of a control socket on
// descriptor 3: end of file there means that git-chant died. The attempt is over when the agent
// process exits, whoever still holds its output open; leftovers are ended with TERM, then KILL, and
// what carries the agent's mark and is nowhere below us, with KILL.
//
// Control socket: the parent writes "T" (end it: TERM, KILL after the grace) or "K" (KILL now);
// the supervisor writes "pid <number>\n" when the agent has started, and one line before it
// exits: "<kind> <number> <leftovers>\n" with kind exited, signaled, timeout or stopped, or
// "error <text>\n" when the agent could not be started.
#pragma once

#include "util/time.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chant::process {

struct SupervisorOptions {
  std::filesystem::path input;  // empty: /dev/null
  std::filesystem::path log;
  std::optional<Seconds> time_limit;
  Seconds grace{10};
  std::string mark;  // of the agent's processes (marked.h); "" = none
  std::vector<std::string> argv;
};

// argv of the supervisor process for these options (the reverse of parse_supervisor_arguments).
[[nodiscard]] std::vector<std::string> supervisor_arguments(const SupervisorOptions& options);
// Throws a usage Error.
[[nodiscard]] SupervisorOptions parse_supervisor_arguments(const std::vector<std::string>& args);

// Runs the agent to its end; the exit code of the supervisor process.
int run_supervisor(const SupervisorOptions& options);

}  // namespace chant::process
