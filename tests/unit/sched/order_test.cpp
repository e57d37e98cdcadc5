#include "sched/order.h"

#include "support/catch.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace chant::sched;

namespace {

using Ids = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;
using Waves = std::vector<Ids>;

Lander lander(const std::string& id, const Ids& depends_on = {}, std::size_t size = 1,
              std::int64_t finished_at = 0) {
  return {id, depends_on, size, finished_at, false};
}

Lander clashing(const std::string& id, const Ids& depends_on = {}) {
  Lander result = lander(id, depends_on);
  result.conflicts_with_target = true;
  return result;
}

Ids automatic(const std::vector<Lander>& landers, const Pairs& conflicts) {
  return landing_order(landers, conflicts, Order::automatic);
}

// Landed in this order when a pair that conflicts cannot land together.
Ids landed(const std::vector<Lander>& landers, const Pairs& conflicts, const Ids& order) {
  std::set<std::string> done;
  std::set<std::pair<std::string, std::string>> pairs;
  for (const auto& [a, b] : conflicts) pairs.insert({{a, b}, {b, a}});
  std::map<std::string, Lander> by_id;
  for (const Lander& one : landers) by_id[one.id] = one;
  for (const std::string& id : order) {
    const Lander& one = by_id.at(id);
    bool good = !one.conflicts_with_target;
    for (const std::string& need : one.depends_on) good = good && done.count(need) > 0;
    for (const std::string& other : done) good = good && pairs.count({id, other}) == 0;
    if (good) done.insert(id);
  }
  return {done.begin(), done.end()};
}

struct Case {
  std::vector<Lander> landers;
  Pairs conflicts;
};

Case random_case(std::mt19937& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  Case result;
  const std::size_t count = 1 + below(12);
  for (std::size_t i = 0; i < count; ++i) {
    Lander one = lander(std::string(1, static_cast<char>('a' + i)), {}, below(4),
                        static_cast<std::int64_t>(below(3)));
    one.conflicts_with_target = below(10) == 0;
    for (std::size_t k = 0; k < count; ++k) {
      // Dependencies go in one direction of a shuffled order, so there are no circles.
      if (k != i && (k * 7 + 3) % 13 < (i * 7 + 3) % 13 && below(6) == 0) {
        one.depends_on.push_back(std::string(1, static_cast<char>('a' + k)));
      }
      if (k < i && below(4) == 0) {
        result.conflicts.emplace_back(one.id, std::string(1, static_cast<char>('a' + k)));
      }
    }
    result.landers.push_back(std::move(one));
  }
  std::shuffle(result.landers.begin(), result.landers.end(), random);
  return result;
}

}  // namespace

TEST_CASE("who conflicts with fewer comes first", "[order]") {
  // b conflicts with both others, which do not conflict with each other.
  CHECK(automatic({lander("a"), lander("b"), lander("c")}, {{"a", "b"}, {"b", "c"}}) ==
        Ids{"a", "c", "b"});
  CHECK(automatic({lander("b"), lander("a"), lander("c")}, {{"b", "a"}, {"b", "c"}}) ==
        Ids{"a", "c", "b"});
}

TEST_CASE("a smaller change comes before a larger, then an older, then the id", "[order]") {
  CHECK(automatic({lander("a", {}, 9), lander("b", {}, 2), lander("c", {}, 5)}, {}) ==
        Ids{"b", "c", "a"});
  CHECK(automatic({lander("a", {}, 1, 30), lander("c", {}, 1, 20), lander("b", {}, 1, 20)}, {}) ==
        Ids{"b", "c", "a"});
}

TEST_CASE("by id and by dependencies alone, conflicts do not matter", "[order]") {
  const std::vector<Lander> landers = {lander("c", {}, 1, 10), lander("a", {"b"}, 1, 20),
                                       lander("b", {}, 1, 30)};
  const Pairs conflicts = {{"b", "c"}, {"b", "a"}};
  CHECK(landing_order(landers, conflicts, Order::id) == Ids{"b", "a", "c"});
  CHECK(landing_order(landers, conflicts, Order::dependencies) == Ids{"c", "b", "a"});
}

