// The conflict matrix for people: who conflicts with whom, in which files, in which way.
#pragma once

#include "ui/terminal.h"

#include <string>
#include <vector>

namespace chant::ui {

struct ShownFile {
  std::string path, kind;
};
struct ShownClash {
  std::string one, other;  // ids; other "" = the target
  std::vector<ShownFile> files;
};
struct ShownMatrix {
  std::string target;  // short name
  std::vector<std::string> ids;
  std::vector<ShownClash> clashes;
};

// Lines, a table of those that conflict before them on a terminal that is wide enough.
[[nodiscard]] std::string matrix_text(const ShownMatrix& matrix, const Terminal& terminal);

// One line for each wave. `all`: the ids that short ids must tell apart.
[[nodiscard]] std::string waves_text(const std::vector<std::vector<std::string>>& waves,
                                     const std::vector<std::string>& all);

}  // namespace chant::ui
