#include "spec/state.h"

#include "support/catch.h"

#include <fmt/format.h>

using namespace chant::spec;
using Strings = std::vector<std::string>;
using All = std::map<std::string, Item>;

namespace {

Item& add(All& all, const std::string& id, const std::string& status = "pending",
          std::optional<Strings> depends_on = std::nullopt) {
  Item item;
  item.spec.id = id;
  item.spec.status = status;
  item.spec.depends_on = std::move(depends_on);
  return all[id] = std::move(item);
}

State state_of(const All& all, const std::string& id,
               Dependents dependents = Dependents::wait_for_target) {
  return compute_states(all, dependents).at(id).state;
}

State state_of(const Item& item) {
  All all;
  all[item.spec.id] = item;
  return state_of(all, item.spec.id);
}

Item item(const std::string& status = "pending") {
  All all;
  return add(all, "a", status);
}

}  // namespace

TEST_CASE("a pending spec with nothing in the way is ready, whatever its word for it") {
  for (const auto* status : {"pending", "ready", "blocked", "draft", "", "Completed"}) {
    CHECK(state_of(item(status)) == State::ready);
  }
}

TEST_CASE("final states in the file win over everything known here") {
  for (const auto& [status, state] :
       {std::pair{"completed", State::completed}, {"cancelled", State::cancelled}}) {
    auto spec = item(status);
    spec.facts.claimed = spec.facts.sealed = true;
    spec.facts.last = Facts::Last::failed;
    CHECK(state_of(spec) == state);
  }
}

TEST_CASE("the target decides about the final states when its version is given") {
  auto spec = item("pending");
  spec.facts.target_status = "completed";
  CHECK(state_of(spec) == State::completed);
  spec = item("completed");
  spec.facts.target_status = "pending";
  CHECK(state_of(spec) == State::ready);
  spec = item("failed");
  spec.facts.target_status = "pending";
  CHECK(state_of(spec) == State::failed);
}

TEST_CASE("claim, seal and last attempt are looked at in this order") {
  auto spec = item("failed");
  spec.facts = {"", true, true, Facts::Last::attention, "conflict", "", ""};
  CHECK(state_of(spec) == State::in_progress);
  spec.facts.claimed = false;
  CHECK(state_of(spec) == State::needs_attention);
  spec.facts.last = Facts::Last::failed;
  CHECK(state_of(spec) == State::finished);
  spec.facts.sealed = false;
  CHECK(state_of(spec) == State::failed);
  spec.facts.last = Facts::Last::ok;
  spec.spec.status = "paused";
  CHECK(state_of(spec) == State::paused);
}

TEST_CASE("the reason of the last attempt is given") {
  All all;
  add(all, "a").facts = {"", false, true, Facts::Last::attention, "conflict in 'x.c'", "", ""};
  add(all, "b").facts = {"", false, false, Facts::Last::failed, "", "", ""};
  const auto states = compute_states(all);
  CHECK(states.at("a").why == "conflict in 'x.c'");
  CHECK(states.at("b").why == "the last attempt failed");
}

TEST_CASE("what the file says about work elsewhere is believed until it is reset") {
  All all;
  for (const auto* status : {"in_progress", "failed", "needs_attention", "paused"})
    add(all, status, status);
  for (const auto& [id, computed] : compute_states(all)) {
    CHECK(name_of(computed.state) == id);
    CHECK(computed.why == "the spec file says so");
  }
}

TEST_CASE("a spec is blocked until all its dependencies are completed or cancelled") {
  All all;
  add(all, "2026-01-22-001-abc", "completed");
  add(all, "2026-01-22-002-xyz", "cancelled");
  add(all, "2026-01-22-003-open");
  add(all, "a", "pending", Strings{"2026-01-22-001-abc", "2026-01-22-002-xyz"});
  add(all, "b", "pending", Strings{"2026-01-22-001-abc", "003-open"});
  add(all, "c", "pending", Strings{"a", "b"});
  const auto states = compute_states(all);
  CHECK(states.at("a").state == State::ready);
  CHECK(states.at("b").state == State::blocked);
  CHECK(states.at("b").blocked_by == Strings{"2026-01-22-003-open"});
  CHECK(states.at("b").why == "waits for '2026-01-22-003-open'");
  CHECK(states.at("c").blocked_by == Strings{"a", "b"});
}

