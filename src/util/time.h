// Points in time and lengths of time as text. Deadlines use the monotonic clock; wall-clock time
// is only recorded and shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chant {

using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;

// Milliseconds since the epoch, now.
[[nodiscard]] std::int64_t now_ms();

// "2026-11-21T01:02:03Z" (RFC 3339, UTC) for seconds since the epoch.
[[nodiscard]] std::string rfc3339(std::int64_t seconds);

// Today as "YYYY-MM-DD" in the local time zone.
[[nodiscard]] std::string local_date();

// "14:05:09" in the local time zone, with the date before it when that is not today, for
// milliseconds since the epoch.
[[nodiscard]] std::string time_of_day(std::int64_t ms);

// "4.2s", "42s", "3m12s", "2h05m".
[[nodiscard]] std::string elapsed_text(Milliseconds duration);

// "90s", "15m", "2h", "1h30m", or a bare number of seconds; std::nullopt when it is none.
[[nodiscard]] std::optional<Seconds> parse_duration(std::string_view text);

}  // namespace chant
