// What a task says of itself besides what orders it, taken apart for a file of its own. Works on
// the bytes of the list; what is no text in them stays as it is.
#pragma once

#include "tasks/list.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

struct Section {
  std::string heading;  // "" of the first
  std::string text;     // Markdown, with a newline at its end; never empty
};

struct Details {
  // The task's own line without bullet and box, when there is more in it than id and title.
  std::string line;
  // What stands below it, as it stands there, but for the indentation that it has as a part of the
  // list, and without the boxes; of the JSON formats the fields.
  std::vector<Section> sections;
  // The boxes in its block with what belongs to them, as list items of their own: "- [ ] …", "- [x]
  // …". One that may be left out ("[ ]*") is no box there.
  std::string boxes;
  std::optional<long> priority;     // 0 is usual, higher goes first
  std::vector<std::string> labels;  // that a record has, and its type
};

// `text`: the bytes that the list was read from.
[[nodiscard]] Details details_of(const List& list, std::string_view text, const Task& task);

}  // namespace chant::tasks
