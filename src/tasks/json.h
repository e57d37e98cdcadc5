// JSON with the place of each value, which the usual tree does not keep. Numbers are kept as they
// are written, because "1.10" is an id and not 1.1. For this module only.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::tasks {

struct Json {
  enum class Kind { null, flag, number, string, array, object };
  Kind kind = Kind::null;
  std::string text;  // of a string its content; of a number or flag as it is written
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> members;
  int line = 0;                    // of its first byte
  std::size_t begin = 0, end = 0;  // in the text, of an object or array

  [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
  // The last member of that name; nullptr when there is none, or this is no object.
  [[nodiscard]] const Json* find(std::string_view name) const;
  // The text of a string or number with that name, else "".
  [[nodiscard]] std::string text_of(std::string_view name) const;
  // The same in one line.
  [[nodiscard]] std::string line_of(std::string_view name) const;
};

class JsonError : public std::runtime_error {
 public:
  JsonError(int line, const std::string& what) : std::runtime_error(what), line_(line) {}
  [[nodiscard]] int line() const noexcept { return line_; }

 private:
  int line_;
};

// `first_line` is the number of the line at which `text` begins. Throws JsonError for what is no
// JSON, or nested deeper than anything that is a list of tasks.
[[nodiscard]] Json parse_json(std::string_view text, int first_line = 1);

}  // namespace chant::tasks
