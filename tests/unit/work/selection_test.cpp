#include "work/selection.h"

#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

#include <algorithm>

using namespace chant;
using namespace chant::work;
using spec::Facts;

namespace {

using Ids = std::vector<std::string>;

const std::string kScript = "\n```sh run\ntrue\n```\n";

// Specs given as frontmatter, without any repository.
record::Snapshot snapshot_of(const std::map<std::string, std::string>& specs,
                             const std::map<std::string, Facts>& facts = {},
                             const std::string& body = "") {
  record::Snapshot snapshot;
  for (const auto& [id, frontmatter] : specs) {
    spec::Item item;
    item.spec = spec::parse_spec(id, test::spec_text(id, frontmatter) + body, id + ".md");
    if (facts.count(id) > 0) item.facts = facts.at(id);
    snapshot.items[id] = item;
  }
  snapshot.states = spec::compute_states(snapshot.items);
  return snapshot;
}

config::Agent agent(const std::string& name, const std::string& profile = "command") {
  config::Agent made;
  made.name = name;
  made.profile = profile;
  return made;
}

const std::vector<config::Agent> kAgents = {agent("main"), agent("alt"), agent("script", "script")};

Selection chosen(const record::Snapshot& snapshot, const Ids& ids = {}, const Ids& labels = {},
                 const std::string& agent_name = "") {
  Choice choice;
  choice.ids = ids;
  choice.labels = labels;
  choice.agent = agent_name;
  return select(snapshot, choice, kAgents);
}

Ids ids_of(const Selection& selection) {
  Ids ids;
  for (const sched::Job& job : selection.jobs) ids.push_back(job.id);
  return ids;
}

Facts facts(Facts::Last last, const std::string& reason) {
  Facts made;
  made.last = last;
  made.reason = reason;
  return made;
}

}  // namespace

TEST_CASE("without ids everything is taken that is ready or becomes so", "[work]") {
  Facts claimed;
  claimed.claimed = true;
  const auto snapshot =
      snapshot_of({{"a", ""},
                   {"b", "depends_on: [a]\n"},
                   {"busy", ""},
                   {"c", "depends_on: [busy]\n"},
                   {"cancelled", "status: cancelled\n"},
                   {"d", "depends_on: [failed]\n"},
                   {"done", "status: completed\n"},
                   {"e", "depends_on: [d]\n"},
                   {"f", "depends_on: [done]\n"},
                   {"failed", ""}},
                  {{"busy", claimed}, {"failed", facts(Facts::Last::failed, "it did")}});
  const Selection selection = chosen(snapshot);
  CHECK(ids_of(selection) == Ids{"a", "b", "c", "f"});
  CHECK(selection.jobs[1].depends_on == Ids{"a"});
  CHECK(selection.jobs[2].depends_on == Ids{"busy"});
  CHECK(selection.jobs[3].depends_on.empty());
}

TEST_CASE("named specs are taken in the order they were named", "[work]") {
  const auto snapshot = snapshot_of(
      {{"2026-11-21-001-abc", "priority: 9\n"}, {"2026-11-21-002-xyz", "target_files: [src/a]\n"}});
  const Selection selection = chosen(snapshot, {"xyz", "abc", "xyz"});
  REQUIRE(selection.jobs.size() == 2);
  CHECK(selection.jobs[0].id == "2026-11-21-001-abc");
  CHECK(selection.jobs[0].rank == 1);
  CHECK(selection.jobs[0].priority == 9);
  CHECK(selection.jobs[1].rank == 0);
  CHECK(selection.jobs[1].target_files == Ids{"src/a"});
  CHECK_THROWS_AS(chosen(snapshot, {"nothing"}), Error);
}

