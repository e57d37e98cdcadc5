#include "agent/readers.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace chant::agent {
namespace {

constexpr std::size_t kLastLines = 50;
constexpr std::size_t kMaxMessage = 1000;

bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t after = at + word.size();
    const bool begins = at == 0 || !is_word_char(text[at - 1]);
    if (begins && (after == text.size() || !is_word_char(text[after]))) return true;
  }
  return false;
}

// "rate limit", "rate-limit", "ratelimit"
bool has_rate_limit(std::string_view text) {
  for (std::size_t at = text.find("rate"); at != std::string_view::npos;
       at = text.find("rate", at + 1)) {
    const std::string_view rest = text.substr(at + 4);
    if (rest.starts_with("limit") || (!rest.empty() && rest.substr(1).starts_with("limit"))) {
      return true;
    }
  }
  return false;
}

// Searched by hand: std::regex recurses once for each character of a long line.
bool tells_of_limit(std::string_view line) {
  constexpr std::array<std::string_view, 4> kSigns = {"too many requests", "quota", "overloaded",
                                                      "usage limit"};
  const std::string text = lower(line);
  return has_word(text, "429") || has_rate_limit(text) ||
         std::ranges::any_of(kSigns, [&text](std::string_view sign) {
           return text.find(sign) != std::string::npos;
         });
}

class TextReader : public Reader {
 public:
  explicit TextReader(WatchLimits watch_limits) : watch_limits_(watch_limits) {}

  void feed(std::string_view bytes, const Show& show) override {
    splitter_.feed(bytes, [&](std::string_view line) { take(line, show); });
  }

  void finish(const Show& show) override {
    splitter_.finish([&](std::string_view line) { take(line, show); });
  }

  [[nodiscard]] Report report() const override {
    Report report;
    report.message = message_;
    if (sign_at_ > 0 && lines_ - sign_at_ < kLastLines) {
      report.kind = Report::Kind::rate_limited;
      report.error = sign_;
      report.guessed = true;
    }
    return report;
  }

 private:
  void take(std::string_view line, const Show& show) {
    ++lines_;
    show(line);
    const std::string_view text = trim(line);
    if (!text.empty()) message_ = text.substr(0, kMaxMessage);
    if (watch_limits_ == WatchLimits::yes && tells_of_limit(text)) {
      sign_ = text.substr(0, kMaxMessage);
      sign_at_ = lines_;
    }
  }

  WatchLimits watch_limits_;
  LineSplitter splitter_;
  std::string message_;  // the last line that is not blank
  std::string sign_;     // the last line that tells of a limit
  std::size_t lines_ = 0;
  std::size_t sign_at_ = 0;
};

}  // namespace

std::unique_ptr<Reader> make_text_reader(WatchLimits watch_limits) {
  return std::make_unique<TextReader>(watch_limits);
}

}  // namespace chant::agent
