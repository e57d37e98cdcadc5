// What to run, and how it ended.
//
// A Command is a value: argument vector, directory, changes to the environment. It is never a
// shell string. Every child is started with its own signal mask cleared, default dispositions,
// and no descriptor but those named here.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chant::process {

// Changes on top of the environment of this process: a value sets, std::nullopt unsets.
using EnvChanges = std::map<std::string, std::optional<std::string>>;

struct Command {
  std::vector<std::string> argv;  // argv[0] is searched in PATH; with a slash, relative to cwd
  std::filesystem::path cwd;      // empty: the current directory
  EnvChanges env;
};

struct Exited {
  int code = 0;
};
struct Signaled {
  int signal = 0;
};
struct TimedOut {};  // ended by us at its deadline
struct Stopped {};   // ended by us because the user asked
using Outcome = std::variant<Exited, Signaled, TimedOut, Stopped>;

// The only place where a wait status is taken apart.
[[nodiscard]] Outcome outcome_of(int wait_status);
[[nodiscard]] bool succeeded(const Outcome& outcome);
// Ended by a fault of its own, such as a failed assertion.
[[nodiscard]] bool crashed(const Outcome& outcome);
// "exit 3", "killed by signal 9", "timed out", "stopped".
[[nodiscard]] std::string describe(const Outcome& outcome);

struct Result {
  Outcome outcome;
  std::string out;
  std::string err;
};

// Runs to the end with `input` on stdin; keeps at most `max_output` bytes of each stream. For
// short commands whose output we read. Throws Error when it cannot be started.
[[nodiscard]] Result run(const Command& command, std::string_view input = {},
                         std::size_t max_output = 512UL * 1024 * 1024);

// Runs to the end on our own terminal, descriptors and process group: for an editor, and for the
// demo. Throws Error when it cannot be started.
[[nodiscard]] Outcome run_in_terminal(const Command& command);

// Path of the program `name` on PATH (or itself when it has a slash and is executable). An empty
// or relative PATH entry is never searched.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name);

// Path of the running binary.
[[nodiscard]] std::filesystem::path own_path();

// True for a process that has not ended, even if it is not ours.
[[nodiscard]] bool is_running(int pid);

// From now on this process ends, at once, when the one that started it ends; where the system can
// do that (Linux). False when that was not `parent`, or has ended already.
[[nodiscard]] bool end_with_parent(int parent);

// Number of children started by this process so far; for the figures.
[[nodiscard]] std::size_t started_count();

}  // namespace chant::process