TEST_CASE("what cannot be worked on although it was named is said", "[work]") {
  Facts claimed;
  claimed.claimed = true;
  const auto snapshot =
      snapshot_of({{"attention", ""},
                   {"busy", ""},
                   {"cancelled", "status: cancelled\n"},
                   {"done", "status: completed\n"},
                   {"held", "status: failed\n"},
                   {"paused", "status: paused\n"},
                   {"ready", ""},
                   {"waits", "depends_on: [ready]\n"}},
                  {{"attention", facts(Facts::Last::attention, "a conflict")}, {"busy", claimed}});
  const auto refusal = [&](const std::string& id) -> std::string {
    try {
      (void)chosen(snapshot, {id});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  CHECK(refusal("done") == "done is completed");
  CHECK(refusal("cancelled") == "cancelled is cancelled");
  CHECK(refusal("busy") == "busy is being worked on");
  CHECK_THAT(refusal("paused"), Catch::StartsWith("paused is paused"));
  CHECK_THAT(refusal("attention"), Catch::Equals("attention needs attention: a conflict"));
  CHECK_THAT(refusal("held"), Catch::StartsWith("held has failed"));
  CHECK(refusal("waits") == "waits is blocked by ready");
  CHECK(refusal("ready").empty());
  CHECK(ids_of(chosen(snapshot, {"waits", "ready"})) == Ids{"ready", "waits"});
}

TEST_CASE("a failed attempt of ours may be tried again by name", "[work]") {
  auto snapshot = snapshot_of({{"x", ""}}, {{"x", facts(Facts::Last::failed, "no commit")}});
  snapshot.last["x"] = {};
  CHECK(ids_of(chosen(snapshot, {"x"})) == Ids{"x"});
  CHECK(ids_of(chosen(snapshot)).empty());
}

TEST_CASE("a driver means its open members", "[work]") {
  const auto snapshot = snapshot_of({{"g", ""},
                                     {"g.1", "status: completed\n"},
                                     {"g.2", ""},
                                     {"g.10", ""},
                                     {"after", "depends_on: [g]\n"}});
  const Selection selection = chosen(snapshot, {"g", "after"});
  std::map<std::string, Ids> waits;
  for (const sched::Job& job : selection.jobs) waits[job.id] = job.depends_on;
  CHECK(waits ==
        std::map<std::string, Ids>{{"after", {"g.2", "g.10"}}, {"g.10", {"g.2"}}, {"g.2", {}}});
  const auto done = snapshot_of({{"g", ""}, {"g.1", "status: cancelled\n"}, {"x", ""}});
  CHECK_THROWS_WITH(chosen(done, {"g"}), "all members of g are completed");
}

TEST_CASE("labels choose among the specs", "[work]") {
  const auto snapshot = snapshot_of({{"a", "labels: [one, two]\n"},
                                     {"b", "labels: [two]\n"},
                                     {"c", ""},
                                     {"d", "labels: [two]\ndepends_on: [c]\n"}});
  CHECK(ids_of(chosen(snapshot, {}, {"one"})) == Ids{"a"});
  CHECK(ids_of(chosen(snapshot, {}, {"two", "none"})) == Ids{"a", "b"});
  CHECK(ids_of(chosen(snapshot, {"a", "c"}, {"one"})) == Ids{"a"});
  CHECK(ids_of(chosen(snapshot, {}, {"none"})).empty());
}

TEST_CASE("a spec goes to the agents that may take it", "[work]") {
  const auto plain = snapshot_of({{"x", ""}, {"y", "agent: alt\n"}});
  CHECK(chosen(plain).jobs[0].agents == Ids{"main", "alt"});
  CHECK(chosen(plain).jobs[1].agents == Ids{"alt"});
  CHECK(chosen(plain, {}, {}, "main").jobs[1].agents == Ids{"main"});
  const auto scripted = snapshot_of({{"x", ""}, {"y", "agent: main\n"}}, {}, kScript);
  CHECK(chosen(scripted).jobs[0].agents == Ids{"script"});
  CHECK(chosen(scripted).jobs[1].agents == Ids{"main"});
  CHECK_THROWS_WITH(chosen(snapshot_of({{"x", "agent: nobody\n"}})),
                    "x: there is no agent 'nobody'");
}

TEST_CASE("a spec that no agent can take is left out, or refused when it was named", "[work]") {
  const auto snapshot = snapshot_of({{"x", ""}});
  const auto agents = available_agents(config::Config{});
  REQUIRE(agents.size() == 1);
  CHECK(agents[0].profile == "script");
  const Selection selection = select(snapshot, {}, agents);
  CHECK(selection.jobs.empty());
  REQUIRE(selection.left_out.size() == 1);
  Choice choice;
  choice.ids = {"x"};
  CHECK_THROWS_WITH(select(snapshot, choice, agents), Catch::Contains("no agent is configured"));
}

TEST_CASE("a graph that is not sound stops what it concerns, with the cycle in words", "[work]") {
  const auto cycle =
      snapshot_of({{"a", "depends_on: [b]\n"}, {"b", "depends_on: [a]\n"}, {"x", ""}});
  CHECK_THROWS_WITH(chosen(cycle), "dependency cycle: a -> b -> a");
  CHECK_THROWS_WITH(chosen(cycle, {"a"}), "dependency cycle: a -> b -> a");
  CHECK(ids_of(chosen(cycle, {"x"})) == Ids{"x"});
  const auto missing =
      snapshot_of({{"a", "depends_on: [no]\n"}, {"b", "depends_on: [a]\n"}, {"x", ""}});
  CHECK_THROWS_WITH(chosen(missing), Catch::Contains("dependency 'no' does not exist"));
  CHECK_THROWS_WITH(chosen(missing, {"b"}), Catch::Contains("dependency 'no' does not exist"));
  CHECK(ids_of(chosen(missing, {"x"})) == Ids{"x"});
}

TEST_CASE("work that waits to land is taken in direct mode only", "[work]") {
  Facts sealed;
  sealed.sealed = true;
  const auto snapshot = snapshot_of({{"a", ""}, {"b", "depends_on: [a]\n"}}, {{"a", sealed}});
  CHECK(ids_of(chosen(snapshot)) == Ids{"a", "b"});
  Choice choice;
  choice.mode = config::BranchMode::branch;
  CHECK(ids_of(select(snapshot, choice, kAgents)).empty());
}
