#include "support/catch.h"
#include "work/scene.h"

using chant::work::Lane;

TEST_CASE("a lane lets one step through at a time, in order", "[work]") {
  Lane lane;
  std::string seen;
  lane.enter([&] { seen += "a"; });
  lane.enter([&] { seen += "b"; });
  lane.enter([&] { seen += "c"; });
  CHECK(seen == "a");
  lane.leave();
  CHECK(seen == "ab");
  lane.leave();
  lane.leave();
  CHECK(seen == "abc");
  lane.enter([&] { seen += "d"; });
  CHECK(seen == "abcd");
}

TEST_CASE("steps that leave the lane while they run all get their turn", "[work]") {
  Lane lane;
  std::string seen;
  const auto step = [&](char name) {
    return [&lane, &seen, name] {
      seen += name;
      lane.leave();
    };
  };
  lane.enter([&] {
    lane.enter(step('b'));
    lane.enter(step('c'));
    seen += 'a';
    lane.leave();
  });
  CHECK(seen == "abc");
}

TEST_CASE("a step that is over when it returns leaves the lane, and waits for one that is not",
          "[work]") {
  Lane lane;
  std::string seen;
  lane.pass([&] {
    lane.pass([&] { seen += 'b'; });
    seen += 'a';
  });
  CHECK(seen == "ab");
  lane.enter([&] { seen += 'c'; });
  lane.pass([&] { seen += 'd'; });
  CHECK(seen == "abc");
  lane.leave();
  CHECK(seen == "abcd");
}
