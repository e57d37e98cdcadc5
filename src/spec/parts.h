// A spec file taken apart: which bytes of its frontmatter belong to which key. For this module
// only. Views point into the text.
#pragma once

#include "spec/frontmatter.h"
#include "spec/lines.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chant::spec {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;  // comments and blank lines behind the value are not part of it
};

struct Parts {
  std::string_view text;
  Frontmatter frontmatter;
  std::vector<Line> lines;  // between the two `---`
  std::vector<Span> spans;  // of frontmatter.root.entries

  [[nodiscard]] const Line& line(int number) const {
    return lines.at(static_cast<std::size_t>(number - frontmatter.first_line));
  }
};

// Throws Error when the file has no valid frontmatter, or several keys on one line.
[[nodiscard]] Parts take_apart(std::string_view text, const std::string& shown);

// How the line that begins at `begin` ends; a newline when it does not.
[[nodiscard]] std::string line_end_of(const Parts& parts, std::size_t begin);

}  // namespace chant::spec
