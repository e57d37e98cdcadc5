#include "sched/queue.h"

#include "support/catch.h"
#include "support/fake_run.h"

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
  return {std::move(jobs), {{"main", slots}}, {}};
}

// Takes what can start now.
Ids take_all(Queue& queue) {
  Ids ids;
  while (const auto start = queue.take(0)) ids.push_back(start->id);
  return ids;
}

// The order in which one slot works them off.
Ids one_by_one(Queue queue) {
  Ids ids;
  while (const auto start = queue.take(0)) {
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
  CHECK_FALSE(queue.take(0));
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
    Queue queue(jobs, {{"one", 2}, {"two", 1}, {"none", 0}}, {});
    std::map<std::string, int> used;
    while (const auto start = queue.take(0)) ++used[start->agent];
    CHECK(used == std::map<std::string, int>{{"one", 2}, {"two", 1}});
    CHECK(queue.running() == 3);
    queue.finish("a", Ending::failed);
    CHECK(take_all(queue).size() == 1);
  }
  SECTION("a smaller total") {
    Queue queue(jobs, {{"one", 2}, {"two", 2}}, {3});
    CHECK(take_all(queue).size() == 3);
  }
}

TEST_CASE("the least loaded agent takes the next job", "[sched]") {
  Queue queue({job("a"), job("b"), job("c"), job("d")}, {{"big", 4}, {"small", 1}}, {});
  Ids agents;
  while (const auto start = queue.take(0)) agents.push_back(start->agent);
  CHECK(agents == Ids{"big", "small", "big", "big"});
}

TEST_CASE("a job goes only to an agent that may work on it", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c"), job("d")};
  jobs[0].agents = jobs[1].agents = {"special"};
  jobs[3].agents = {"unknown"};
  Queue queue(jobs, {{"main", 1}, {"special", 1}}, {});
  std::map<std::string, std::string> by;
  while (const auto start = queue.take(0)) by[start->id] = start->agent;
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
  Queue queue(jobs, {{"main", 2}}, {});
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
  CHECK_FALSE(queue.take(0));
  CHECK(reasons(queue) ==
        std::map<std::string, std::string>{{"after", "depends on bad, which was not completed"},
                                           {"later", "depends on after, which was not started"}});
}

TEST_CASE("a dependency outside of the run is waited for until it is done", "[sched]") {
  Queue queue = queue_of({job("a", {"outside"}), job("b", {"a"}), job("c", {"never"})}, 4);
  CHECK(queue.outside() == std::set<std::string>{"never", "outside"});
  CHECK_FALSE(queue.take(0));
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
  CHECK_FALSE(queue.take(0));
  queue.finish("a", Ending::elsewhere);
  CHECK_FALSE(queue.take(0));
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
  CHECK_FALSE(queue.take(0));
  CHECK(reasons(queue)["b"] == "not started: the run was stopped");
}

TEST_CASE("a cycle starts nothing and does not hang", "[sched]") {
  Queue queue = queue_of({job("a", {"b"}), job("b", {"a"}), job("self", {"self"})}, 4);
  CHECK_FALSE(queue.take(0));
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
                    {{"main", 2}}, {});
  std::vector<Ids> waves;
  for (const auto& wave : plan(queue, 0)) {
    waves.emplace_back();
    for (const Start& start : wave) waves.back().push_back(start.id);
  }
  CHECK(waves == std::vector<Ids>{{"a", "b"}, {"c"}, {"d"}});
  CHECK(queue.skipped().size() == 5);
  CHECK(plan(queue_of({}), 0).empty());
}

TEST_CASE("round-robin distributes five specs over three accounts one after the other", "[sched]") {
  Queue queue({job("spec-001"), job("spec-002"), job("spec-003"), job("spec-004"), job("spec-005")},
              {{"main", 2}, {"alt1", 3}, {"alt2", 3}}, {0, Distribution::round_robin});
  std::map<std::string, Ids> by;
  while (const auto start = queue.take(0)) by[start->agent].push_back(start->id);
  CHECK(by == std::map<std::string, Ids>{{"main", {"spec-001", "spec-004"}},
                                         {"alt1", {"spec-002", "spec-005"}},
                                         {"alt2", {"spec-003"}}});
}

TEST_CASE("a job that is to be started again waits for its time and gives its slot back",
          "[sched]") {
  Queue queue = queue_of({job("a"), job("b"), job("c", {"a"})});
  CHECK(take_all(queue) == Ids{"a"});
  queue.requeue("a", {500, ""});
  CHECK(queue.next_change(0) == 500);
  CHECK(queue.take(0)->id == "b");
  CHECK_FALSE(queue.next_change(0));  // all slots are in use: only an end helps
  queue.finish("b", Ending::done);
  CHECK_FALSE(queue.take(499));
  CHECK_FALSE(queue.all_closed(499));
  CHECK(queue.take(500)->id == "a");
  queue.finish("a", Ending::done);
  CHECK(queue.take(0)->id == "c");
}

