// Criteria that say how they are checked: "- [ ] Tests pass `run: make test`".
//
// The command is a code span, as CommonMark has them, at the end of the criterion: "run:", a
// blank, a line for `sh`. Nothing in a code span is an escape; a command that has backticks
// stands between longer runs of them. Runs nothing, throws nothing.
#pragma once

#include "spec/spec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::spec {

struct RunCommand {
  std::string text;  // the criterion without the span
  std::string command;
};

// The command that the text of a criterion ends with, if any.
[[nodiscard]] std::optional<RunCommand> find_run_command(std::string_view criterion);

// A code span of the criteria sections that looks like such a command and is none: in the middle of
// a criterion, on a line that is no criterion, without a command, spelt differently.
struct StrayRun {
  int line = 0;
  std::string code;  // what stands between the backticks
};
[[nodiscard]] std::vector<StrayRun> find_stray_runs(const Spec& spec);

}  // namespace chant::spec
