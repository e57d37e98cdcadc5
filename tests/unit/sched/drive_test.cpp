#include "sched/drive.h"

#include "support/catch.h"
#include "support/fake_run.h"

#include <algorithm>

using namespace chant::sched;
using chant::test::FakeRun;
using chant::test::FakeSlots;
using Account = Finished::Account;

namespace {

using Ids = std::vector<std::string>;
using Call = FakeRun::Call;
using Closings = std::vector<std::pair<std::int64_t, std::string>>;

Job job(const std::string& id, const Ids& depends_on = {}) {
  Job result;
  result.id = id;
  result.depends_on = depends_on;
  return result;
}

Finished ended(Account account) {
  Finished finished;
  finished.account = account;
  return finished;
}

// A limit of the account, found out at once; the job is to be started again.
Finished limited(Call& call, std::int64_t until) {
  call.ended = call.began + 100;
  Finished finished = ended(Account::limited);
  finished.again = Again{};
  finished.closed_until = until;
  finished.reason = "rate limit";
  return finished;
}

Finished closed_for_good(Call& call, const std::string& reason) {
  Finished finished = limited(call, kForGood);
  finished.account = Account::closed;
  finished.reason = reason;
  return finished;
}

// The account of this name is limited when it is called in this time.
FakeRun::Work limited_between(const std::string& agent, std::int64_t begin, std::int64_t end) {
  return [=](Call& call) {
    const bool hits = call.agent == agent && call.began >= begin && call.began < end;
    return hits ? limited(call, end) : ended(Account::well);
  };
}

std::map<std::string, std::string> reasons(const Queue& queue) {
  std::map<std::string, std::string> result;
  for (const Skip& skip : queue.skipped()) result[skip.id] = skip.reason;
  return result;
}

bool drive(Queue& queue, FakeRun& run) { return drive(queue, run, WhenClosed::wait); }

}  // namespace

TEST_CASE("a run works off more jobs than slots, in order", "[sched]") {
  Queue queue({job("a"), job("b", {"a"}), job("c", {"b"}), job("d"), job("e"), job("f", {"d"})},
              {{"one", 1}, {"two", 1}}, {});
  FakeRun run;
  CHECK_FALSE(drive(queue, run));
  CHECK(run.calls.size() == 6);
  CHECK(run.most_at_once == 2);
  const Ids started = run.started();
  const auto at = [&](const char* id) { return std::find(started.begin(), started.end(), id); };
  CHECK(at("a") < at("b"));
  CHECK(at("b") < at("c"));
  CHECK(at("d") < at("f"));
  CHECK(queue.skipped().empty());
}

TEST_CASE("a run without jobs ends at once", "[sched]") {
  Queue queue({}, {{"one", 1}}, {});
  FakeRun run;
  CHECK_FALSE(drive(queue, run));
  CHECK(run.waits == 0);
}

TEST_CASE("a run goes on after a failure", "[sched]") {
  Queue queue({job("a"), job("b", {"a"}), job("c")}, {{"one", 1}}, {});
  FakeRun run([](Call& call) {
    Finished finished;
    finished.ending = call.id == "a" ? Ending::failed : Ending::done;
    return finished;
  });
  CHECK_FALSE(drive(queue, run));
  CHECK(run.started() == Ids{"a", "c"});
  CHECK(reasons(queue)["b"] == "depends on a, which was not completed");
}

TEST_CASE("after an interruption nothing starts and what runs is waited for", "[sched]") {
  Queue queue({job("a"), job("b"), job("c"), job("d")}, {{"one", 2}}, {});
  FakeRun run;
  run.at(500, Interrupted{});
  CHECK(drive(queue, run));
  CHECK(run.started() == Ids{"a", "b"});
  CHECK(queue.running() == 0);
  CHECK(run.time == 1000);
  CHECK(queue.skipped().size() == 2);
}

TEST_CASE("what another run completes meanwhile frees those that wait for it", "[sched]") {
  Queue queue({job("a"), job("b"), job("c", {"a", "outside"}), job("d", {"never"})}, {{"one", 1}},
              {});
  FakeRun run([](Call& call) {
    Finished finished;
    finished.ending = call.id == "a" ? Ending::elsewhere : Ending::done;
    return finished;
  });
  run.done_elsewhere = {"a", "outside"};
  CHECK_FALSE(drive(queue, run));
  CHECK(run.started() == Ids{"a", "b", "c"});
  CHECK(run.asked.front() == std::set<std::string>{"a", "never", "outside"});
  CHECK(reasons(queue).count("d") == 1);
}

