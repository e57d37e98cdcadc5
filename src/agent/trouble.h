// What a tool's own error message says: which kind of trouble it is, and when to try again.
//
// To be used only on fields in which a tool reports its errors, never on what a model or a command
// wrote. Searched by hand, without regular expressions, as text that may be long and hostile.
#pragma once

#include "agent/profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chant::agent {

// Of an HTTP status: 429 is a rate limit, 401 and 403 are trouble with the login, 5xx is a server
// that is overloaded or broken and may work again soon; anything else just failed.
[[nodiscard]] Report::Kind kind_of_status(std::int64_t status);

// Of a message: by the status that it names, else by its words. A connection that could not be
// made or was cut counts as overloaded: both go away without us.
[[nodiscard]] Report::Kind kind_of_message(std::string_view message);

// When to try again by a message: "try again in 1m30s", "Retrying after 5328ms", "Suggested retry
// after 60s", "try again at 1:41 AM", "try again at Nov 22nd, 2026 1:41 AM" (local time). Seconds
// since the epoch, as `now`. Of several, the latest.
[[nodiscard]] std::optional<std::int64_t> retry_time(std::string_view message, std::int64_t now);

// Of a Retry-After header: seconds, or a date of HTTP.
[[nodiscard]] std::optional<std::int64_t> retry_after(std::string_view value, std::int64_t now);

// `now` and a wait of so many milliseconds, rounded up; std::nullopt when it is negative or longer
// than any limit that is worth to be waited for (32 days).
[[nodiscard]] std::optional<std::int64_t> after_wait(std::int64_t milliseconds, std::int64_t now);

}  // namespace chant::agent
