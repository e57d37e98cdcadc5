// What must be true of every schedule, over random ones: the caps, the closed accounts, the order,
// and that everything that can end does.
#include "sched/drive.h"
#include "support/catch.h"
#include "support/fake_run.h"

#include <random>

using namespace chant::sched;
using chant::test::FakeRun;
using chant::test::FakeSlots;

namespace {

using Account = Finished::Account;
using Call = FakeRun::Call;

// A random run, and a second, simple account of what it may do.
class RandomRun {
 public:
  explicit RandomRun(unsigned seed)
      : random_(seed), run_([this](Call& call) { return end(call); }) {
    make_accounts();
    make_jobs();
    total_ = below(3) == 0 ? 1 + static_cast<int>(below(6)) : 0;
    for (std::size_t i = below(4); i > 0; --i) {
      run_.at(static_cast<std::int64_t>(below(40000)), Woken{});
      ++alarms_;
    }
    run_.slots = &slots_;
    run_.on_start = [this](const Start& start) { check_start(start); };
    run_.on_end = [this](const Finished& finished) { note_end(finished); };
  }

  void play() {
    const auto distribution =
        below(2) == 0 ? Distribution::least_loaded : Distribution::round_robin;
    Queue queue(jobs_, caps_, {total_, distribution, shared_ ? &slots_ : nullptr});
    REQUIRE_FALSE(drive(queue, run_, WhenClosed::wait));
    REQUIRE(queue.running() == 0);
    REQUIRE(slots_.taken.empty());
    check_end(queue);
    // Each wait brings something, and is followed by one look for more.
    REQUIRE(run_.waits <= 2 * (2 * run_.calls.size() + closings_ + alarms_ + jobs_.size() + 1));
  }

 private:
  struct AccountModel {
    int max = 0, used = 0;
    std::int64_t closed_until = 0;
  };
  struct JobModel {
    enum class State { waiting, running, done, ended } state = State::waiting;
    std::int64_t not_before = 0;
    std::size_t again = 0;
  };

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  void make_accounts() {
    shared_ = below(3) == 0;
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      AgentCap cap{"agent" + std::to_string(i), static_cast<int>(below(5)),
                   1 + static_cast<int>(below(3))};
      if (below(4) == 0) cap.closed_until = static_cast<std::int64_t>(below(9000));
      if (below(12) == 0) cap.closed_until = kForGood;
      closings_ += cap.closed_until > 0 ? 1 : 0;
      accounts_[cap.name] = {cap.max, 0, cap.closed_until};
      if (shared_ && cap.max > 0) share(cap);
      caps_.push_back(cap);
    }
  }

  // Some of its slots are taken by others, for a while.
  void share(const AgentCap& cap) {
    const int others = static_cast<int>(below(static_cast<std::size_t>(cap.max) + 1));
    slots_.left[cap.name] = cap.max - others;
    for (int i = 0; i < others; ++i) {
      run_.give_back_at(static_cast<std::int64_t>(below(30000)), cap.name);
      ++alarms_;
    }
  }

  void make_jobs() {
    for (std::size_t i = 1 + below(20); i > 0; --i) {
      Job job;
      job.id = "job" + std::to_string(10 + i);
      for (const Job& other : jobs_) {
        if (below(6) == 0) job.depends_on.push_back(other.id);
      }
      if (below(20) == 0) job.depends_on.push_back("outside");
      if (below(3) == 0) job.target_files.push_back("file" + std::to_string(below(3)));
      for (const AgentCap& cap : caps_) {
        if (below(8) == 0) job.agents.push_back(cap.name);
      }
      job.priority = static_cast<long>(below(3));
      models_[job.id];
      jobs_.push_back(job);
    }
  }

