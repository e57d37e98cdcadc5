#include "util/time.h"

#include <fmt/format.h>

#include <time.h>

#include <algorithm>

namespace chant {

std::int64_t now_ms() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<Milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string rfc3339(std::int64_t seconds) {
  const auto time = static_cast<time_t>(seconds);
  struct tm parts {};
  if (gmtime_r(&time, &parts) == nullptr) return "?";
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string local_date() {
  const auto time = static_cast<time_t>(now_ms() / 1000);
  struct tm parts {};
  localtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string time_of_day(std::int64_t ms) {
  const auto time = static_cast<time_t>(ms / 1000), today = static_cast<time_t>(now_ms() / 1000);
  struct tm parts {};
  struct tm now {};
  if (localtime_r(&time, &parts) == nullptr || localtime_r(&today, &now) == nullptr) return "?";
  const std::string clock =
      fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
  if (parts.tm_year == now.tm_year && parts.tm_yday == now.tm_yday) return clock;
  return fmt::format("{:04}-{:02}-{:02} {}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     clock);
}

std::string elapsed_text(Milliseconds duration) {
  const auto seconds = std::max<std::int64_t>(0, duration.count()) / 1000;
  if (seconds < 10 && duration.count() >= 0) {
    return fmt::format("{}.{}s", seconds, duration.count() % 1000 / 100);
  }
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

std::optional<Seconds> parse_duration(std::string_view text) {
  constexpr std::int64_t kMost = 366LL * 24 * 3600;
  std::int64_t total = 0;
  std::int64_t number = 0;
  bool digits = false;
  bool units = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
      digits = true;
      if (number > kMost) return std::nullopt;
      continue;
    }
    const std::int64_t unit = c == 's' ? 1 : c == 'm' ? 60 : c == 'h' ? 3600 : c == 'd' ? 86400 : 0;
    if (unit == 0 || !digits) return std::nullopt;
    total += number * unit;
    number = 0;
    digits = false;
    units = true;
  }
  if (digits && units) return std::nullopt;  // "1h30": of what?
  if (digits) total = number;
  if (text.empty() || total > kMost) return std::nullopt;
  return Seconds(total);
}

}  // namespace chant
