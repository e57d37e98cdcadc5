#include "spec/id.h"

#include "support/catch.h"
#include "util/error.h"

#include <algorithm>

using namespace chant::spec;
using Catch::Contains;

namespace {

const std::vector<std::string> kIds = {"2026-01-22-001-x7m",
                                       "2026-01-22-001-x7m.1",
                                       "2026-01-22-001-x7m.2",
                                       "2026-01-22-002-abc",
                                       "2026-01-22-002-q9q",
                                       "2026-02-22-001-abc",
                                       "2026-02-23-001-k2k",
                                       "2026-02-23-001-k2k.1",
                                       "2026-02-23-00a-m3m",
                                       "001-risky-refactor",
                                       "tidy"};

std::string resolve(std::string_view text) { return resolve_id(text, kIds, "2026-02-23"); }

std::string error_of(std::string_view text) {
  try {
    return "resolved to " + resolve(text);
  } catch (const chant::Error& error) {
    CHECK(error.code() == chant::Exit::usage);
    return error.what();
  }
}

}  // namespace

TEST_CASE("ids are names that are safe in paths, refs and command lines") {
  for (const auto* id : {"a", "2026-01-22-001-x7m", "x.2.1", "A_b-c.d", "001-risky-refactor",
                         "x.lockx", "console", "head-start"}) {
    CHECK(is_valid_id(id));
  }
  for (const auto* id : {"",     ".",      "..",     "../x",   "a/b",    "/etc/passwd",
                         "-x",   "--help", "x.lock", "x.LOCK", "x.",     ".x",
                         "a..b", "@",      "HEAD",   "a@{b",   "con",    "NUL",
                         "com1", "con.1",  "a ",     "a b",    "a$(id)", "a;b",
                         "a|b",  "a\nb",   "a'b",    "a`b",    "é",      "a\xE2\x80\xAE",
                         "_x"}) {
    INFO(id);
    CHECK_FALSE(is_valid_id(id));
  }
  CHECK(is_valid_id(std::string(100, 'a')));
  CHECK_FALSE(is_valid_id(std::string(101, 'a')));
}

TEST_CASE("a member knows its driver and its number") {
  CHECK(driver_of("x7m.3") == "x7m");
  CHECK(driver_of("x7m.3.1") == "x7m.3");
  CHECK(driver_of("x7m") == std::nullopt);
  CHECK(driver_of("x7m.a") == std::nullopt);
  CHECK(driver_of("x7m.1a") == std::nullopt);
  CHECK(driver_of(".1") == std::nullopt);
  CHECK(driver_of("x.99999999999999999999") == std::nullopt);
  CHECK(member_number("x7m.10") == 10);
  CHECK(member_number("x7m.2.1") == 1);
  CHECK(member_number("x7m") == std::nullopt);
}

TEST_CASE("ids are listed by date, sequence and member number") {
  const std::vector<std::string> ordered = {"001-risky",
                                            "2026-01-30-00e-y44",
                                            "2026-01-30-00e-y44.1",
                                            "2026-01-30-00e-y44.2",
                                            "2026-01-30-00e-y44.2.1",
                                            "2026-01-30-00e-y44.2.10",
                                            "2026-01-30-00e-y44.10",
                                            "2026-01-30-00z-abc",
                                            "2026-01-30-010-abc",
                                            "2026-01-30-zzz-abc",
                                            "2026-01-30-1000-abc",
                                            "2026-01-31-001-abc",
                                            "tidy",
                                            "tidy.2",
                                            "tidy.10"};
  auto shuffled = ordered;
  std::reverse(shuffled.begin(), shuffled.end());
  std::sort(shuffled.begin(), shuffled.end(), id_less);
  CHECK(shuffled == ordered);
  for (const auto& a : ordered) {
    CHECK_FALSE(id_less(a, a));
    for (const auto& b : ordered) CHECK((a == b || id_less(a, b) != id_less(b, a)));
  }
  CHECK(id_less("x.07", "x.7") != id_less("x.7", "x.07"));
}

TEST_CASE("a short id means the first rule that matches") {
  CHECK(resolve("tidy") == "tidy");
  CHECK(resolve("2026-01-22-001-x7m") == "2026-01-22-001-x7m");
  CHECK(resolve("x7m") == "2026-01-22-001-x7m");
  CHECK(resolve("001-x7m") == "2026-01-22-001-x7m");
  CHECK(resolve("x7m.2") == "2026-01-22-001-x7m.2");
  CHECK(resolve("refactor") == "001-risky-refactor");
  CHECK(resolve("001") == "2026-02-23-001-k2k");
  CHECK(resolve("001.1") == "2026-02-23-001-k2k.1");
  CHECK(resolve("00a") == "2026-02-23-00a-m3m");
  CHECK(resolve("01-22-001") == "2026-01-22-001-x7m");
  CHECK(resolve("01-22-001.2") == "2026-01-22-001-x7m.2");
  CHECK(resolve("2026-01-22-001") == "2026-01-22-001-x7m");
  CHECK(resolve("23-001") == "2026-02-23-001-k2k");
  CHECK(resolve("2026-01-22-001-x") == "2026-01-22-001-x7m");
  CHECK(resolve("ti") == "tidy");
}

TEST_CASE("an ambiguous short id lists the candidates and exits 129") {
  CHECK(error_of("abc") ==
        "'abc' is ambiguous: it can be '2026-01-22-002-abc', '2026-02-22-001-abc'");
  CHECK_THAT(error_of("22-001"), Contains("2026-01-22-001-x7m") && Contains("2026-02-22-001-abc"));
  CHECK_THAT(error_of("2026-02"), Contains("ambiguous"));
}

TEST_CASE("a short id that means nothing is named and exits 129") {
  CHECK(error_of("zzz") == "no spec matches 'zzz'");
  CHECK(error_of("") == "no spec matches ''");
  CHECK(error_of("7m") == "no spec matches '7m'");  // not at a boundary
  CHECK(error_of("idy") == "no spec matches 'idy'");
}

TEST_CASE("a short id is the shortest suffix that no other id ends in") {
  CHECK(short_id("2026-01-22-001-x7m", kIds) == "x7m");
  CHECK(short_id("2026-01-22-001-x7m.2", kIds) == "x7m.2");
  CHECK(short_id("2026-01-22-002-abc", kIds) == "002-abc");
  CHECK(short_id("2026-02-22-001-abc", kIds) == "001-abc");
  CHECK(short_id("tidy", kIds) == "tidy");
  for (const auto& id : kIds) CHECK(resolve(short_id(id, kIds)) == id);
}

TEST_CASE("a new id has the next sequence of its day") {
  CHECK_THAT(make_id("2026-02-23", kIds), Contains("2026-02-23-00b-"));
  CHECK_THAT(make_id("2026-03-01", kIds), Contains("2026-03-01-001-"));
  CHECK_THAT(make_id("2026-03-01", {"2026-03-01-00z-abc.2"}), Contains("2026-03-01-010-"));
  CHECK_THAT(make_id("2026-03-01", {"2026-03-01-zzz-abc"}), Contains("2026-03-01-1000-"));
  CHECK_THAT(make_id("2026-03-01", {"2026-03-01-fix-login"}), Contains("2026-03-01-001-"));
  CHECK(is_valid_id(make_id("2026-03-01", {})));
  CHECK(make_id("2026-03-01", {}).size() == 18);
}