TEST_CASE("a job that is started again keeps its place in the order", "[sched]") {
  Queue queue = queue_of({job("a"), job("b"), job("c")});
  CHECK(queue.take(0)->id == "a");
  queue.requeue("a", {});
  CHECK(one_by_one(queue) == Ids{"a", "b", "c"});
}

TEST_CASE("the next attempt goes to another account, and back when that one closes", "[sched]") {
  Queue queue({job("a"), job("b")}, {{"one", 1}, {"two", 1}}, {});
  CHECK(queue.take(0)->agent == "one");
  CHECK(queue.take(0)->agent == "two");
  queue.requeue("a", {0, "one"});
  CHECK_FALSE(queue.take(0));
  SECTION("it ends") {
    queue.finish("b", Ending::done);
    CHECK(queue.take(0)->agent == "two");
  }
  SECTION("it closes") {
    queue.close_account("two", 100, "limit");
    CHECK(queue.take(0)->agent == "one");
  }
}

TEST_CASE("a closed account gets no start, and its jobs go to the others", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c")};
  jobs[2].agents = {"one"};
  Queue queue(jobs, {{"one", 2}, {"two", 1}}, {});
  queue.close_account("one", 1000, "limit");
  CHECK(queue.take(0)->agent == "two");
  CHECK_FALSE(queue.take(999));
  CHECK(queue.next_change(999) == 1000);
  CHECK_FALSE(queue.all_closed(999));  // two is only busy
  queue.close_account("two", 2000, "limit");
  CHECK(queue.all_closed(999));
  CHECK(queue.take(1000)->id == "b");
  CHECK(queue.take(1000)->id == "c");
}

TEST_CASE("what a limit leaves of the cap holds for starts", "[sched]") {
  Queue queue = queue_of({job("a"), job("b"), job("c"), job("d"), job("e"), job("f")}, 4);
  queue.slow_down("main");
  CHECK(queue.allowed("main") == 2);
  CHECK(take_all(queue).size() == 2);
  queue.speed_up("main");
  queue.speed_up("main");
  CHECK(take_all(queue).size() == 1);
}

TEST_CASE("accounts that are closed for good leave their jobs, and say why", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c")};
  jobs[1].agents = {"two"};
  jobs[2].agents = {"nobody"};
  Queue queue(jobs, {{"one", 1, 1, kForGood, "not logged in"}, {"two", 1}}, {});
  queue.close_account("two", kForGood, "no program");
  CHECK_FALSE(queue.take(5));
  CHECK_FALSE(queue.next_change(5));
  CHECK(queue.all_closed(5));
  CHECK(reasons(queue) ==
        std::map<std::string, std::string>{
            {"a",
             "every account that may work on it is closed (one: not logged in; "
             "two: no program)"},
            {"b", "every account that may work on it is closed (two: no program)"},
            {"c", "no agent may work on it"}});
}

TEST_CASE("a queue closed for a reason says so of what was not started", "[sched]") {
  Queue queue = queue_of({job("a"), job("b"), job("c", {"a"})});
  CHECK(take_all(queue) == Ids{"a"});
  queue.close("the budget is used up");
  queue.close();
  queue.requeue("a", {});
  CHECK_FALSE(queue.take(0));
  CHECK_FALSE(queue.next_change(0));
  CHECK(reasons(queue) ==
        std::map<std::string, std::string>{{"a", "not started again: the budget is used up"},
                                           {"b", "not started: the budget is used up"},
                                           {"c", "depends on a, which was not completed"}});
}

TEST_CASE("a slot that is shared is taken for each start and given back", "[sched]") {
  chant::test::FakeSlots slots;
  Queue queue({job("a"), job("b")}, {{"one", 2}}, {0, Distribution::least_loaded, &slots});
  slots.left["one"] = 0;
  CHECK(plan(queue, 0).size() == 1);  // takes none
  slots.left["one"] = 2;
  CHECK(take_all(queue) == Ids{"a", "b"});
  CHECK(slots.taken.size() == 2);
  queue.finish("a", Ending::failed);
  queue.requeue("b", {10, ""});
  CHECK(slots.taken.empty());
}

