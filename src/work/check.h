// Commands that the user trusts, run in a spec's worktree: the setup before an agent, the check and
// the `run:` commands of criteria after it.
#pragma once

#include "process/loop.h"
#include "spec/spec.h"
#include "util/time.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::work {

struct ShellRun {
  std::string line;
  std::filesystem::path directory;
  process::EnvChanges env;    // as agents get it
  std::filesystem::path log;  // private; `log_end` is the end of it
  std::optional<Seconds> time_limit;
  Seconds grace{10};
  process::Loop::Bytes output;       // may be empty
  std::filesystem::path supervisor;  // the program to run; empty: own_path()
  std::string mark = {};             // of its processes, as of process::Loop::Supervised
};

struct ShellEnd {
  bool good = false;
  bool stopped = false;  // the user wants the run to end
  std::string why;       // "exit 2", "timed out after 30m00s", "stopped"; "" when good
  std::string log_end;   // its last lines, printable, at most 2,000 bytes
};

// Runs `sh -c <line>` as agents run: supervised, in a session of its own, stdin /dev/null. `done`
// is called once. The id is for Loop::stop.
[[nodiscard]] process::Loop::Id run_shell(process::Loop& loop, ShellRun run,
                                          std::function<void(const ShellEnd&)> done);

// A criterion that says how it is checked (spec/run_command.h).
struct RunCriterion {
  std::size_t index = 0;  // among the spec's criteria
  int line = 0;
  std::string text;  // for people: without the command, unless it is nothing but that
  std::string command;
  bool ticked = false;
};
[[nodiscard]] std::vector<RunCriterion> run_criteria(const spec::Spec& spec);

// Where these criteria stand in a later version of their spec, by index, in the same order;
// std::nullopt when one of them is changed or gone: the agent must not decide how it is checked.
[[nodiscard]] std::optional<std::vector<std::size_t>> places_in(
    const spec::Spec& later, const std::vector<RunCriterion>& criteria);

// The text of the spec file with these boxes ticked or not, by the index of the criterion; nothing
// else changes.
[[nodiscard]] std::string with_boxes(const spec::Spec& spec,
                                     const std::map<std::size_t, bool>& ticked);

}  // namespace chant::work
