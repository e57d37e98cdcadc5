#include "work/log_end.h"

#include "agent/profile.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <string_view>

namespace chant::work {
namespace {

constexpr std::size_t kMostLines = 20;
constexpr std::size_t kMostBytes = 2000;

class LastLines {
 public:
  void add(std::string_view line) {
    std::string text = printable_line(line.substr(0, kMostBytes));
    bytes_ += text.size() + 1;
    lines_.push_back(std::move(text));
    while (lines_.size() > kMostLines || (bytes_ > kMostBytes && lines_.size() > 1)) {
      bytes_ -= lines_.front().size() + 1;
      lines_.pop_front();
    }
  }
  [[nodiscard]] std::string text() const {
    std::string text = join({lines_.begin(), lines_.end()}, "\n");
    if (text.size() <= kMostBytes) return text;
    text.resize(kMostBytes);
    return printable(text.substr(0, find_invalid_utf8(text)));
  }

 private:
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
};

// 0 at the end, and for what cannot be read.
std::size_t read_some(const UniqueFd& file, std::string& bytes) {
  ssize_t n = -1;
  do {
    n = ::read(file.number(), bytes.data(), bytes.size());
  } while (n < 0 && errno == EINTR);
  return n < 0 ? 0 : static_cast<std::size_t>(n);
}

// A log may be as long as an agent likes, and an agent may put anything in its place. What is cut
// at its beginning is no line that a reader would take for anything.
UniqueFd open_near_end(const std::string& log) {
  constexpr off_t kMostRead = off_t{4} * 1024 * 1024;
  UniqueFd file(::open(log.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.number(), &info) != 0 || !S_ISREG(info.st_mode)) return UniqueFd();
  if (info.st_size > kMostRead) (void)::lseek(file.number(), -kMostRead, SEEK_END);
  return file;
}

}  // namespace

std::string log_end(const journal::Attempt& attempt) {
  const UniqueFd file = open_near_end(attempt.log);
  if (!file) return "";
  LastLines last;
  const auto show = [&last](std::string_view line) { last.add(line); };
  try {
    const auto reader = agent::make_reader(attempt.profile);
    std::string bytes(64UL * 1024, '\0');
    while (const std::size_t size = read_some(file, bytes)) {
      reader->feed(std::string_view(bytes).substr(0, size), show);
    }
    reader->finish(show);
  } catch (const Error&) {
    // A profile that is not known any more.
    return "";
  }
  return last.text();
}

}  // namespace chant::work
