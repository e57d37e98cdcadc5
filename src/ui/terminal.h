// What the terminal can show, and streams that notice when nobody listens any more.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace chant::ui {

// Where output goes. Complete lines reach the descriptor in one piece.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { flush(); }

  void write(std::string_view text);
  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }
  void flush() noexcept;
  // False when something could not be written (the reader is gone, or the disk is full).
  [[nodiscard]] bool good() const { return good_; }

 private:
  int fd_;
  bool good_ = true;
  std::string buffer_;
};

enum class Colour { none, red, green, yellow, blue, magenta, cyan, dim, bold };

struct Terminal {
  bool interactive = false;  // it is a terminal
  bool colour = false;
  bool unicode = true;
  std::size_t columns = 80;
  bool cursor = false;  // it can be moved
  int fd = -1;          // of the terminal, to ask it again

  [[nodiscard]] std::string paint(std::string_view text, Colour colour) const;
};

// How wide it is now; `columns` when nobody can say.
[[nodiscard]] std::size_t columns_now(const Terminal& terminal);

// What can be shown on `fd`: NO_COLOR, TERM, COLUMNS and the locale count.
[[nodiscard]] Terminal detect_terminal(int fd);

}  // namespace chant::ui
