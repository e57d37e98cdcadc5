#include "work/slots.h"

#include "process/loop.h"
#include "support/catch.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <sys/wait.h>

#include <filesystem>

using namespace chant;
using chant::test::Fifo;
using chant::test::kPatience;
using chant::test::Stopwatch;
using chant::test::TempDir;

namespace {

struct Place {
  TempDir dir;
  git::Repository repository;
  std::vector<config::Agent> agents;

  explicit Place(std::vector<std::pair<std::string, int>> caps) {
    repository.common_dir = dir.path();
    for (const auto& [name, cap] : caps) {
      config::Agent agent;
      agent.name = name;
      agent.max_concurrent = cap;
      agents.push_back(agent);
    }
  }
  [[nodiscard]] work::Slots slots(int total = 0) const {
    return {repository, agents, total, CHANT_TEST_SUPERVISOR};
  }
};

void run_until(process::Loop& loop, const bool& what) {
  const Stopwatch watch;
  while (!what && watch.elapsed() < kPatience) {
    REQUIRE_FALSE(loop.idle());
    loop.run_once();
  }
  REQUIRE(what);
}

void run_for(process::Loop& loop, Milliseconds time) {
  bool over = false;
  loop.after(time, [&over] { over = true; });
  run_until(loop, over);
}

}  // namespace

TEST_CASE("an agent has as many slots as its cap, for all processes together", "[work][slots]") {
  const Place place({{"main", 2}, {"alt", 1}});
  auto ours = place.slots();
  auto theirs = place.slots();
  CHECK(ours.take("a", "main"));
  CHECK(theirs.take("b", "main"));
  CHECK_FALSE(ours.take("c", "main"));
  CHECK_FALSE(theirs.take("c", "main"));
  CHECK(ours.take("c", "alt"));
  CHECK_FALSE(theirs.take("d", "alt"));
  CHECK_FALSE(theirs.take("d", "unknown"));
  theirs.give_back("b");
  CHECK(ours.take("d", "main"));
  ours.give_back("never taken");
}

TEST_CASE("the total is shared, and a slot that is of no use is given back", "[work][slots]") {
  const Place place({{"main", 2}, {"alt", 2}});
  auto ours = place.slots(2);
  auto theirs = place.slots(2);
  CHECK(ours.take("a", "main"));
  CHECK(ours.take("b", "alt"));
  CHECK_FALSE(theirs.take("c", "main"));
  ours.give_back("b");
  CHECK(theirs.take("c", "main"));
  CHECK_FALSE(ours.take("d", "alt"));
}

TEST_CASE("agents with similar names have slots of their own", "[work][slots]") {
  const Place place({{"a", 1}, {"a-1", 1}, {"all", 1}});
  auto slots = place.slots(3);
  CHECK(slots.take("x", "a"));
  CHECK(slots.take("y", "a-1"));
  CHECK(slots.take("z", "all"));
}

TEST_CASE("a process that was killed has given its slots back", "[work][slots]") {
  const Place place({{"main", 1}});
  Fifo taken(place.dir.path() / "taken");
  const pid_t other = ::fork();
  if (other == 0) {
    auto theirs = place.slots(1);
    const bool took = theirs.take("a", "main");
    const UniqueFd fd(::open((place.dir.path() / "taken").c_str(), O_WRONLY));
    if (took) (void)!::write(fd.number(), "yes\n", 4);
    for (;;) ::pause();
  }
  CHECK(taken.line() == "yes");
  auto ours = place.slots(1);
  CHECK_FALSE(ours.take("b", "main"));
  ::kill(other, SIGKILL);
  REQUIRE(::waitpid(other, nullptr, 0) == other);
  CHECK(ours.take("b", "main"));
}

TEST_CASE("who waits for a slot is told when another gives it back", "[work][slots]") {
  const Place place({{"main", 1}, {"alt", 1}});
  process::Loop loop;
  auto theirs = place.slots();
  auto ours = place.slots();
  REQUIRE(theirs.take("a", "main"));
  REQUIRE(theirs.take("b", "alt"));
  bool free = false;
  ours.when_free(loop, {"main", "alt"}, [&free] { free = true; });
  run_for(loop, Milliseconds(100));
  CHECK_FALSE(free);
  theirs.give_back("b");
  run_until(loop, free);
  CHECK(ours.take("c", "alt"));
  CHECK_FALSE(ours.take("d", "main"));
}