TEST_CASE("ten jobs over three accounts complete although one is limited for 20 s", "[sched]") {
  std::vector<Job> jobs;
  for (int i = 0; i < 10; ++i) jobs.push_back(job("spec-" + std::to_string(i)));
  Queue queue(jobs, {{"main", 1}, {"alt1", 1}, {"alt2", 1}}, {0, Distribution::round_robin});
  std::map<std::string, int> calls;
  std::int64_t limited_until = 0;
  FakeRun run([&](Call& call) {
    call.ended = call.began + 8000;
    if (call.agent != "alt1") return ended(Account::well);
    if (++calls["alt1"] == 2) limited_until = call.ended + 20000;
    const bool hits = calls["alt1"] > 2 && call.began < limited_until;
    return hits ? limited(call, limited_until) : ended(Account::well);
  });
  CHECK_FALSE(drive(queue, run));
  CHECK(queue.skipped().empty());
  CHECK(run.calls.size() == 11);  // one of them met the limit, and was no attempt that counts
  std::vector<std::int64_t> starts;
  for (const Call& call : run.calls) {
    if (call.agent == "alt1") starts.push_back(call.began);
  }
  REQUIRE(starts.size() >= 3);
  CHECK(starts[2] == 16000);  // the one that met it
  for (std::size_t i = 3; i < starts.size(); ++i) CHECK(starts[i] >= limited_until);
  CHECK(run.closings.empty());
}

TEST_CASE("an account that was limited works again in the same run", "[sched]") {
  Queue queue({job("a"), job("b"), job("c"), job("d")}, {{"one", 1}, {"two", 1}}, {});
  FakeRun run(limited_between("two", 0, 1500));
  CHECK_FALSE(drive(queue, run));
  std::vector<std::int64_t> starts;
  for (const Call& call : run.calls) {
    if (call.agent == "two") starts.push_back(call.began);
  }
  CHECK(starts == std::vector<std::int64_t>{0, 1500});  // on time, not when something else ends
  CHECK(run.calls.size() == 5);
}

TEST_CASE("when all accounts are closed the run says so, waits and goes on by itself", "[sched]") {
  Queue queue({job("a"), job("b")}, {{"one", 1}, {"two", 1}}, {});
  FakeRun run([](Call& call) {
    if (call.began >= 60000) return ended(Account::well);
    return limited(call, call.agent == "one" ? 90000 : 60000);
  });
  run.at(30000, Woken{});
  CHECK_FALSE(drive(queue, run));
  CHECK(queue.skipped().empty());
  CHECK(run.closings == Closings{{60000, "one: rate limit; two: rate limit"}});
  CHECK(run.calls[2].began == 60000);
  CHECK(run.time == 62000);
}

TEST_CASE("--no-wait ends the run instead, once nothing runs", "[sched]") {
  Queue queue({job("a"), job("b"), job("c")}, {{"one", 1}, {"two", 1}}, {});
  FakeRun run([](Call& call) {
    return call.agent == "one" ? limited(call, 50000) : closed_for_good(call, "no login");
  });
  CHECK_FALSE(drive(queue, run, WhenClosed::end));
  CHECK(run.time == 100);
  CHECK(run.closings == Closings{{50000, "one: rate limit; two: no login"}});
  CHECK(reasons(queue)["a"] ==
        "every account that may work on it is closed (one: rate limit; two: no login)");
  CHECK(reasons(queue).size() == 3);
}

TEST_CASE("--no-wait does wait for the back-off of a job whose account is open", "[sched]") {
  Queue queue({job("a")}, {{"one", 1}}, {});
  FakeRun run([](Call& call) {
    Finished finished = ended(Account::well);
    if (call.began == 0) finished.again = Again{5000, ""};
    return finished;
  });
  CHECK_FALSE(drive(queue, run, WhenClosed::end));
  CHECK(run.calls.size() == 2);
  CHECK(run.calls[1].began == 5000);
  CHECK(run.closings.empty());
}

TEST_CASE("a run whose accounts are all closed for good ends", "[sched]") {
  Queue queue({job("a"), job("b")}, {{"one", 1}}, {});
  FakeRun run([](Call& call) { return closed_for_good(call, "no login"); });
  CHECK_FALSE(drive(queue, run));
  CHECK(run.calls.size() == 1);
  CHECK(run.closings.empty());
  CHECK(reasons(queue)["b"] == "every account that may work on it is closed (one: no login)");
}

