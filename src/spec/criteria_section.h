// The lines of a spec that criteria can stand on. For this module only.
#pragma once

#include "spec/markdown.h"
#include "spec/spec.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace chant::spec {

// Calls `see` for each line of the criteria sections (find_criteria says which those are) that is
// neither a heading nor code. `text` is a whole file whose body starts at `body`.
void each_criteria_line(std::string_view text, std::size_t body,
                        const std::function<void(const MarkdownLine&)>& see);

// The criterion that such a line is, if any.
[[nodiscard]] std::optional<Criterion> find_box(const MarkdownLine& line);

}  // namespace chant::spec