TEST_CASE("who waits for the total is told whichever slot is given back", "[work][slots]") {
  const Place place({{"main", 2}, {"alt", 2}});
  process::Loop loop;
  auto theirs = place.slots(2);
  auto ours = place.slots(2);
  REQUIRE(theirs.take("a", "main"));
  REQUIRE(theirs.take("b", "main"));
  bool free = false;
  ours.when_free(loop, {"alt"}, [&free] { free = true; });
  run_for(loop, Milliseconds(100));
  CHECK_FALSE(free);
  theirs.give_back("a");
  run_until(loop, free);
  CHECK(ours.take("c", "alt"));
}

TEST_CASE("who waits for a slot that is free is told at once", "[work][slots]") {
  const Place place({{"main", 1}});
  process::Loop loop;
  auto slots = place.slots();
  bool free = false;
  slots.when_free(loop, {"main"}, [&free] { free = true; });
  CHECK_FALSE(free);
  loop.run_once();
  CHECK(free);
  CHECK(loop.idle());
}

TEST_CASE("nobody waits for slots that are all our own", "[work][slots]") {
  const Place place({{"main", 1}});
  process::Loop loop;
  auto slots = place.slots();
  REQUIRE(slots.take("a", "main"));
  slots.when_free(loop, {"main"}, [] { FAIL("nothing was given back"); });
  CHECK(loop.idle());
}

TEST_CASE("a later wait replaces an earlier one, and a wait can end", "[work][slots]") {
  const Place place({{"main", 1}, {"alt", 1}});
  process::Loop loop;
  auto theirs = place.slots();
  auto ours = place.slots();
  REQUIRE(theirs.take("a", "main"));
  REQUIRE(theirs.take("b", "alt"));
  bool free = false;
  ours.when_free(loop, {"main"}, [] { FAIL("this was replaced"); });
  ours.when_free(loop, {"alt"}, [] { FAIL("this was replaced"); });
  ours.when_free(loop, {"alt"}, [&free] { free = true; });
  theirs.give_back("a");
  run_for(loop, Milliseconds(100));
  CHECK_FALSE(free);
  theirs.give_back("b");
  run_until(loop, free);
  REQUIRE(theirs.take("c", "main"));
  ours.when_free(loop, {"main"}, [] { FAIL("this was ended"); });
  ours.stop_waiting();
  theirs.give_back("c");
  while (!loop.idle()) loop.run_once();
}

TEST_CASE("slots that go away wait no longer", "[work][slots]") {
  const Place place({{"main", 1}});
  process::Loop loop;
  auto theirs = place.slots();
  REQUIRE(theirs.take("a", "main"));
  {
    auto ours = place.slots();
    ours.when_free(loop, {"main"}, [] { FAIL("nobody is there"); });
  }
  theirs.give_back("a");
  const Stopwatch watch;
  while (!loop.idle()) loop.run_once();
  CHECK(watch.elapsed() < kPatience);
}

#ifdef __linux__
TEST_CASE("who waits for a slot ends with the process that wants it", "[work][slots]") {
  const Place place({{"main", 1}});
  const auto alive_path = place.dir.path() / "alive";
  Fifo alive(alive_path);
  const auto waiter =
      place.dir.write("waiter", "#!/bin/sh\nexec 9>'" + alive_path.string() +
                                    "'\necho $$ >&9\nexec " + CHANT_TEST_SUPERVISOR + " \"$@\"\n");
  std::filesystem::permissions(waiter, std::filesystem::perms::owner_all);
  auto theirs = place.slots();
  REQUIRE(theirs.take("a", "main"));
  const pid_t other = ::fork();
  if (other == 0) {
    process::Loop loop;
    work::Slots slots(place.repository, place.agents, 0, waiter);
    slots.when_free(loop, {"main"}, [] {});
    for (;;) loop.run_once();
  }
  (void)alive.line();
  ::kill(other, SIGKILL);
  REQUIRE(::waitpid(other, nullptr, 0) == other);
  CHECK(alive.closes_within(kPatience));
}
#endif