TEST_CASE("a dependency that does not exist or is ambiguous blocks and is named") {
  All all;
  add(all, "2026-01-22-001-abc", "completed");
  add(all, "2026-01-23-001-abc", "completed");
  add(all, "a", "pending", Strings{"gone"});
  add(all, "b", "pending", Strings{"abc"});
  add(all, "c", "pending", Strings{"23-001-abc"});
  add(all, "d", "pending", Strings{"bc"});
  const auto states = compute_states(all);
  CHECK(states.at("a").state == State::blocked);
  CHECK(states.at("a").why == "dependency 'gone' does not exist");
  CHECK(states.at("a").blocked_by == Strings{"gone"});
  CHECK(states.at("b").why == "dependency 'abc' is ambiguous");
  CHECK(states.at("c").state == State::ready);
  CHECK(states.at("d").why == "dependency 'bc' does not exist");
}

TEST_CASE("an exact id wins over the same text as a suffix") {
  All all;
  add(all, "x7m", "completed");
  add(all, "2026-01-22-001-x7m");
  add(all, "a", "pending", Strings{"x7m"});
  CHECK(state_of(all, "a") == State::ready);
}

TEST_CASE("a finished dependency blocks only when dependents wait for the target") {
  All all;
  add(all, "a").facts.sealed = true;
  add(all, "b", "pending", Strings{"a"});
  CHECK(state_of(all, "b") == State::blocked);
  CHECK(state_of(all, "b", Dependents::start_from_finished) == State::ready);
}

TEST_CASE("a broken file is broken and blocks what depends on it") {
  All all;
  add(all, "a", "completed").broken = "a.md:1: duplicate key 'x'";
  add(all, "b", "pending", Strings{"a"});
  CHECK(compute_states(all).at("a").why == "a.md:1: duplicate key 'x'");
  CHECK(state_of(all, "a") == State::broken);
  CHECK(state_of(all, "b") == State::blocked);
}

TEST_CASE("members are ordered by number unless they declare dependencies") {
  All all;
  add(all, "g");
  for (const auto* id : {"g.1", "g.2", "g.10"}) add(all, id);
  add(all, "g.3", "pending", Strings{});
  CHECK(dependencies(all.at("g.10"), all) == Strings{"g.1", "g.2", "g.3"});
  CHECK(dependencies(all.at("g.2"), all) == Strings{"g.1"});
  CHECK(dependencies(all.at("g.1"), all).empty());
  CHECK(dependencies(all.at("g.3"), all).empty());
  const auto states = compute_states(all);
  CHECK(states.at("g.1").state == State::ready);
  CHECK(states.at("g.2").state == State::blocked);
  CHECK(states.at("g.3").state == State::ready);
  CHECK(states.at("g").state == State::driver);
  CHECK(states.at("g").why == "0 of 4 members completed");
}

TEST_CASE("a member waits for its driver's own dependencies, not for its siblings named there") {
  All all;
  add(all, "x");
  add(all, "g", "pending", Strings{"x", "g.1", "g.2"});
  add(all, "g.1");
  add(all, "g.2", "pending", Strings{});
  CHECK(dependencies(all.at("g.1"), all) == Strings{"x"});
  CHECK(dependencies(all.at("g.2"), all) == Strings{"x"});
  CHECK(state_of(all, "g.2") == State::blocked);
  all["x"].spec.status = "completed";
  CHECK(state_of(all, "g.2") == State::ready);
}

