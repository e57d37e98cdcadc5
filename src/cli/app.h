// The command line: global options, the command table, help, and what errors look like.
#pragma once

#include <string>
#include <vector>

namespace chant::cli {

// Runs the command that these words (without the program's name) ask for; the exit code. Prints
// errors; throws nothing.
[[nodiscard]] int run(const std::vector<std::string>& words);

}  // namespace chant::cli
