#include "sched/gate_plan.h"

#include "support/catch.h"

#include <functional>
#include <random>
#include <utility>

using namespace chant::sched;

namespace {

using Places = std::set<std::size_t>;
using Train = std::vector<std::size_t>;
using Judge = std::function<bool(const Train& prefix)>;  // true: green

struct Played {
  Places parked;
  std::size_t runs = 0;
  std::size_t rounds = 0;
  bool base_is_red = false;
};

void note_verdicts(GatePlan& plan, Train& running, const Train& train, const Judge& judge) {
  for (const std::size_t prefix : running) {
    if (plan.is_moot(prefix)) {
      plan.drop(prefix);
    } else {
      plan.verdict(prefix, judge({train.begin(), train.begin() + static_cast<long>(prefix)}));
    }
  }
  running.clear();
}

// Plays a whole train with gates that all take the same time.
Played play(std::size_t count, std::size_t slots, std::size_t batch, const Judge& judge) {
  Played played;
  GatePlan plan(count, slots, batch);
  Train train;
  for (std::size_t i = 0; i < count; ++i) train.push_back(i);
  Train running;
  while (!plan.done() && !plan.base_is_red()) {
    while (const auto prefix = plan.next()) running.push_back(*prefix);
    REQUIRE_FALSE(running.empty());
    REQUIRE(running.size() <= slots);
    played.runs += running.size();
    ++played.rounds;
    note_verdicts(plan, running, train, judge);
    if (const auto bad = plan.culprit()) {
      played.parked.insert(train[*bad]);
      train.erase(train.begin() + static_cast<long>(*bad));
      plan.remove_culprit(train.size());
    }
  }
  played.base_is_red = plan.base_is_red();
  return played;
}

Judge without(const Places& bad) {
  return [bad](const Train& prefix) {
    return std::none_of(prefix.begin(), prefix.end(),
                        [&](std::size_t lander) { return bad.count(lander) != 0; });
  };
}

Places some_of(std::size_t count, std::size_t wanted, std::mt19937& random) {
  Places places;
  std::uniform_int_distribution<std::size_t> place(0, count - 1);
  while (places.size() < wanted) places.insert(place(random));
  return places;
}

// Mean and most of the runs for 24 landers and 4 slots.
std::pair<double, std::size_t> runs_with(std::size_t bad_ones) {
  std::mt19937 random(7);
  constexpr int kRounds = 300;
  std::size_t runs = 0, most = 0;
  for (int i = 0; i < kRounds; ++i) {
    const Places bad = some_of(24, bad_ones, random);
    const Played played = play(24, 4, 0, without(bad));
    REQUIRE(played.parked == bad);
    runs += played.runs;
    most = std::max(most, played.runs);
  }
  return {static_cast<double>(runs) / kRounds, most};
}

}  // namespace

TEST_CASE("good landers are all tested at once in cumulative batches", "[gate_plan]") {
  GatePlan plan(24, 4, 0);
  CHECK(plan.batch() == 6);
  for (const std::size_t prefix : {6U, 12U, 18U, 24U}) CHECK(plan.next() == prefix);
  CHECK_FALSE(plan.next());
  SECTION("the longest green one makes all of them good") {
    plan.verdict(24, true);
    CHECK(plan.done());
    CHECK(plan.is_moot(6));
  }
  SECTION("a shorter one does not") {
    plan.verdict(12, true);
    CHECK(plan.green() == 12);
    CHECK_FALSE(plan.done());
    CHECK(plan.is_moot(6));
    CHECK_FALSE(plan.is_moot(18));
  }
}

TEST_CASE("uneven numbers make a shorter last batch", "[gate_plan]") {
  GatePlan plan(5, 4, 0);
  for (const std::size_t prefix : {2U, 4U, 5U}) CHECK(plan.next() == prefix);
  CHECK_FALSE(plan.next());
}

TEST_CASE("nothing to land is done, and one slot tests one prefix at a time", "[gate_plan]") {
  GatePlan empty(0, 4, 0);
  CHECK(empty.done());
  CHECK_FALSE(empty.next());
  GatePlan single(10, 1, 0);
  CHECK(single.next() == 10U);
  CHECK_FALSE(single.next());
}

TEST_CASE("the batch of the user stays", "[gate_plan]") {
  GatePlan plan(24, 4, 2);
  CHECK(plan.next() == 2U);
  CHECK(plan.next() == 4U);
  CHECK(plan.batch() == 2);
}

TEST_CASE("a red prefix is cut until one lander is left", "[gate_plan]") {
  GatePlan plan(8, 2, 4);
  CHECK(plan.next() == 4U);
  CHECK(plan.next() == 8U);
  plan.verdict(4, true);
  plan.verdict(8, false);
  CHECK_FALSE(plan.culprit());
  CHECK(plan.next() == 6U);
  CHECK_FALSE(plan.next());
  plan.verdict(6, true);
  CHECK(plan.next() == 7U);
  plan.verdict(7, false);
  REQUIRE(plan.culprit() == 6U);
  plan.remove_culprit(7);
  CHECK(plan.green() == 6);
  CHECK_FALSE(plan.culprit());
  CHECK(plan.next() == 7U);
  plan.verdict(7, true);
  CHECK(plan.done());
}