TEST_CASE("nested members wait for what comes before their driver") {
  All all;
  for (const auto* id : {"g", "g.1", "g.2", "g.2.1", "g.2.2"}) add(all, id);
  CHECK(dependencies(all.at("g.2.2"), all) == Strings{"g.2.1", "g.1"});
  CHECK(state_of(all, "g.2.1") == State::blocked);
  all["g.1"].spec.status = "completed";
  CHECK(state_of(all, "g.2.1") == State::ready);
  CHECK(state_of(all, "g.2") == State::driver);
  all["g.2.1"].spec.status = all["g.2.2"].spec.status = "completed";
  CHECK(state_of(all, "g.2") == State::completed);
  CHECK(state_of(all, "g") == State::completed);
}

TEST_CASE("a driver is completed with its members, or when it says so itself") {
  All all;
  add(all, "g");
  add(all, "g.1", "completed");
  add(all, "g.2", "cancelled");
  add(all, "after", "pending", Strings{"g"});
  CHECK(state_of(all, "g") == State::completed);
  CHECK(state_of(all, "after") == State::ready);
  all["g.2"].spec.status = "failed";
  CHECK(state_of(all, "g") == State::driver);
  CHECK(state_of(all, "after") == State::blocked);
  all["g"].spec.status = "completed";
  CHECK(state_of(all, "g") == State::completed);
  all["g"].spec.status = "cancelled";
  CHECK(state_of(all, "g") == State::cancelled);
}

TEST_CASE("who depends on a driver may start when its members are finished, in branch mode") {
  All all;
  add(all, "g");
  add(all, "g.1", "completed");
  add(all, "g.2").facts.sealed = true;
  add(all, "after", "pending", Strings{"g"});
  CHECK(state_of(all, "g", Dependents::start_from_finished) == State::driver);
  CHECK(state_of(all, "after", Dependents::start_from_finished) == State::ready);
  CHECK(state_of(all, "after") == State::blocked);
}

TEST_CASE("cycles are found and printed from the first id to itself") {
  All all;
  add(all, "a", "pending", Strings{"b"});
  add(all, "b", "pending", Strings{"c", "gone"});
  add(all, "c", "pending", Strings{"b"});
  add(all, "d", "pending", Strings{});
  add(all, "self", "pending", Strings{"self"});
  CHECK(find_cycle(all) == Strings{"b", "c", "b"});
  CHECK(find_cycle(all, {"self"}) == Strings{"self", "self"});
  CHECK(find_cycle(all, {"d", "unknown"}).empty());
  CHECK(find_cycle(all, {"d", "a"}) == Strings{"b", "c", "b"});
  CHECK(state_of(all, "b") == State::blocked);
}

TEST_CASE("a cycle through a driver and its member is found") {
  All all;
  add(all, "g");
  add(all, "g.1", "pending", Strings{"x"});
  add(all, "x", "pending", Strings{"g"});
  CHECK(find_cycle(all) == Strings{"g", "g.1", "x", "g"});
}

TEST_CASE("a chain and a fan of ten thousand specs are no problem") {
  All all;
  Strings everything;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = fmt::format("s{:05}", i);
    add(all, id, "pending", i == 0 ? Strings{} : Strings{fmt::format("s{:05}", i - 1)});
    everything.push_back(id);
  }
  add(all, "last", "pending", everything);
  const auto states = compute_states(all);
  CHECK(states.at("s00000").state == State::ready);
  CHECK(states.at("last").blocked_by.size() == 10'000);
  CHECK(states.at("last").why == "waits for 's00000', 's00001', 's00002' and 9997 more");
  CHECK(find_cycle(all).empty());
}

TEST_CASE("doubt about what landed is stronger than what the file says") {
  All all;
  Item& doubtful = add(all, "a");
  doubtful.spec.status = "completed";
  doubtful.facts.doubt = "its content is not there";
  add(all, "b").spec.depends_on = std::vector<std::string>{"a"};
  Item& again = add(all, "c");
  again.facts.reopened = "it was reverted";
  const auto states = compute_states(all);
  CHECK(states.at("a").state == State::needs_attention);
  CHECK(states.at("a").why == "its content is not there");
  CHECK(states.at("b").state == State::blocked);
  CHECK(states.at("c").state == State::ready);
  CHECK(states.at("c").why == "it was reverted");
}
