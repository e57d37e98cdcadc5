// Text: cutting, joining, and making text that is not ours fit for a terminal.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chant {

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string lower(std::string_view text);  // ASCII only

// Offset of the first byte that is not part of valid UTF-8, or npos.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

// `text` for a terminal: escape sequences are dropped whole (to the end of the text when
// unterminated), other control bytes, bidirectional controls, tag and zero-width characters are
// written visibly, invalid UTF-8 becomes U+FFFD. Newline and tab stay. Idempotent; at most 8
// times as long as its input.
[[nodiscard]] std::string printable(std::string_view text);

// As printable, on one line: newlines and tabs become a space.
[[nodiscard]] std::string printable_line(std::string_view text);

// Columns that `text` takes on a terminal (wcwidth rules; `text` is printable).
[[nodiscard]] std::size_t display_width(std::string_view text);

// `text` cut to at most `columns`, ending in "…" when something was cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);

// `text` quoted so that a POSIX shell reads it back as one word; unchanged when it needs none.
[[nodiscard]] std::string shell_quoted(std::string_view text);

// "1 spec", "2 specs".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

// Edit distance at most 2 suggests a typo: the nearest candidate, or empty.
[[nodiscard]] std::string nearest(std::string_view word,
                                  const std::vector<std::string>& candidates);

// Cuts a byte stream into lines in constant memory: a line longer than `max_line` is handed out
// in pieces.
class LineSplitter {
 public:
  using Sink = std::function<void(std::string_view)>;
  explicit LineSplitter(std::size_t max_line = 64 * 1024) : max_line_(max_line) {}

  void feed(std::string_view bytes, const Sink& sink);  // each line without its newline
  void finish(const Sink& sink);                        // the last line when it had no newline

 private:
  std::size_t max_line_;
  std::string rest_;
};

}  // namespace chant