TEST_CASE("dependencies land first in every order, others than landers do not count", "[order]") {
  const std::vector<Lander> landers = {lander("a", {"z", "elsewhere"}, 1, 1),
                                       lander("m", {}, 50, 90), lander("z", {"m"}, 50, 80)};
  for (const Order order : {Order::automatic, Order::dependencies, Order::id}) {
    CHECK(landing_order(landers, {}, order) == Ids{"m", "z", "a"});
  }
}

TEST_CASE("a circle of dependencies is still an order of all", "[order]") {
  const std::vector<Lander> landers = {lander("a", {"b"}), lander("b", {"a"}), lander("c", {"c"})};
  CHECK(automatic(landers, {}) == Ids{"c", "a", "b"});
  CHECK(landing_waves(landers, {}, Order::id).size() == 2);
}

TEST_CASE("who conflicts with the target comes last with all that need it", "[order]") {
  const std::vector<Lander> landers = {clashing("a"), lander("b", {"a"}), lander("c")};
  CHECK(automatic(landers, {{"b", "c"}}) == Ids{"c", "a", "b"});
  CHECK(landing_waves(landers, {}, Order::automatic) == Waves{{"c"}, {"a"}, {"b"}});
}

TEST_CASE("landing one that others need counts what a conflict would cost them", "[order]") {
  // x conflicts with y only, y with x only; but three need y.
  CHECK(automatic({lander("x"), lander("y"), lander("k", {"y"}), lander("l", {"y"})}, {{"x", "y"}})
            .back() == "x");
}

TEST_CASE("waves have nobody together who conflicts, and need only earlier waves", "[order]") {
  CHECK(landing_waves({lander("a"), lander("b"), lander("c", {"a"}), lander("d")},
                      {{"a", "b"}, {"c", "d"}}, Order::automatic) == Waves{{"a", "d"}, {"c", "b"}});
  CHECK(landing_waves({}, {}, Order::automatic).empty());
}

TEST_CASE("at least so many are left behind", "[order]") {
  CHECK(least_left_behind({lander("a"), lander("b")}, {}) == 0);
  CHECK(least_left_behind({lander("a"), lander("b"), lander("c")}, {{"a", "b"}, {"b", "c"}}) == 1);
  CHECK(least_left_behind({lander("a"), lander("b"), lander("c"), lander("d")},
                          {{"a", "b"}, {"c", "d"}}) == 2);
  CHECK(least_left_behind({clashing("a"), lander("b", {"a"}), lander("c")}, {{"b", "c"}}) == 2);
}

TEST_CASE("random cases: every order is complete, and keeps what orders promise", "[order]") {
  std::mt19937 random(7);
  for (int round = 0; round < 400; ++round) {
    const Case one = random_case(random);
    CAPTURE(round);
    const Ids by_id = landing_order(one.landers, one.conflicts, Order::id);
    const Ids best = automatic(one.landers, one.conflicts);
    for (const Ids& order : {by_id, best}) {
      REQUIRE(order.size() == one.landers.size());
      REQUIRE(std::set<std::string>(order.begin(), order.end()).size() == order.size());
      const auto place = [&](const std::string& id) {
        return std::find(order.begin(), order.end(), id) - order.begin();
      };
      for (const Lander& lander : one.landers) {
        for (const std::string& need : lander.depends_on) {
          REQUIRE(place(need) < place(lander.id));
        }
      }
    }
    const std::size_t most = landed(one.landers, one.conflicts, best).size();
    REQUIRE(most >= landed(one.landers, one.conflicts, by_id).size());
    REQUIRE(most + least_left_behind(one.landers, one.conflicts) <= one.landers.size());
  }
}

TEST_CASE("random cases: waves are as they are described", "[order]") {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    const Case one = random_case(random);
    CAPTURE(round);
    std::map<std::string, std::size_t> wave_of;
    const Waves waves = landing_waves(one.landers, one.conflicts, Order::automatic);
    for (std::size_t i = 0; i < waves.size(); ++i) {
      REQUIRE_FALSE(waves[i].empty());
      for (const std::string& id : waves[i]) REQUIRE(wave_of.emplace(id, i).second);
    }
    REQUIRE(wave_of.size() == one.landers.size());
    for (const auto& [a, b] : one.conflicts) REQUIRE(wave_of.at(a) != wave_of.at(b));
    for (const Lander& lander : one.landers) {
      for (const std::string& need : lander.depends_on) {
        REQUIRE(wave_of.at(need) < wave_of.at(lander.id));
      }
    }
  }
}
