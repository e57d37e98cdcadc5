#include "sched/drive.h"

#include "support/catch.h"

#include <algorithm>
#include <deque>

using namespace chant::sched;

namespace {

using Ids = std::vector<std::string>;

// Ends jobs in the order of their start, or as the test says.
class FakeRunner : public Runner {
 public:
  std::map<std::string, Ending> endings;  // done when not named
  std::set<std::string> done_elsewhere;   // answer to done_outside
  std::string interrupt_when_running;     // the user stops the run when this one runs
  Ids started;
  std::size_t most_at_once = 0;
  std::vector<std::set<std::string>> asked;

  void start(const Start& start) override {
    started.push_back(start.id);
    running_.push_back(start.id);
    most_at_once = std::max(most_at_once, running_.size());
  }
  Happening wait() override {
    if (running_.empty()) throw std::logic_error("waits for nothing");
    const auto found = std::find(running_.begin(), running_.end(), interrupt_when_running);
    if (found != running_.end() && !interrupted_) {
      interrupted_ = true;
      return Interrupted{};
    }
    const std::string id = running_.front();
    running_.pop_front();
    const auto ending = endings.find(id);
    return Finished{id, ending == endings.end() ? Ending::done : ending->second};
  }
  std::set<std::string> done_outside(const std::set<std::string>& ids) override {
    asked.push_back(ids);
    std::set<std::string> done;
    std::set_intersection(ids.begin(), ids.end(), done_elsewhere.begin(), done_elsewhere.end(),
                          std::inserter(done, done.end()));
    return done;
  }

 private:
  std::deque<std::string> running_;
  bool interrupted_ = false;
};

Job job(const std::string& id, const Ids& depends_on = {}) {
  Job result;
  result.id = id;
  result.depends_on = depends_on;
  return result;
}

}  // namespace

TEST_CASE("a run works off more jobs than slots, in order", "[sched]") {
  Queue queue({job("a"), job("b", {"a"}), job("c", {"b"}), job("d"), job("e"), job("f", {"d"})},
              {{"one", 1}, {"two", 1}}, 0);
  FakeRunner runner;
  CHECK_FALSE(drive(queue, runner));
  CHECK(runner.started.size() == 6);
  CHECK(runner.most_at_once == 2);
  const auto at = [&](const char* id) {
    return std::find(runner.started.begin(), runner.started.end(), id) - runner.started.begin();
  };
  CHECK(at("a") < at("b"));
  CHECK(at("b") < at("c"));
  CHECK(at("d") < at("f"));
  CHECK(queue.skipped().empty());
}

TEST_CASE("a run without jobs ends at once", "[sched]") {
  Queue queue({}, {{"one", 1}}, 0);
  FakeRunner runner;
  CHECK_FALSE(drive(queue, runner));
}

TEST_CASE("a run goes on after a failure", "[sched]") {
  Queue queue({job("a"), job("b", {"a"}), job("c")}, {{"one", 1}}, 0);
  FakeRunner runner;
  runner.endings["a"] = Ending::failed;
  CHECK_FALSE(drive(queue, runner));
  CHECK(runner.started == Ids{"a", "c"});
  CHECK(queue.skipped().size() == 1);
}

TEST_CASE("after an interruption nothing starts and what runs is waited for", "[sched]") {
  Queue queue({job("a"), job("b"), job("c"), job("d")}, {{"one", 2}}, 0);
  FakeRunner runner;
  runner.interrupt_when_running = "b";
  CHECK(drive(queue, runner));
  CHECK(runner.started == Ids{"a", "b"});
  CHECK(queue.running() == 0);
  CHECK(queue.skipped().size() == 2);
}

TEST_CASE("what another run completes meanwhile frees those that wait for it", "[sched]") {
  Queue queue({job("a"), job("b"), job("c", {"a", "outside"}), job("d", {"never"})}, {{"one", 1}},
              0);
  FakeRunner runner;
  runner.endings["a"] = Ending::elsewhere;
  runner.done_elsewhere = {"a", "outside"};
  CHECK_FALSE(drive(queue, runner));
  CHECK(runner.started == Ids{"a", "b", "c"});
  CHECK(runner.asked.front() == std::set<std::string>{"a", "never", "outside"});
  REQUIRE(queue.skipped().size() == 1);
  CHECK(queue.skipped().front().id == "d");
}
