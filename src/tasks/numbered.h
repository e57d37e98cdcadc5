// Lists whose tasks have numbers: "1.", "1.2". A task is in the one whose number it extends, and
// that one is a container and never run. For this module only.
#pragma once

#include "tasks/dialects.h"

#include <string_view>

namespace chant::tasks {

struct NumberedForm {
  Dialect dialect = Dialect::kiro;
  bool has_waves = false;        // a dependency graph in a code block orders the tasks
  bool can_be_parallel = false;  // "(P)"
  bool takes_all = false;  // a box without a number is a task, too, unless it is a step of one
};
// A list without any number is read as read_unnumbered does.
[[nodiscard]] Draftlist read_numbered(std::string_view text, const Scan& scan,
                                      const NumberedForm& form);

// All boxes are tasks, those with deeper ones below them containers.
[[nodiscard]] Draftlist read_unnumbered(std::string_view text, const Scan& scan, Dialect dialect);

// Notes where the box of a container says something else than those of the tasks in it.
void compare_containers(Draftlist& draft);

}  // namespace chant::tasks