TEST_CASE("what another process has is waited for, or another account works", "[sched]") {
  chant::test::FakeSlots slots;
  slots.left = {{"one", 0}, {"two", 1}};
  std::vector<Job> jobs = {job("a"), job("b"), job("c")};
  jobs[2].agents = {"three"};
  Queue queue(jobs, {{"one", 2}, {"two", 2}, {"three", 1, 1, 700, "limit"}},
              {0, Distribution::least_loaded, &slots});
  CHECK(queue.take(0)->agent == "two");
  CHECK_FALSE(queue.take(0));
  CHECK(queue.wanted(0) == Ids{"one", "two"});
  CHECK(queue.next_change(0) == 700);
  CHECK(queue.take(700)->id == "b");
  CHECK_FALSE(queue.take(700));
  CHECK(queue.wanted(700).empty());  // c waits for its own account only
}

TEST_CASE("when only another process can help, no time does", "[sched]") {
  chant::test::FakeSlots slots;
  slots.left = {{"one", 0}};
  Queue queue({job("a")}, {{"one", 2}}, {0, Distribution::least_loaded, &slots});
  CHECK_FALSE(queue.take(0));
  CHECK(queue.next_change(0) == kForGood);
  CHECK_FALSE(queue.all_closed(0));
  slots.left["one"] = 1;
  CHECK(queue.take(0)->id == "a");
  CHECK(queue.wanted(0).empty());
}

TEST_CASE("the plan uses an account that is closed only once all others are done", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c")};
  jobs[2].agents = {"late"};
  const Queue queue(jobs, {{"late", 2, 1, 9000, "limit"}, {"main", 1, 1, 4000, "over"}}, {});
  std::vector<std::string> starts;
  for (const auto& wave : plan(queue, 5000)) {
    for (const Start& start : wave) starts.push_back(start.id + " " + start.agent);
  }
  CHECK(starts == Ids{"a main", "b main", "c late"});
}

TEST_CASE("after a failure nothing new starts, when that is wanted", "[sched]") {
  std::vector<Job> jobs = {job("a"), job("b"), job("c"), job("d", {"c"}), job("e", {"a"})};
  const auto with = [&](bool stop) {
    QueueOptions options;
    options.total_max = 2;
    options.stop_on_failure = stop;
    Queue queue(jobs, {{"main", 8}}, options);
    CHECK(take_all(queue) == Ids{"a", "c"});
    queue.requeue("c", {100, ""});
    queue.finish("a", Ending::failed);
    return queue;
  };
  Queue goes_on = with(false);
  CHECK(take_all(goes_on) == Ids{"b"});
  Queue stops = with(true);
  CHECK(take_all(stops).empty());
  // What was started goes on.
  CHECK(stops.next_change(0) == 100);
  CHECK(stops.take(100)->id == "c");
  stops.finish("c", Ending::done);
  CHECK(take_all(stops).empty());
  CHECK_FALSE(stops.next_change(100));
  const std::string why = "not started: a was not completed, and --continue-on-error was not given";
  CHECK(reasons(stops) ==
        std::map<std::string, std::string>{
            {"b", why}, {"d", why}, {"e", "depends on a, which was not completed"}});
}

TEST_CASE("a run that stops at a failure does not stop at what another run does", "[sched]") {
  QueueOptions options;
  options.stop_on_failure = true;
  Queue queue({job("a"), job("b")}, {{"main", 1}}, options);
  CHECK(queue.take(0)->id == "a");
  queue.finish("a", Ending::elsewhere);
  CHECK(queue.take(0)->id == "b");
}

TEST_CASE("jobs of one lane run one after the other, rather on the same account", "[sched]") {
  std::vector<Job> jobs = {job("a1"), job("a2"), job("a3"), job("b1"), job("free")};
  for (Job& one : jobs) {
    if (one.id != "free") one.lane = one.id.substr(0, 1);
  }
  Queue queue(jobs, {{"one", 2}, {"two", 2}}, {});
  std::map<std::string, std::string> on;
  const auto take_now = [&] {
    while (const auto start = queue.take(0)) on[start->id] = start->agent;
  };
  take_now();
  CHECK(on.size() == 3);
  CHECK((on.count("a1") == 1 && on.count("b1") == 1 && on.count("free") == 1));
  queue.finish("free", Ending::done);
  CHECK_FALSE(queue.take(0));  // places are free, but not for them
  CHECK(queue.wanted(0).empty());
  queue.requeue("a1", {50, ""});
  CHECK_FALSE(queue.take(0));  // the lane waits with it
  CHECK(queue.take(50)->id == "a1");
  queue.finish("a1", Ending::done);
  take_now();
  CHECK(on.at("a2") == on.at("a1"));
  queue.finish("a2", Ending::failed);
  queue.finish("b1", Ending::done);
  // Its account is closed: another one has it.
  queue.close_account(on.at("a1"), 1000, "limit");
  take_now();
  CHECK(on.at("a3") != on.at("a1"));
}
