// What the prose of a spec-kit list says about which user story waits for which. For this module
// only.
#pragma once

#include "tasks/scan.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace chant::tasks {

// "User Story 2", "US2", "Story 2" at the beginning of a text; not "User Story P1".
[[nodiscard]] std::optional<int> find_story(std::string_view text);

// "User Story 2 (Phase 4): Depends on US1": for each story those that it waits for, with the line
// that says so first. Only what follows the words at once counts.
[[nodiscard]] std::map<int, std::map<int, int>> find_story_needs(const Scan& scan);

}  // namespace chant::tasks
