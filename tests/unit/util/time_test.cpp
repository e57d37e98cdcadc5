#include "util/time.h"

#include "support/catch.h"

#include <regex>

using namespace chant;

TEST_CASE("a point in time is written in UTC as RFC 3339", "[util]") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339(1795222923) == "2026-11-21T01:02:03Z");
  CHECK(rfc3339(now_ms() / 1000) > "2024-01-01T00:00:00Z");
  CHECK(std::regex_match(local_date(), std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}")));
}

TEST_CASE("an elapsed time is shown with what matters at its size", "[util]") {
  CHECK(elapsed_text(Milliseconds(0)) == "0.0s");
  CHECK(elapsed_text(Milliseconds(4249)) == "4.2s");
  CHECK(elapsed_text(Milliseconds(42900)) == "42s");
  CHECK(elapsed_text(Milliseconds(192000)) == "3m12s");
  CHECK(elapsed_text(Milliseconds(7500000)) == "2h05m");
  CHECK(elapsed_text(Milliseconds(-5)) == "0s");
}

TEST_CASE("a duration is a number of seconds or numbers with units", "[util]") {
  CHECK(parse_duration("90") == Seconds(90));
  CHECK(parse_duration("90s") == Seconds(90));
  CHECK(parse_duration("15m") == Seconds(900));
  CHECK(parse_duration("1h30m") == Seconds(5400));
  CHECK(parse_duration("1d") == Seconds(86400));
  CHECK(parse_duration("0") == Seconds(0));
  for (const char* wrong :
       {"", "m", "1h30", "-5", "1.5h", "5 m", "5x", "99999999999999999999", "400d", "1e3", "+5"}) {
    INFO(wrong);
    CHECK_FALSE(parse_duration(wrong));
  }
}
