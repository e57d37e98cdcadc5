#include "sched/accounts.h"

#include "support/catch.h"
#include "util/error.h"

#include <map>
#include <random>

using namespace chant::sched;

namespace {

using Names = std::vector<std::string>;

// Takes as many as said, while one is free.
Names take(Accounts& accounts, std::size_t count, const Accounts::Choice& choice = {}) {
  Names names;
  while (names.size() < count) {
    const Accounts::Places free = accounts.free(choice, 0);
    if (free.empty()) break;
    const std::size_t account = accounts.turn_of(free);
    accounts.take(account);
    names.push_back(accounts.name(account));
  }
  return names;
}

std::map<std::string, int> count(const Names& names) {
  std::map<std::string, int> result;
  for (const std::string& name : names) ++result[name];
  return result;
}

AgentCap weighted(const std::string& name, int max, int weight) { return {name, max, weight}; }

AgentCap closed(const std::string& name, std::int64_t until, const std::string& reason) {
  return {name, 1, 1, until, reason};
}

Names free_names(const Accounts& accounts, const Accounts::Choice& choice, std::int64_t now) {
  Names names;
  for (const std::size_t account : accounts.free(choice, now)) {
    names.push_back(accounts.name(account));
  }
  return names;
}

}  // namespace

TEST_CASE("least-loaded gives the next job to the smallest share of the cap", "[accounts]") {
  Accounts accounts({{"big", 4}, {"small", 2}}, Distribution::least_loaded);
  CHECK(accounts.total() == 6);
  CHECK(take(accounts, 9) == Names{"big", "small", "big", "big", "small", "big"});
  accounts.give_back("small");
  CHECK(take(accounts, 9) == Names{"small"});
}

TEST_CASE("of idle accounts and of loads the weight decides", "[accounts]") {
  Accounts accounts({weighted("light", 4, 1), weighted("heavy", 4, 3)}, Distribution::least_loaded);
  CHECK(take(accounts, 5) == Names{"heavy", "light", "heavy", "heavy", "light"});
}

TEST_CASE("round-robin goes around, past those that are full", "[accounts]") {
  Accounts accounts({{"a", 2}, {"b", 1}, {"c", 3}}, Distribution::round_robin);
  CHECK(take(accounts, 9) == Names{"a", "b", "c", "a", "c", "c"});
  for (const char* name : {"a", "b", "c", "c"}) accounts.give_back(name);
  CHECK(take(accounts, 3) == Names{"a", "b", "c"});
}

TEST_CASE("round-robin spreads the turns by weight", "[accounts]") {
  Accounts accounts({weighted("a", 99, 3), weighted("b", 99, 1)}, Distribution::round_robin);
  CHECK(take(accounts, 8) == Names{"a", "b", "a", "a", "a", "b", "a", "a"});
}

TEST_CASE("round-robin keeps to the weights while jobs end in any order", "[accounts]") {
  std::mt19937 random(3);
  Accounts accounts({weighted("a", 5, 1), weighted("b", 5, 2), weighted("c", 5, 5)},
                    Distribution::round_robin);
  Names running, all;
  while (all.size() < 800) {
    if (running.size() < 4) {
      running.push_back(take(accounts, 1).front());
      all.push_back(running.back());
    } else {
      const auto ended = running.begin() + static_cast<long>(random() % running.size());
      accounts.give_back(*ended);
      running.erase(ended);
    }
  }
  CHECK(count(all) == std::map<std::string, int>{{"a", 100}, {"b", 200}, {"c", 500}});
}

TEST_CASE("an account that was closed for long does not catch up", "[accounts]") {
  Accounts accounts({{"a", 99}, {"b", 99, 1, 1, ""}, {"c", 99}}, Distribution::round_robin);
  CHECK(take(accounts, 6) == Names{"a", "c", "a", "c", "a", "c"});
  Names names;
  for (int i = 0; i < 4; ++i) {
    const std::size_t account = accounts.turn_of(accounts.free({}, 1));
    accounts.take(account);
    names.push_back(accounts.name(account));
  }
  CHECK(count(names)["b"] <= 2);
}

TEST_CASE("an account without a cap gets nothing", "[accounts]") {
  Accounts accounts({{"none", 0}, {"negative", -2}}, Distribution::least_loaded);
  CHECK(accounts.total() == 0);
  CHECK(take(accounts, 1).empty());
  CHECK_FALSE(accounts.any({}));
  accounts.slow_down("none");
  CHECK(accounts.allowed("none") == 0);
}

TEST_CASE("a limit halves what an account may have, at least one", "[accounts]") {
  Accounts accounts({{"a", 7}}, Distribution::least_loaded);
  CHECK(accounts.allowed("a") == 7);
  for (const int left : {3, 1, 1}) {
    accounts.slow_down("a");
    CHECK(accounts.allowed("a") == left);
  }
  CHECK(take(accounts, 9).size() == 1);
}

