#include "ui/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>

namespace chant::ui {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Only a locale that says so cannot show UTF-8; containers often have none at all.
bool can_show_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    return value != "C" && value != "POSIX";
  }
  return true;
}

std::size_t width_of(int fd) {
  const std::string_view set = variable("COLUMNS");
  std::size_t columns = 0;
  const auto parsed = std::from_chars(set.data(), set.data() + set.size(), columns);
  if (parsed.ec == std::errc{} && columns >= 20 && columns <= 1000) return columns;
  struct winsize size {};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return 80;
}

}  // namespace

void Stream::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= 64UL * 1024) flush();
}

void Stream::flush() noexcept {
  std::string_view rest = buffer_;
  while (good_ && !rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno != EINTR && errno != EAGAIN) {
      good_ = false;
    }
  }
  buffer_.clear();
}

std::string Terminal::paint(std::string_view text, Colour colour_name) const {
  if (!colour || colour_name == Colour::none || text.empty()) return std::string(text);
  constexpr std::array<const char*, 9> kCodes = {"0", "31", "32", "33", "34", "35", "36", "2", "1"};
  return fmt::format("\033[{}m{}\033[m", kCodes.at(static_cast<std::size_t>(colour_name)), text);
}

std::size_t columns_now(const Terminal& terminal) {
  struct winsize size {};
  const bool is_known = terminal.fd >= 0 && ioctl(terminal.fd, TIOCGWINSZ, &size) == 0;
  return is_known && size.ws_col > 0 ? size.ws_col : terminal.columns;
}

Terminal detect_terminal(int fd) {
  Terminal terminal;
  terminal.interactive = isatty(fd) == 1;
  if (terminal.interactive) terminal.fd = fd;
  terminal.unicode = can_show_unicode();
  terminal.columns = terminal.interactive ? width_of(fd) : 1000;
  terminal.cursor = terminal.interactive && variable("TERM") != "dumb";
  terminal.colour = terminal.cursor && variable("NO_COLOR").empty();
  return terminal;
}

}  // namespace chant::ui
