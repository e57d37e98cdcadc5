// What other tools leave that says whether a list may be worked on. Pure: reads texts, not files.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chant::tasks {

// Of spec.json of cc-sdd: whether it says that the tasks are approved. std::nullopt when it says
// nothing about them, or is no JSON object.
[[nodiscard]] std::optional<bool> approved_by_spec_json(std::string_view json);

// True when a line of a list says `✅ APPROVED` and nothing else but a label before it ("Status:")
// or words behind a dash. A sentence about it is none, nor is what stands in a code block or behind
// a box.
[[nodiscard]] bool has_approved_line(std::string_view text);

struct Boxcount {
  std::size_t open = 0, all = 0;
};
// Of a checklist: every box outside of code blocks.
[[nodiscard]] Boxcount count_boxes(std::string_view text);

}  // namespace chant::tasks