TEST_CASE("the bare base is tested with the first cut, once", "[gate_plan]") {
  GatePlan plan(1, 4, 0);
  CHECK(plan.next() == 1U);
  plan.verdict(1, false);
  CHECK_FALSE(plan.culprit());
  CHECK(plan.next() == 0U);
  CHECK_FALSE(plan.next());
  SECTION("it is green: the only lander is the culprit") {
    plan.verdict(0, true);
    CHECK(plan.culprit() == 0U);
    CHECK_FALSE(plan.base_is_red());
    plan.remove_culprit(0);
    CHECK(plan.done());
  }
  SECTION("it is red: nothing can be said") {
    plan.verdict(0, false);
    CHECK_FALSE(plan.culprit());
    CHECK(plan.base_is_red());
    CHECK_FALSE(plan.next());
    CHECK_FALSE(plan.done());
  }
}

TEST_CASE("a broken gate is known as such after two rounds", "[gate_plan]") {
  const Played played = play(24, 4, 0, [](const Train&) { return false; });
  CHECK(played.base_is_red);
  CHECK(played.rounds == 2);
  CHECK(played.parked.empty());
}

TEST_CASE("a lander that mends a red base lands with what it mends", "[gate_plan]") {
  const Played played = play(8, 4, 0, [](const Train& prefix) {
    return std::find(prefix.begin(), prefix.end(), 5U) != prefix.end();
  });
  CHECK_FALSE(played.base_is_red);
  CHECK(played.parked.empty());
}

TEST_CASE("what holds a red prefix is moot once the base is known to be green", "[gate_plan]") {
  GatePlan plan(8, 4, 2);
  for (int i = 0; i < 4; ++i) CHECK(plan.next());
  plan.verdict(4, false);
  CHECK_FALSE(plan.is_moot(6));
  plan.verdict(2, true);
  CHECK(plan.is_moot(6));
  CHECK(plan.is_moot(8));
  plan.drop(6);
  SECTION("a green one counts all the same") {
    plan.verdict(8, true);
    CHECK(plan.done());
  }
  SECTION("verdicts of what does not run do not count") {
    plan.verdict(6, true);
    CHECK(plan.green() == 2);
  }
}

TEST_CASE("a dropped prefix is planned again", "[gate_plan]") {
  GatePlan plan(4, 1, 4);
  CHECK(plan.next() == 4U);
  plan.drop(4);
  CHECK(plan.next() == 4U);
  plan.verdict(4, false);
  CHECK(plan.next() == 0U);
  plan.drop(0);
  CHECK(plan.next() == 0U);
}

TEST_CASE("of two landers that only fail together the later one is the culprit", "[gate_plan]") {
  for (std::size_t first = 0; first < 23; ++first) {
    for (std::size_t second = first + 1; second < 24; ++second) {
      const Played played = play(24, 4, 0, [&](const Train& prefix) {
        const auto has = [&](std::size_t lander) {
          return std::find(prefix.begin(), prefix.end(), lander) != prefix.end();
        };
        return !has(first) || !has(second);
      });
      REQUIRE(played.parked == Places{second});
    }
  }
}

// The column "cumulative batches B=6" of the measurements that decided for this algorithm: 24
// landers, 4 slots, interpolated where it has no row for p = k/24.
TEST_CASE("of 24 with 4 slots the runs stay within what was measured", "[gate_plan]") {
  CHECK(runs_with(0).second == 4);
  CHECK(runs_with(1).second <= 10);
  CHECK(runs_with(2).second <= 17);
  CHECK(runs_with(3).first <= 23.4);
  CHECK(runs_with(3).second <= 24);  // with the one of the bare base
  CHECK(runs_with(5).first <= 34.7);
  CHECK(runs_with(7).first <= 46.8);
}

TEST_CASE("exactly the bad ones are found, with any slots and batches", "[gate_plan]") {
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    const std::size_t count = 1 + random() % 40;
    const Places bad = some_of(count, random() % (count + 1), random);
    const Played played = play(count, 1 + random() % 9, random() % 5, without(bad));
    REQUIRE(played.parked == bad);
    REQUIRE_FALSE(played.base_is_red);
  }
}

TEST_CASE("it ends whatever the verdicts are", "[gate_plan]") {
  std::mt19937 random(13);
  for (int i = 0; i < 500; ++i) {
    const std::size_t count = random() % 30;
    const std::size_t red_of_ten = random() % 11;
    const Played played = play(count, 1 + random() % 6, random() % 4,
                               [&](const Train&) { return random() % 10 >= red_of_ten; });
    REQUIRE(played.parked.size() <= count);
    REQUIRE(played.runs <= 4 * (count + 1) * (count + 1));
  }
}
