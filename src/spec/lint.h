// What is wrong with spec files, found before it costs an attempt.
//
// Works on texts that are read already and knows no repository. Only what keeps a spec from being
// worked is an error; unknown keys and types are kept by everything here and are notes at most.
// What nobody waits for any more, a dependency of a completed spec, is a note as well. The rules
// for people: docs/spec-format.md.
#pragma once

#include "spec/state.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chant::spec {

enum class Severity { note, warning, error };

[[nodiscard]] std::string_view name_of(Severity severity);

struct Finding {
  Severity severity = Severity::error;
  std::string id;    // "" when the file name is none
  std::string path;  // in the repository
  int line = 0;      // 1-based; 0: the file as a whole
  std::string rule;
  std::string message;
};

struct SpecFiles {
  std::map<std::string, Item> items;       // all specs; `broken` as parse_spec said it
  std::vector<std::string> strange_names;  // of files that end in .md and are no valid ids
};

// Sorted by path and line.
[[nodiscard]] std::vector<Finding> lint(const SpecFiles& files);

// "<path>:<line>: <severity>: <message>", for a terminal.
[[nodiscard]] std::string line_of(const Finding& finding);

}  // namespace chant::spec
