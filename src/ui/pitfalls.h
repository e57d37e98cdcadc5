// The words after a run: how much of it succeeded, and what was found to be wrong.
#pragma once

#include "ui/terminal.h"

#include <cstddef>
#include <string>
#include <vector>

namespace chant::ui {

// Something that is wrong, as it is shown.
struct Issue {
  bool is_grave = false;
  std::string spec;  // how it is called, "" when it is of the whole run
  std::string text;  // not yet printable
};

// "Parallel execution complete: 3/5 specs succeeded", then "Issues detected:" with a line for each
// of them, and an empty line.
void print_outcome(Stream& out, const Terminal& terminal, std::size_t succeeded, std::size_t specs,
                   const std::vector<Issue>& issues);

// "Issues detected:" alone; nothing without any.
void print_issues(Stream& out, const Terminal& terminal, const std::vector<Issue>& issues);

// When there is a terminal.
void ring_bell(Stream& out, const Terminal& terminal);

}  // namespace chant::ui
