// The words of an expression of dependencies, and what looks like the id of a task. For this module
// only. Views point into the text given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::tasks {

struct Token {
  enum class Kind { word, separator, dash, open, close, other };
  Kind kind = Kind::other;
  std::string_view text;
  std::string lowered;
};

// `text` without what is only decoration (emphasis, emoji, broken characters); dashes, commas and
// parentheses of any script as those of ASCII.
[[nodiscard]] std::string plain_text(std::string_view text);
[[nodiscard]] std::vector<Token> tokens_of(std::string_view plain);

// CR-A, PR1, RW-FINAL.
[[nodiscard]] bool is_review_id(std::string_view word);
// 1, 1.10, T007a, bd-28sq.3, #42, CR-A.
[[nodiscard]] bool is_task_id(std::string_view word);
// "1-3", "T001-T005", "1..5".
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> find_id_range(
    std::string_view word);

}  // namespace chant::tasks
