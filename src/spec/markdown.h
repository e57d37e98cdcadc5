// The body of a spec as Markdown lines, with what is code and what is text. For this module only.
//
// Fences follow CommonMark: three or more backticks or tildes, indented by at most three spaces,
// closed by at least as many of the same with nothing after them. The body ends at the first
// `## Agent Output` line, in a fence or not: what follows was appended by older tools, whose
// closing fences are not at the start of a line. Views point into the text.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace chant::spec {

struct MarkdownLine {
  enum class Kind { text, fence_open, code, fence_close };

  Kind kind = Kind::text;
  std::string_view text;   // without its line end
  std::size_t offset = 0;  // in the file
  int line = 0;            // 1-based, in the file
};

class MarkdownReader {
 public:
  // `text` is a whole file whose body starts at `body`.
  MarkdownReader(std::string_view text, std::size_t body);

  // The next line; std::nullopt at the end.
  [[nodiscard]] std::optional<MarkdownLine> next();

  // Of the fence that is open, or was closed last.
  [[nodiscard]] std::string_view info() const { return fence_.info; }
  [[nodiscard]] std::size_t indent() const { return fence_.indent; }

 private:
  struct Fence {
    char mark = '\0';
    std::size_t length = 0;
    std::size_t indent = 0;
    std::string_view info;
  };
  [[nodiscard]] static std::optional<Fence> find_fence(std::string_view line);
  [[nodiscard]] MarkdownLine::Kind classify(std::string_view line);

  std::string_view text_;
  std::size_t at_;
  int line_;
  bool in_fence_ = false;
  Fence fence_;
};

struct Heading {
  std::size_t level = 0;
  std::string_view text;  // without the marks around it
};

// The heading that a line outside fences is, if any.
[[nodiscard]] std::optional<Heading> find_heading(std::string_view line);

}  // namespace chant::spec
