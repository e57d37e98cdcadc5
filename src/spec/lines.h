// Lines of a text by offset. For this module only: everything here keeps offsets into the file,
// because every change to a spec is a change of bytes. Owns nothing, throws nothing.
#pragma once

#include <cstddef>
#include <string_view>

namespace chant::spec {

struct Line {
  std::string_view text;  // without its line end
  std::size_t begin = 0;
  std::size_t end = 0;  // of the line end: where the next line begins
};

// The line that starts at `begin`, which is not past the end of `text`.
[[nodiscard]] inline Line line_at(std::string_view text, std::size_t begin) {
  const auto newline = text.find('\n', begin);
  const auto end = newline == std::string_view::npos ? text.size() : newline + 1;
  auto stop = newline == std::string_view::npos ? end : newline;
  if (newline != std::string_view::npos && stop > begin && text[stop - 1] == '\r') --stop;
  return {text.substr(begin, stop - begin), begin, end};
}

// The number of spaces that a line starts with.
[[nodiscard]] inline std::size_t indent_of(std::string_view line) {
  const auto first = line.find_first_not_of(' ');
  return first == std::string_view::npos ? line.size() : first;
}

[[nodiscard]] inline std::string_view without_trailing_blanks(std::string_view line) {
  const auto last = line.find_last_not_of(" \t\r");
  return last == std::string_view::npos ? std::string_view{} : line.substr(0, last + 1);
}

}  // namespace chant::spec
