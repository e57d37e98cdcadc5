// The parts of a line `key: value  # comment` of frontmatter. For this module only. Views point
// into the line.
#pragma once

#include <optional>
#include <string_view>

namespace chant::spec {

struct KeyLine {
  std::string_view head;   // the indentation, the key and the colon
  std::string_view gap;    // blanks before the value; empty when there is none
  std::string_view value;  // as written, up to the end of the line when it goes on below
  std::string_view tail;   // blanks and a comment
};

// std::nullopt when the line does not start with a key and a colon.
[[nodiscard]] std::optional<KeyLine> split_key_line(std::string_view line);

// True for the first line of a block scalar (`|` or `>`).
[[nodiscard]] bool opens_block_scalar(std::string_view line);

}  // namespace chant::spec