TEST_CASE("a retry goes to another account", "[sched]") {
  Queue queue({job("a")}, {{"one", 1}, {"two", 1}}, {});
  FakeRun run([](Call& call) {
    Finished finished = ended(Account::none);
    if (call.agent == "one") finished.again = Again{0, "one"};
    return finished;
  });
  CHECK_FALSE(drive(queue, run));
  REQUIRE(run.calls.size() == 2);
  CHECK(run.calls[1].agent == "two");
}

TEST_CASE("a spent budget ends the starts, not what runs", "[sched]") {
  Queue queue({job("a"), job("b"), job("c")}, {{"one", 1}}, {});
  FakeRun run;
  run.at(1000, Spent{"the budget of 5.00 USD is used up"});
  CHECK_FALSE(drive(queue, run));
  CHECK(run.started() == Ids{"a"});
  CHECK(reasons(queue)["c"] == "not started: the budget of 5.00 USD is used up");
}

TEST_CASE("an interruption ends the wait for an account", "[sched]") {
  Queue queue({job("a")}, {{"one", 1, 1, 3600000, "weekly limit"}}, {});
  FakeRun run;
  run.at(10, Interrupted{});
  CHECK(drive(queue, run));
  CHECK(run.calls.empty());
  CHECK(run.time == 10);
  CHECK(reasons(queue)["a"] == "not started: the run was stopped");
}

TEST_CASE("several that meet one limit at once slow the account down once", "[sched]") {
  std::vector<Job> jobs;
  for (int i = 0; i < 8; ++i) jobs.push_back(job(std::to_string(i)));
  Queue queue(jobs, {{"one", 8}}, {});
  FakeRun run(limited_between("one", 0, 1000));
  std::map<std::int64_t, int> starts;
  run.on_start = [&](const Start&) { ++starts[run.time]; };
  CHECK_FALSE(drive(queue, run));
  CHECK(starts == std::map<std::int64_t, int>{{0, 8}, {1000, 4}, {2000, 4}});
  CHECK(queue.allowed("one") == 5);
}

TEST_CASE("what happened at the same moment is known before the next start", "[sched]") {
  Queue queue({job("a"), job("b"), job("c")}, {{"one", 2}}, {});
  FakeRun run([](Call& call) {
    if (call.id == "a" || call.began >= 9000) return ended(Account::well);
    Finished finished = limited(call, 9000);
    call.ended = 1000;
    return finished;
  });
  CHECK_FALSE(drive(queue, run));
  REQUIRE(run.calls.size() == 4);
  CHECK(run.calls[2].began == 9000);  // not c at 1000, when a had given back its slot
}

TEST_CASE("a slot that another process gives back is used", "[sched]") {
  FakeSlots slots;
  slots.left["one"] = 0;
  Queue queue({job("a"), job("b")}, {{"one", 2}}, {0, Distribution::least_loaded, &slots});
  FakeRun run;
  run.slots = &slots;
  run.give_back_at(7000, "one");
  run.give_back_at(7500, "one");
  CHECK_FALSE(drive(queue, run));
  REQUIRE(run.calls.size() == 2);
  CHECK(run.calls[0].began == 7000);
  CHECK(run.calls[1].began == 7500);  // while the first still ran
  CHECK(slots.left["one"] == 2);
  CHECK(run.closings.empty());
}

TEST_CASE("what other runs complete while this one only waits is noticed", "[sched]") {
  FakeSlots slots;
  slots.left = {{"one", 0}, {"two", 1}};
  std::vector<Job> jobs = {job("a"), job("b", {"outside"})};
  jobs[0].agents = {"one"};
  Queue queue(jobs, {{"one", 1}, {"two", 1}}, {0, Distribution::least_loaded, &slots});
  FakeRun run;
  run.slots = &slots;
  run.done_elsewhere = {"outside"};
  run.at(50, Woken{});
  run.give_back_at(100, "one");
  CHECK_FALSE(drive(queue, run));
  CHECK(run.started() == Ids{"b", "a"});
}

TEST_CASE("waiting costs nothing but the waits", "[sched]") {
  Queue queue({job("a"), job("b")}, {{"one", 1}, {"two", 1, 1, 86400000, "daily limit"}}, {});
  FakeRun run;
  run.lasts = 80000000;
  CHECK_FALSE(drive(queue, run));
  CHECK(run.time == 160000000);
  CHECK(run.calls.size() == 2);
  CHECK(run.waits <= 2 * (2 + 1));  // each end and the opening, and one look after each
}