  const Job& find(const std::string& id) const {
    return *std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.id == id; });
  }

  void check_start(const Start& start) {
    JobModel& model = models_.at(start.id);
    REQUIRE(model.state == JobModel::State::waiting);
    REQUIRE(model.not_before <= run_.time);
    model.state = JobModel::State::running;
    const Job& job = find(start.id);
    const auto& agents = job.agents;
    REQUIRE((agents.empty() || std::count(agents.begin(), agents.end(), start.agent) == 1));
    for (const std::string& id : job.depends_on) {
      REQUIRE(models_.at(id).state == JobModel::State::done);
    }
    AccountModel& account = accounts_.at(start.agent);
    REQUIRE(account.closed_until <= run_.time);
    REQUIRE(++account.used <= account.max);
    int all = 0;
    for (const auto& [name, one] : accounts_) all += one.used;
    REQUIRE((total_ == 0 || all <= total_));
  }

  Finished end(Call& call) {
    call.ended = call.began + 1 + static_cast<std::int64_t>(below(5000));
    Finished finished;
    const std::size_t what = below(20);
    finished.account = what < 4 ? Account::limited : Account::well;
    if (what == 4 && below(3) == 0) finished.account = Account::closed;
    if (what == 5) finished.account = Account::none;
    if (what == 6) finished.ending = Ending::failed;
    if (what == 7 && below(3) == 0) finished.ending = Ending::elsewhere;
    if (finished.account == Account::limited) {
      finished.closed_until = call.ended + static_cast<std::int64_t>(below(20000));
    }
    if (finished.account == Account::closed) finished.closed_until = kForGood;
    const bool again = what < 6 || what == 8;
    if (again && models_.at(call.id).again++ < 5) {
      finished.again =
          Again{below(2) == 0 ? 0 : call.ended + static_cast<std::int64_t>(below(8000)),
                below(2) == 0 ? call.agent : ""};
    }
    return finished;
  }

  void note_end(const Finished& finished) {
    using State = JobModel::State;
    AccountModel& account = accounts_.at(finished.agent);
    --account.used;
    if (finished.account == Account::limited || finished.account == Account::closed) {
      account.closed_until = std::max(account.closed_until, finished.closed_until);
      ++closings_;
    }
    JobModel& model = models_.at(finished.id);
    model.state = finished.again                    ? State::waiting
                  : finished.ending == Ending::done ? State::done
                                                    : State::ended;
    if (finished.again) model.not_before = finished.again->not_before;
  }

  // Exactly those are left that nothing in this run can start any more.
  void check_end(const Queue& queue) {
    std::set<std::string> left, hopeless;
    for (const Skip& skip : queue.skipped()) left.insert(skip.id);
    for (const Job& job : jobs_) {
      if (models_.at(job.id).state != JobModel::State::waiting) continue;
      const auto lost = [&](const std::string& id) {
        return models_.count(id) == 0 || models_.at(id).state != JobModel::State::done;
      };
      if (std::any_of(job.depends_on.begin(), job.depends_on.end(), lost) || !has_account(job)) {
        hopeless.insert(job.id);
      }
    }
    std::set<std::string> waiting;
    for (const auto& [id, model] : models_) {
      REQUIRE(model.state != JobModel::State::running);
      if (model.state == JobModel::State::waiting) waiting.insert(id);
    }
    REQUIRE(left == hopeless);
    REQUIRE(left == waiting);
  }

  [[nodiscard]] bool has_account(const Job& job) const {
    return std::any_of(accounts_.begin(), accounts_.end(), [&](const auto& account) {
      const auto& agents = job.agents;
      const bool may =
          agents.empty() || std::count(agents.begin(), agents.end(), account.first) > 0;
      return may && account.second.max > 0 && account.second.closed_until != kForGood;
    });
  }

  std::mt19937 random_;
  FakeRun run_;
  FakeSlots slots_;
  bool shared_ = false;
  int total_ = 0;
  std::size_t closings_ = 0, alarms_ = 0;
  std::vector<AgentCap> caps_;
  std::vector<Job> jobs_;
  std::map<std::string, AccountModel> accounts_;
  std::map<std::string, JobModel> models_;
};

}  // namespace

TEST_CASE("no random schedule breaks a rule, hangs or spins", "[sched]") {
  for (unsigned seed = 0; seed < 1500; ++seed) {
    INFO("seed " << seed);
    RandomRun(seed).play();
  }
}
