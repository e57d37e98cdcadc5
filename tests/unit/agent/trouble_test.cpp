#include "agent/trouble.h"

#include "support/catch.h"

#include <cstdlib>
#include <ctime>
#include <limits>

using namespace chant;
using namespace chant::agent;
using Kind = Report::Kind;

namespace {

constexpr std::int64_t kNow = 1795219200;  // 2026-11-21T00:00:00Z
constexpr std::int64_t kHour = 3600;

// The local time zone of a test.
class Zone {
 public:
  explicit Zone(const char* name) {
    const char* zone = std::getenv("TZ");
    if (zone != nullptr) before_ = zone;
    setenv("TZ", name, 1);
    tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  ~Zone() {
    if (before_) {
      setenv("TZ", before_->c_str(), 1);
    } else {
      unsetenv("TZ");
    }
    tzset();
  }

 private:
  std::optional<std::string> before_;
};

std::optional<std::int64_t> wait_of(const std::string& message) {
  const auto time = retry_time(message, kNow);
  return time ? std::optional{*time - kNow} : std::nullopt;
}

}  // namespace

TEST_CASE("a status has one kind of trouble") {
  CHECK(kind_of_status(429) == Kind::rate_limited);
  for (const std::int64_t status : {500, 502, 503, 504, 529}) {
    CHECK(kind_of_status(status) == Kind::overloaded);
  }
  for (const std::int64_t status : {401, 403}) CHECK(kind_of_status(status) == Kind::auth);
  for (const std::int64_t status : {0, 200, 400, 404, 600, -1}) {
    CHECK(kind_of_status(status) == Kind::failed);
  }
}

TEST_CASE("a status that a message names decides before its words") {
  CHECK(kind_of_message("unexpected status 401 Unauthorized: x") == Kind::auth);
  CHECK(kind_of_message("exceeded retry limit, last status: 429 Too Many Requests") ==
        Kind::rate_limited);
  CHECK(kind_of_message("[API Error: 529 odd]") == Kind::overloaded);
  CHECK(kind_of_message("failed (HTTP 503).") == Kind::overloaded);
  CHECK(kind_of_message(R"({"error":{"code":429,"message":"x"}})") == Kind::rate_limited);
  CHECK(kind_of_message("status 401: usage limit") == Kind::auth);
  CHECK(kind_of_message("request 429 of file 503, status 4290, error: 42") == Kind::failed);
  CHECK(kind_of_message("status 400: Rate limit reached") == Kind::rate_limited);
}

TEST_CASE("the words of a message tell limits, logins and broken lines apart") {
  for (const char* text :
       {"Quota exceeded.", "You’ve hit your usage limit.", "RESOURCE_EXHAUSTED",
        "You've hit your 5-hour limit", "Too many requests", "Rate limit reached for API key x"}) {
    CAPTURE(text);
    CHECK(kind_of_message(text) == Kind::rate_limited);
  }
  for (const char* text : {"Not logged in · Please run /login", "Incorrect API key provided",
                           "Missing environment variable: `X`.", "Invalid auth method selected."}) {
    CAPTURE(text);
    CHECK(kind_of_message(text) == Kind::auth);
  }
  for (const char* text :
       {"Overloaded", "We’re currently experiencing high demand, which", "fetch failed",
        "stream disconnected before completion", "connect ECONNREFUSED 127.0.0.1:1",
        "The socket connection was closed", "Request timed out."}) {
    CAPTURE(text);
    CHECK(kind_of_message(text) == Kind::overloaded);
  }
  for (const char* text : {"", "Prompt is too long", "maximum context length is 429 tokens"}) {
    CAPTURE(text);
    CHECK(kind_of_message(text) == Kind::failed);
  }
}

TEST_CASE("a length of time in a message is the time to try again") {
  CHECK(wait_of("Please try again in 6s.") == 6);
  CHECK(wait_of("Try again in 20 seconds") == 20);
  CHECK(wait_of("try again in 1m30s") == 90);
  CHECK(wait_of("Try again in 1 hour and 2 minutes, or later") == 3720);
  CHECK(wait_of("try again in 1.5s") == 2);
  CHECK(wait_of("try again in 350ms") == 1);
  CHECK(wait_of("Retrying in 60s (attempt 1/10)") == 60);
  CHECK(wait_of("Suggested retry after 60s.. Retrying after 66578ms...") == 67);
  CHECK(wait_of("Your quota will reset after 3h12m7s.") == 3 * kHour + 12 * 60 + 7);
  CHECK(wait_of("try again in 2 days") == 48 * kHour);
  CHECK(wait_of("retry after 30") == 30);
  for (const char* text :
       {"", "try again later", "try again in a moment", "try again in -5s", "in 20s",
        "try again in 99999999d", "try again in 5 parsecs", "try again in ",
        "try again in 999999999 days", "retry after 2026-11-22T00:00:00Z", "retry in 12:30"}) {
    CAPTURE(text);
    CHECK_FALSE(wait_of(text));
  }
}

TEST_CASE("lengths without end are no length") {
  std::string text = "try again in ";
  for (int i = 0; i < 400; ++i) text += "999999999d";
  CHECK_FALSE(wait_of(text));
}

TEST_CASE("a time of day in a message is the next such time, at the end of its minute") {
  const Zone zone("UTC0");
  CHECK(wait_of("or try again at 1:41 AM.") == kHour + 42 * 60);
  CHECK(wait_of("try again at 12:05 AM") == 6 * 60);
  CHECK(wait_of("try again at 12:00 PM") == 12 * kHour + 60);
  CHECK(wait_of("try again at 13:00") == 13 * kHour + 60);
  CHECK(wait_of("try again at 11:30 PM") == 23 * kHour + 31 * 60);
  CHECK(retry_time("try again at 12:00 AM", kNow + 30) == kNow + 60);
  CHECK(retry_time("try again at 12:00 AM", kNow + 90) == kNow + 91);
  CHECK(retry_time("try again at 12:00 AM", kNow + kHour) == kNow + 24 * kHour + 60);
  CHECK(wait_of("try again at Nov 22nd, 2026 1:41 AM.") == 25 * kHour + 42 * 60);
  CHECK(wait_of("try again at Nov 20th, 2026 1:41 AM.") == 1);
  for (const char* text :
       {"try again at 25:00", "try again at 1:99 AM", "try again at noon",
        "try again at Nov 22nd, 2099 1:41 AM", "try again at Foo 1st, 2026 1:00"}) {
    CAPTURE(text);
    CHECK_FALSE(wait_of(text));
  }
}

TEST_CASE("a time of day is meant in the local time zone") {
  const Zone zone("XST-2");
  CHECK(wait_of("try again at 3:41 AM") == kHour + 42 * 60);
}

TEST_CASE("a time of day after a change of the clocks is meant by the new time") {
  const Zone zone("EST5EDT,M3.2.0,M11.1.0");
  constexpr std::int64_t kBefore = 1793469600;  // 2026-10-31, 2 PM of summer time, the last day
  CHECK(retry_time("try again at 1:41 PM", kBefore) == kBefore + 24 * kHour + 42 * 60);
  CHECK(retry_time("try again at Nov 1st, 2026 1:41 PM", kBefore) ==
        kBefore + 24 * kHour + 42 * 60);
  CHECK(retry_time("try again at 2:41 PM", kBefore) == kBefore + 42 * 60);
}

TEST_CASE("a Retry-After header has seconds or a date") {
  CHECK(retry_after("3600", kNow) == kNow + 3600);
  CHECK(retry_after(" 0 ", kNow) == kNow);
  CHECK(retry_after("1.5", kNow) == kNow + 1);
  CHECK(retry_after("Sat, 21 Nov 2026 00:16:19 GMT", kNow) == kNow + 16 * 60 + 19);
  CHECK(retry_after("Fri, 20 Nov 2026 00:16:19 GMT", kNow) == kNow);
  for (const char* value : {"", "soon", "5 apples", "-1", "999999999", "Sat, 21 Nov",
                            "Sat, 21 Nov 9999 00:16:19 GMT"}) {
    CAPTURE(value);
    CHECK_FALSE(retry_after(value, kNow));
  }
}

TEST_CASE("a wait without sense is none") {
  CHECK(after_wait(1, kNow) == kNow + 1);
  CHECK(after_wait(66578, kNow) == kNow + 67);
  CHECK_FALSE(after_wait(-1, kNow));
  CHECK_FALSE(after_wait(std::numeric_limits<std::int64_t>::max(), kNow));
}
