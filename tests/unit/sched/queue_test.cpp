#include "sched/queue.h"

#include "support/catch.h"

#include <algorithm>

using namespace chant::sched;

namespace {

using Ids = std::vector<std::string>;

Job job(const std::string& id, const Ids& depends_on = {}) {
  Job result;
  result.id = id;
  result.depends_on = depends_on;
  return result;
}

Queue queue_of(std::vector<Job> jobs, int slots = 1) {
  return {std::move(jobs), {{"main", slots}}, 0};
}

// Takes what can start now.
Ids take_all(Queue& queue) {
  Ids ids;
  while (const auto start = queue.take()) ids.push_back(start->id);
  return ids;
}

// The order in which one slot works them off.
Ids one_by_one(Queue queue) {
  Ids ids;
  while (const auto start = queue.take()) {
    ids.push_back(start->id);
    queue.finish(start->id, Ending::done);
  }
  return ids;
}

std::map<std::string, std::string> reasons(const Queue& queue) {
  std::map<std::string, std::string> result;
  for (const Skip& skip : queue.skipped()) result[skip.id] = skip.reason;
  return result;
}

}  // namespace

TEST_CASE("the longest chain of dependents starts first, then priority, then id", "[sched]") {
  Job urgent = job("z-urgent");
  urgent.priority = 5;
  Job lazy = job("a-lazy");
  lazy.priority = -1;
  CHECK(one_by_one(queue_of({lazy, job("c"), job("b"), urgent, job("root"), job("mid", {"root"}),
                             job("leaf", {"mid"})})) ==
        Ids{"root", "mid", "z-urgent", "b", "c", "leaf", "a-lazy"});
}

TEST_CASE("an order that the user gave comes before all", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c"), job("d", {"c"})};
  jobs[0].rank = 2;
  jobs[1].rank = 0;
  jobs[2].rank = 1;
  jobs[3].rank = 0;
  CHECK(one_by_one(queue_of(jobs)) == Ids{"b", "c", "d", "a"});
}

TEST_CASE("a job waits for all that it depends on", "[sched]") {
  Queue queue = queue_of({job("a"), job("b"), job("c", {"a", "b"})}, 8);
  CHECK(take_all(queue) == Ids{"a", "b"});
  queue.finish("a", Ending::done);
  CHECK_FALSE(queue.take());
  queue.finish("b", Ending::done);
  CHECK(take_all(queue) == Ids{"c"});
  queue.finish("c", Ending::done);
  CHECK(queue.running() == 0);
  CHECK(queue.skipped().empty());
}

TEST_CASE("caps hold for each agent and in total", "[sched]") {
  std::vector<Job> jobs;
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) jobs.push_back(job(id));
  SECTION("the sum of the caps") {
    Queue queue(jobs, {{"one", 2}, {"two", 1}, {"none", 0}}, 0);
    std::map<std::string, int> used;
    while (const auto start = queue.take()) ++used[start->agent];
    CHECK(used == std::map<std::string, int>{{"one", 2}, {"two", 1}});
    CHECK(queue.running() == 3);
    queue.finish("a", Ending::failed);
    CHECK(take_all(queue).size() == 1);
  }
  SECTION("a smaller total") {
    Queue queue(jobs, {{"one", 2}, {"two", 2}}, 3);
    CHECK(take_all(queue).size() == 3);
  }
}

TEST_CASE("the least loaded agent takes the next job", "[sched]") {
  Queue queue({job("a"), job("b"), job("c"), job("d")}, {{"big", 4}, {"small", 1}}, 0);
  Ids agents;
  while (const auto start = queue.take()) agents.push_back(start->agent);
  CHECK(agents == Ids{"big", "small", "big", "big"});
}

TEST_CASE("a job goes only to an agent that may work on it", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c"), job("d")};
  jobs[0].agents = jobs[1].agents = {"special"};
  jobs[3].agents = {"unknown"};
  Queue queue(jobs, {{"main", 1}, {"special", 1}}, 0);
  std::map<std::string, std::string> by;
  while (const auto start = queue.take()) by[start->id] = start->agent;
  CHECK(by == std::map<std::string, std::string>{{"a", "special"}, {"c", "main"}});
  queue.finish("a", Ending::done);
  queue.finish("c", Ending::done);
  CHECK(take_all(queue) == Ids{"b"});
  queue.finish("b", Ending::done);
  CHECK(reasons(queue)["d"] == "no agent may work on it");
}

