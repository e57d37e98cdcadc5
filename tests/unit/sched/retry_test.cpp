#include "sched/retry.h"

#include "support/catch.h"

#include <algorithm>
#include <utility>

using namespace chant::sched;

namespace {

constexpr std::int64_t kNow = 1'000'000'000;

Tried tried(const std::string& exit_class, const std::string& agent = "main") {
  return {"spec", agent, exit_class, true, false, {}};
}

}  // namespace

TEST_CASE("a failed attempt is made again as often as allowed, rather by another", "[retry]") {
  const std::string exit_class = GENERATE("failed", "no_commit", "unchecked", "leftovers",
                                          "timeout", "stalled", "killed", "check", "setup");
  Retries retries;
  const Next first = retries.after(tried(exit_class), 2, kNow, 0.5);
  REQUIRE(first.again);
  CHECK(first.counts);
  CHECK(first.again->rather_not == "main");
  CHECK(first.again->not_before == kNow + 1000);
  CHECK(first.account == Finished::Account::none);
  const Next second = retries.after(tried(exit_class, "alt"), 2, kNow, 0.5);
  REQUIRE(second.again);
  CHECK(second.again->not_before == kNow + 2000);
  CHECK_FALSE(retries.after(tried(exit_class), 2, kNow, 0.5).again);
  CHECK(retries.counted("spec") == 3);
  CHECK(retries.counted("other") == 0);
}

TEST_CASE("what needs a person, or would only be repeated, is not made again", "[retry]") {
  Retries retries;
  for (const char* exit_class : {"tampered", "conflict", "gate"}) {
    CHECK_FALSE(retries.after(tried(exit_class), 5, kNow, 0).again);
  }
  Tried script = tried("failed");
  script.is_repeatable = false;
  CHECK_FALSE(retries.after(script, 5, kNow, 0).again);
  CHECK_FALSE(retries.after(tried("failed"), 0, kNow, 0).again);
}

TEST_CASE("a limit closes the account until its time and is no attempt", "[retry]") {
  Retries retries;
  Tried limit = tried("rate_limited");
  limit.retry_at = kNow + 20'000;
  for (int i = 0; i < 100; ++i) {
    const Next next = retries.after(limit, 0, kNow, 0.9);
    REQUIRE(next.again);
    CHECK_FALSE(next.counts);
    CHECK(next.account == Finished::Account::limited);
    CHECK(next.closed_until >= kNow + 20'000);
    CHECK(next.closed_until <= kNow + 21'000);
  }
  CHECK(retries.counted("spec") == 0);
  limit.retry_at = kNow - 5000;  // a clock that is wrong
  CHECK(retries.after(limit, 0, kNow, 0).closed_until > kNow);
}

TEST_CASE("a limit without a time is waited for longer and longer", "[retry]") {
  Retries retries;
  std::int64_t last = 0;
  std::int64_t now = kNow;
  const auto wait_again = [&] {
    const std::int64_t until = retries.after(tried("rate_limited"), 0, now, 0).closed_until;
    return until - std::exchange(now, until);
  };
  for (int i = 0; i < 6; ++i) {
    const std::int64_t wait = wait_again();
    CHECK(wait > last);
    last = wait;
  }
  for (int i = 0; i < 60; ++i) CHECK(wait_again() <= 31 * 60 * 1000);
  retries.succeeded("main");
  CHECK(wait_again() == 60'000);
}

TEST_CASE("several that meet one limit at once are one limit", "[retry]") {
  const std::string exit_class = GENERATE("rate_limited", "overloaded");
  Retries retries;
  const std::int64_t until = retries.after(tried(exit_class), 0, kNow, 0.99).closed_until;
  for (int i = 0; i < 8; ++i) {
    CHECK(retries.after(tried(exit_class), 0, kNow, 0.99).closed_until == until);
  }
  CHECK(retries.after(tried(exit_class), 0, until, 0.99).closed_until - until > until - kNow);
  CHECK(retries.after(tried(exit_class, "alt"), 0, kNow, 0.99).closed_until == until);
}

TEST_CASE("a time that is always over does not make a loop without waits", "[retry]") {
  Retries retries;
  std::int64_t now = kNow;
  for (int i = 0; i < 20; ++i) {
    Tried limit = tried("rate_limited");
    limit.retry_at = kNow - 5000;
    now = retries.after(limit, 0, now, 0).closed_until;
  }
  CHECK(now - kNow >= 3 * 60 * 60 * 1000);
}

TEST_CASE("waits are spread by chance", "[retry]") {
  for (const char* exit_class : {"rate_limited", "overloaded"}) {
    Retries one, other;
    const auto a = one.after(tried(exit_class), 0, kNow, 0.1).closed_until;
    const auto b = other.after(tried(exit_class), 0, kNow, 0.8).closed_until;
    CHECK(a != b);
  }
}

TEST_CASE("an overloaded account is tried again soon, but not for ever", "[retry]") {
  Retries retries;
  int again = 0;
  while (retries.after(tried("overloaded"), 0, kNow, 0.99).again) {
    ++again;
    REQUIRE(again <= Retries::kMaxOverloads);
  }
  CHECK(again == Retries::kMaxOverloads - 1);
  Retries fresh;
  const std::int64_t wait = fresh.after(tried("overloaded"), 0, kNow, 0.5).closed_until - kNow;
  CHECK(wait >= 1000);
  CHECK(wait <= 5000);
}

TEST_CASE("an overloaded account waits at least as long as it was told", "[retry]") {
  Retries retries;
  Tried told = tried("overloaded");
  told.retry_at = kNow + 900'000;
  CHECK(retries.after(told, 0, kNow, 0.5).closed_until == kNow + 900'000);
}

TEST_CASE("the overloads of one spec are not counted against another", "[retry]") {
  Retries retries;
  for (int i = 0; i < Retries::kMaxOverloads; ++i) {
    (void)retries.after(tried("overloaded"), 0, kNow, 0);
  }
  Tried other = tried("overloaded");
  other.spec = "other";
  CHECK(retries.after(other, 0, kNow, 0).again);
}

TEST_CASE("an account that cannot work is closed for good and its spec goes to others", "[retry]") {
  Retries retries;
  Tried missing = tried("setup");
  missing.is_missing = true;
  for (const Tried& one : {tried("auth"), missing}) {
    const Next next = retries.after(one, 0, kNow, 0);
    CHECK(next.again);
    CHECK_FALSE(next.counts);
    CHECK(next.account == Finished::Account::closed);
    CHECK(next.closed_until == kForGood);
  }
}

TEST_CASE("words that are only taken for a limit close the account three times at most",
          "[retry]") {
  Retries retries;
  Tried limit = tried("rate_limited");
  limit.is_guessed = true;
  for (int i = 0; i < Retries::kMaxGuesses; ++i) CHECK(retries.after(limit, 5, kNow, 0.5).again);
  const Next last = retries.after(limit, 5, kNow, 0.5);
  CHECK_FALSE(last.again);
  CHECK(last.account == Finished::Account::none);
}
