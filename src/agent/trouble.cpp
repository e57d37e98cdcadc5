#include "agent/trouble.h"

#include "util/text.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace chant::agent {
namespace {

using Kind = Report::Kind;
using Moment = std::optional<std::int64_t>;

constexpr std::size_t kMaxMessage = 4096;
constexpr std::int64_t kSecond = 1000;  // in milliseconds
constexpr std::int64_t kDay = 24 * 60 * 60;
constexpr std::int64_t kLongestWait = 32 * kDay;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from its beginning.
struct Cursor {
  std::string_view rest;

  bool skip(std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  void skip_any(std::string_view characters) {
    rest.remove_prefix(std::min(rest.find_first_not_of(characters), rest.size()));
  }
  // At most `digits` digits.
  Moment number(std::size_t digits) {
    std::size_t length = 0;
    std::int64_t value = 0;
    while (length < std::min(digits, rest.size()) && is_digit(rest[length])) {
      value = value * 10 + (rest[length++] - '0');
    }
    if (length == 0) return std::nullopt;
    rest.remove_prefix(length);
    return value;
  }
  std::string_view word() {
    std::size_t length = 0;
    while (length < rest.size() && rest[length] >= 'a' && rest[length] <= 'z') ++length;
    const std::string_view word = rest.substr(0, length);
    rest.remove_prefix(length);
    return word;
  }
};

// Milliseconds of a unit of time.
Moment length_of_unit(std::string_view unit) {
  if (unit == "ms" || unit.starts_with("milli")) return 1;
  if (unit.empty() || unit == "s" || unit.starts_with("sec")) return kSecond;
  if (unit == "m" || unit.starts_with("min")) return 60 * kSecond;
  if (unit == "h" || unit.starts_with("hr") || unit.starts_with("hour")) return 3600 * kSecond;
  if (unit == "d" || unit.starts_with("day")) return kDay * kSecond;
  return std::nullopt;
}

// Behind its first number: "-11-22" of a date, ":41" of a time.
bool begins_date(std::string_view rest) {
  return !rest.empty() && std::string_view{"-:/"}.find(rest.front()) != std::string_view::npos;
}

// "1h 30m", "5 minutes and 2 seconds", "1.5s" in milliseconds.
Moment read_length(Cursor text) {
  Moment total;
  for (;;) {
    text.skip_any(" ,");
    const Moment value = text.number(9);
    if (!value) return total;
    std::int64_t thousandths = 0;
    if (text.skip(".")) {
      const std::size_t digits = text.rest.size();
      thousandths = text.number(3).value_or(0);
      for (std::size_t n = digits - text.rest.size(); n < 3; ++n) thousandths *= 10;
      text.skip_any("0123456789");
    }
    text.skip_any(" ");
    const std::string_view word = text.word();
    const Moment unit = length_of_unit(word);
    if (!unit || (word.empty() && begins_date(text.rest))) return total;
    total = total.value_or(0) + *value * *unit + thousandths * *unit / 1000;
    if (*total > kLongestWait * kSecond) return total;  // already too long, see after_wait()
    text.skip(" and");
  }
}

Moment find_month(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto* found = std::ranges::find(kMonths, word.substr(0, 3));
  if (found == kMonths.end()) return std::nullopt;
  return found - kMonths.begin();
}

// "nov 22nd, 2026" into the date of `when`.
bool read_date(Cursor& text, std::tm& when) {
  Cursor tried = text;
  const Moment month = find_month(tried.word());
  tried.skip_any(" ");
  const Moment day = tried.number(2);
  (void)tried.word();
  tried.skip_any(" ,");
  const Moment year = tried.number(4);
  if (!month || !day || !year) return false;
  when.tm_mon = static_cast<int>(*month);
  when.tm_mday = static_cast<int>(*day);
  when.tm_year = static_cast<int>(*year) - 1900;
  tried.skip_any(" ,");
  text = tried;
  return true;
}

// "1:41 am" into the time of `when`.
bool read_clock(Cursor& text, std::tm& when) {
  const Moment hour = text.number(2);
  if (!hour || !text.skip(":")) return false;
  const Moment minute = text.number(2);
  if (!minute || *hour > 23 || *minute > 59) return false;
  text.skip_any(" ");
  const std::string_view half = text.word();
  when.tm_hour = static_cast<int>(*hour);
  if (half == "am" || half == "pm") when.tm_hour = when.tm_hour % 12 + (half == "pm" ? 12 : 0);
  when.tm_min = static_cast<int>(*minute);
  when.tm_sec = 0;
  when.tm_isdst = -1;
  return true;
}

// The end of the minute that is named, as the tools round down.
Moment read_time_of_day(Cursor text, std::int64_t now) {
  const std::time_t today = now;
  std::tm when{};
  if (localtime_r(&today, &when) == nullptr) return std::nullopt;
  const bool dated = read_date(text, when);
  if (!read_clock(text, when)) return std::nullopt;
  const int day = when.tm_mday;
  std::int64_t end = std::mktime(&when) + 60;
  if (!dated && end + 60 <= now) {
    when.tm_mday = day + 1;
    when.tm_isdst = -1;
    end = std::mktime(&when) + 60;
  }
  return after_wait(std::max<std::int64_t>(end - now, 1) * kSecond, now);
}

// Status that the message names: "status 401", "Error: 529", "(HTTP 503)", "\"code\":429".
Moment status_in(std::string_view text) {
  constexpr std::array<std::string_view, 5> kBefore = {"status", "error", "http", "rejected",
                                                       "code"};
  for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
    if (text[at] != '4' && text[at] != '5') continue;
    if (!is_digit(text[at + 1]) || !is_digit(text[at + 2])) continue;
    if (at + 3 < text.size() && is_digit(text[at + 3])) continue;
    const std::size_t end = text.substr(0, at).find_last_not_of(" :(\"=");
    if (end == std::string_view::npos || end + 1 == at) continue;
    const std::string_view before = text.substr(0, end + 1);
    const bool named = std::ranges::any_of(
        kBefore, [before](std::string_view word) { return before.ends_with(word); });
    if (named) return (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
  }
  return std::nullopt;
}

struct Sign {
  std::string_view words;
  Kind kind;
};

// The first that is found decides. Rate limits come first: such a message may well name an API
// key or a login page besides.
constexpr std::array kSigns = {
    Sign{"rate limit", Kind::rate_limited},
    Sign{"rate_limit", Kind::rate_limited},
    Sign{"ratelimit", Kind::rate_limited},
    Sign{"too many requests", Kind::rate_limited},
    Sign{"quota", Kind::rate_limited},
    Sign{"usage limit", Kind::rate_limited},
    Sign{"resource_exhausted", Kind::rate_limited},
    Sign{"unauthorized", Kind::auth},
    Sign{"api key", Kind::auth},
    Sign{"api_key", Kind::auth},
    Sign{"not logged in", Kind::auth},
    Sign{"authentication", Kind::auth},
    Sign{"auth method", Kind::auth},
    Sign{"credentials", Kind::auth},
    Sign{"missing environment variable", Kind::auth},
    Sign{"offline mode requires", Kind::auth},
    Sign{"overloaded", Kind::overloaded},
    Sign{"high demand", Kind::overloaded},
    Sign{"server had an error", Kind::overloaded},
    Sign{"internal server error", Kind::overloaded},
    Sign{"service unavailable", Kind::overloaded},
    Sign{"\"unavailable\"", Kind::overloaded},
    Sign{"stream disconnected", Kind::overloaded},
    Sign{"connection", Kind::overloaded},
    Sign{"socket", Kind::overloaded},
    Sign{"network error", Kind::overloaded},
    Sign{"waiting for network", Kind::overloaded},
    Sign{"fetch failed", Kind::overloaded},
    Sign{"econn", Kind::overloaded},
    Sign{"enotfound", Kind::overloaded},
    Sign{"eai_again", Kind::overloaded},
    Sign{"timed out", Kind::overloaded},
    Sign{"api error: terminated", Kind::overloaded},
};

bool names_own_limit(std::string_view text) {
  const std::size_t hit = text.find("hit your ");
  return hit != std::string_view::npos && text.find("limit", hit) != std::string_view::npos;
}

}  // namespace

Kind kind_of_status(std::int64_t status) {
  if (status == 429) return Kind::rate_limited;
  if (status == 401 || status == 403) return Kind::auth;
  return status >= 500 && status <= 599 ? Kind::overloaded : Kind::failed;
}

Kind kind_of_message(std::string_view message) {
  const std::string text = lower(message.substr(0, kMaxMessage));
  if (const Moment status = status_in(text); status && kind_of_status(*status) != Kind::failed) {
    return kind_of_status(*status);
  }
  if (names_own_limit(text)) return Kind::rate_limited;
  const auto* found = std::ranges::find_if(
      kSigns, [&text](const Sign& sign) { return text.find(sign.words) != std::string::npos; });
  return found == kSigns.end() ? Kind::failed : found->kind;
}

Moment after_wait(std::int64_t milliseconds, std::int64_t now) {
  if (milliseconds < 0 || milliseconds > kLongestWait * kSecond) return std::nullopt;
  return now + (milliseconds + kSecond - 1) / kSecond;
}

Moment retry_time(std::string_view message, std::int64_t now) {
  constexpr std::array<std::string_view, 7> kBefore = {
      "try again in ",   "retry in ",    "retrying in ", "retry after ",
      "retrying after ", "reset after ", "resets in "};
  const std::string text = lower(message.substr(0, kMaxMessage));
  Moment latest;
  const auto take = [&latest](Moment time) {
    if (time && *time > latest.value_or(0)) latest = time;
  };
  const auto each = [&text](std::string_view words, const auto& use) {
    for (std::size_t at = text.find(words); at != std::string::npos;
         at = text.find(words, at + 1)) {
      use(Cursor{std::string_view{text}.substr(at + words.size())});
    }
  };
  for (const std::string_view words : kBefore) {
    each(words, [&](Cursor after) {
      if (const Moment length = read_length(after)) take(after_wait(*length, now));
    });
  }
  each("try again at ", [&](Cursor after) { take(read_time_of_day(after, now)); });
  return latest;
}

Moment retry_after(std::string_view value, std::int64_t now) {
  const std::string text = lower(trim(value).substr(0, 64));
  Cursor cursor{text};
  if (const Moment seconds = cursor.number(9)) {
    return cursor.rest.empty() || cursor.rest.front() == '.' ? after_wait(*seconds * kSecond, now)
                                                             : std::nullopt;
  }
  // "sat, 21 nov 2026 00:16:19 gmt"
  std::tm when{};
  (void)cursor.word();
  cursor.skip_any(", ");
  const Moment day = cursor.number(2);
  cursor.skip_any(" ");
  const Moment month = find_month(cursor.word());
  cursor.skip_any(" ");
  const Moment year = cursor.number(4);
  cursor.skip_any(" ");
  if (!day || !month || !year || !read_clock(cursor, when)) return std::nullopt;
  when.tm_mday = static_cast<int>(*day);
  when.tm_mon = static_cast<int>(*month);
  when.tm_year = static_cast<int>(*year) - 1900;
  when.tm_isdst = 0;
  if (cursor.skip(":")) when.tm_sec = static_cast<int>(cursor.number(2).value_or(0));
  const std::int64_t wait = timegm(&when) - now;
  return after_wait(std::max<std::int64_t>(wait, 0) * kSecond, now);
}

}  // namespace chant::agent