TEST_CASE("what is above a new limit runs on, and nothing is added to it", "[accounts]") {
  Accounts accounts({{"a", 4}}, Distribution::least_loaded);
  take(accounts, 4);
  accounts.slow_down("a");
  accounts.give_back("a");
  accounts.give_back("a");
  CHECK(accounts.free({}, 0).empty());
  accounts.give_back("a");
  CHECK(take(accounts, 9).size() == 1);
}

TEST_CASE("successes give back one at a time, after as many as may run", "[accounts]") {
  Accounts accounts({{"a", 4}}, Distribution::least_loaded);
  accounts.slow_down("a");
  accounts.slow_down("a");
  std::vector<int> allowed;
  for (int i = 0; i < 8; ++i) {
    accounts.speed_up("a");
    allowed.push_back(accounts.allowed("a"));
  }
  CHECK(allowed == std::vector<int>{2, 2, 3, 3, 3, 4, 4, 4});
  SECTION("a limit in between begins anew") {
    accounts.slow_down("a");
    accounts.speed_up("a");
    accounts.slow_down("a");
    CHECK(accounts.allowed("a") == 1);
    accounts.speed_up("a");
    accounts.speed_up("a");
    CHECK(accounts.allowed("a") == 2);
  }
}

TEST_CASE("a closed account has no turn until its time", "[accounts]") {
  Accounts accounts({{"a", 1}, {"b", 1}}, Distribution::round_robin);
  accounts.close("a", 50, "limit");
  CHECK(free_names(accounts, {}, 49) == Names{"b"});
  CHECK(free_names(accounts, {}, 50) == Names{"a", "b"});
  accounts.close("a", 40, "an earlier one changes nothing");
  CHECK(accounts.closed_until("a") == 50);
  accounts.close("a", kForGood, "no login");
  CHECK(free_names(accounts, {}, 1000) == Names{"b"});
  CHECK(accounts.closings({}, 1000) == "a: no login");
}

TEST_CASE("an account may be closed before the run", "[accounts]") {
  const Accounts accounts({closed("a", 70, "weekly limit"), closed("b", 60, ""), {"c", 1}},
                          Distribution::least_loaded);
  CHECK(free_names(accounts, {}, 0) == Names{"c"});
  CHECK(accounts.closings({}, 0) == "a: weekly limit; b");
  CHECK(accounts.closings({}, 65) == "a: weekly limit");
  CHECK(accounts.all_closed({{"a", "b"}, ""}, 59));
  CHECK_FALSE(accounts.all_closed({{"a", "b"}, ""}, 60));
  CHECK_FALSE(accounts.all_closed({}, 0));
}

TEST_CASE("another account is preferred while one is open, even when it is busy", "[accounts]") {
  Accounts accounts({{"a", 1}, {"b", 1}}, Distribution::least_loaded);
  const Accounts::Choice choice{{}, "a"};
  CHECK(free_names(accounts, choice, 0) == Names{"b"});
  take(accounts, 1, choice);
  CHECK(free_names(accounts, choice, 0).empty());
  accounts.close("b", 10, "");
  CHECK(free_names(accounts, choice, 0) == Names{"a"});
  CHECK(free_names(accounts, {{"a"}, "a"}, 10) == Names{"a"});
  CHECK(free_names(accounts, {{"b"}, "a"}, 0).empty());
}

TEST_CASE("the next time is the first at which one with room is open", "[accounts]") {
  Accounts accounts({closed("a", 30, ""), closed("b", 20, ""), closed("c", kForGood, "")},
                    Distribution::least_loaded);
  CHECK(accounts.next_time({}, 0, 0) == 20);
  CHECK(accounts.next_time({}, 0, 25) == 25);
  CHECK(accounts.next_time({}, 20, 0) == 30);
  CHECK_FALSE(accounts.next_time({}, 30, 30));
  CHECK(accounts.next_time({{"a"}, ""}, 0, 0) == 30);
  CHECK_FALSE(accounts.next_time({{"c"}, ""}, 0, 50));
  CHECK_FALSE(accounts.next_time({{"nobody"}, ""}, 0, 50));
  accounts.take(1);
  CHECK(accounts.next_time({}, 0, 0) == 30);  // b is full: its end counts, not its time
}

TEST_CASE("an account that is not there is an error, not a silent nothing", "[accounts]") {
  Accounts accounts({{"a", 1}}, Distribution::least_loaded);
  CHECK_THROWS_AS(accounts.close("", 1, ""), chant::Error);
  CHECK_THROWS_AS(accounts.speed_up("b"), chant::Error);
}
