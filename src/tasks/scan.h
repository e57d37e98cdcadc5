// The lexical layer of all Markdown lists: lines, fences, headings, boxes, by byte offset. A fence
// or comment that is never closed hides nothing: from its first line on the text is read again as
// text. What a closed one hides is in `odd` when it looks like a box, so that nobody misses it. For
// this module only. Views point into the text.
//
//   box line  = *quote indent bullet *ws "[" mark "]" [ "*" ] *ws rest
//   bullet    = "-" / "*" / "+" / 1*9DIGIT ("." / ")"
//   mark      = "" / one character / blanks around one character
//   heading   = 1*6"#" ws text ; also with a box after the marks
#pragma once

#include "tasks/list.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

struct Line {
  // fence: its two ends and what is inside, and so for a comment of several lines
  enum class Kind { text, heading, box, fence };
  Kind kind = Kind::text;
  std::string_view text;   // without its line end
  std::size_t offset = 0;  // in the file
  int number = 0;          // 1-based
  std::size_t indent = 0;  // columns before the bullet or the text; a tab goes to the next 4
  std::size_t level = 0;   // of a heading
  std::string_view rest;   // of a heading: its text; of a box: what follows the box
  std::optional<Box> box;  // of a box, and of a heading that has one
  bool star = false;       // "[ ]*"
};

struct Scan {
  std::vector<Line> lines;
  int unclosed_fence = 0;  // its line, 0 when there is none
  // What looks like a box and is none, in the order of the file: "[WIP]", "- [P] tasks = …", a box
  // in a fence. read_list adds them to List::ignored.
  std::vector<Ignored> odd;
};

[[nodiscard]] Scan scan(std::string_view text);

// Why ticking an open box would change more than one byte, or make something else of it than a box:
// "[]", "[ ](…)". "" when it can be ticked.
[[nodiscard]] std::string_view find_box_fault(std::string_view text, const Box& box);

// "_Key: value_", "**Key**: value", "Key: value", with or without a bullet. Key in lower case.
struct Meta {
  std::string key;
  std::string_view value;
  std::string_view rest;  // of "_Key: value_ _Other: value_" the second
};
[[nodiscard]] std::optional<Meta> find_meta(std::string_view line);

[[nodiscard]] State state_of_mark(const Box& box, Dialect dialect);
// Without emphasis, status words and marks, code quotes kept.
[[nodiscard]] std::string plain_title(std::string_view text);

}  // namespace chant::tasks
