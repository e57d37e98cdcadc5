#include "work/log_end.h"

#include "agent/profile.h"
#include "util/error.h"
#include "util/text.h"

#include <deque>
#include <fstream>
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

}  // namespace

std::string log_end(const journal::Attempt& attempt) {
  std::ifstream file(attempt.log, std::ios::binary);
  if (attempt.log.empty() || !file) return "";
  LastLines last;
  const auto show = [&last](std::string_view line) { last.add(line); };
  try {
    const auto reader = agent::make_reader(attempt.profile);
    std::string bytes(64UL * 1024, '\0');
    while (file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) ||
           file.gcount() > 0) {
      reader->feed(std::string_view(bytes).substr(0, static_cast<std::size_t>(file.gcount())),
                   show);
    }
    reader->finish(show);
  } catch (const Error&) {
    // A profile that is not known any more.
    return "";
  }
  return last.text();
}

}  // namespace chant::work