TEST_CASE("jobs that touch the same files are kept apart while there is other work", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c"), job("d")};
  jobs[0].target_files = {"x", "y"};
  jobs[1].target_files = {"y"};
  jobs[2].target_files = {"z"};
  Queue queue(jobs, {{"main", 2}}, 0);
  CHECK(take_all(queue) == Ids{"a", "c"});
  queue.finish("c", Ending::done);
  CHECK(take_all(queue) == Ids{"d"});
  queue.finish("d", Ending::done);
  CHECK(take_all(queue) == Ids{"b"});  // better than an idle slot
}

TEST_CASE("one failure stops those that depend on it and no other", "[sched]") {
  Queue queue =
      queue_of({job("bad"), job("after", {"bad"}), job("later", {"after"}), job("good")}, 4);
  CHECK(take_all(queue) == Ids{"bad", "good"});
  queue.finish("bad", Ending::failed);
  queue.finish("good", Ending::done);
  CHECK_FALSE(queue.take());
  CHECK(reasons(queue) ==
        std::map<std::string, std::string>{{"after", "depends on bad, which was not completed"},
                                           {"later", "depends on after, which was not started"}});
}

TEST_CASE("a dependency outside of the run is waited for until it is done", "[sched]") {
  Queue queue = queue_of({job("a", {"outside"}), job("b", {"a"}), job("c", {"never"})}, 4);
  CHECK(queue.outside() == std::set<std::string>{"never", "outside"});
  CHECK_FALSE(queue.take());
  queue.satisfy("outside");
  CHECK(queue.outside() == std::set<std::string>{"never"});
  CHECK(take_all(queue) == Ids{"a"});
  queue.finish("a", Ending::done);
  CHECK(take_all(queue) == Ids{"b"});
  queue.finish("b", Ending::done);
  CHECK(reasons(queue) ==
        std::map<std::string, std::string>{{"c", "waits for never, which is not completed"}});
}

TEST_CASE("a job that another run works on is waited for as if it were outside", "[sched]") {
  Queue queue = queue_of({job("a"), job("b", {"a"}), job("c", {"b"})}, 4);
  CHECK(take_all(queue) == Ids{"a"});
  queue.satisfy("a");  // it runs here: this says nothing
  CHECK_FALSE(queue.take());
  queue.finish("a", Ending::elsewhere);
  CHECK_FALSE(queue.take());
  CHECK(queue.outside() == std::set<std::string>{"a"});
  CHECK(reasons(queue)["b"] == "depends on a, which another run works on");
  queue.satisfy("a");
  CHECK(queue.outside().empty());
  CHECK(take_all(queue) == Ids{"b"});
}

TEST_CASE("a closed queue starts nothing more", "[sched]") {
  Queue queue = queue_of({job("a"), job("b")});
  CHECK(take_all(queue) == Ids{"a"});
  queue.close();
  queue.finish("a", Ending::done);
  CHECK_FALSE(queue.take());
  CHECK(reasons(queue)["b"] == "not started: the run was stopped");
}

TEST_CASE("a cycle starts nothing and does not hang", "[sched]") {
  Queue queue = queue_of({job("a", {"b"}), job("b", {"a"}), job("self", {"self"})}, 4);
  CHECK_FALSE(queue.take());
  CHECK(queue.skipped().size() == 3);
}

TEST_CASE("a long chain and a dense graph are ordered in time", "[sched]") {
  std::vector<Job> chain = {job("0")};
  for (int i = 1; i < 1000; ++i) chain.push_back(job(std::to_string(i), {std::to_string(i - 1)}));
  std::reverse(chain.begin(), chain.end());
  const Ids order = one_by_one(queue_of(chain));
  REQUIRE(order.size() == 1000);
  CHECK(order.front() == "0");
  CHECK(order.back() == "999");
  std::vector<Job> dense = {job("0")};  // with as many paths as there are subsets
  for (int i = 1; i < 200; ++i) {
    dense.push_back(job(std::to_string(i)));
    for (int on = 0; on < i; ++on) dense.back().depends_on.push_back(std::to_string(on));
  }
  std::reverse(dense.begin(), dense.end());
  CHECK(one_by_one(queue_of(dense)).back() == "199");
}

TEST_CASE("the plan shows the waves of starts and changes nothing", "[sched]") {
  const Queue queue({job("a"), job("b"), job("c", {"a"}), job("d", {"c"}), job("x", {"no"})},
                    {{"main", 2}}, 0);
  std::vector<Ids> waves;
  for (const auto& wave : plan(queue)) {
    waves.emplace_back();
    for (const Start& start : wave) waves.back().push_back(start.id);
  }
  CHECK(waves == std::vector<Ids>{{"a", "b"}, {"c"}, {"d"}});
  CHECK(queue.skipped().size() == 5);
  CHECK(plan(queue_of({})).empty());
}
