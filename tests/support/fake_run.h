// A runner for the scheduler whose clock only moves when it waits, so that hours pass in no time,
// and slots that other processes hold and give back.
#pragma once

#include "sched/drive.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chant::test {

class FakeSlots : public sched::Slots {
 public:
  std::map<std::string, int> left;           // of the agents; without a number there are enough
  std::map<std::string, std::string> taken;  // id -> agent

  [[nodiscard]] bool take(const std::string& id, const std::string& agent) override {
    const auto found = left.find(agent);
    if (found != left.end() && found->second-- < 1) {
      found->second = 0;
      return false;
    }
    if (!taken.emplace(id, agent).second) throw std::logic_error("takes a second slot for " + id);
    return true;
  }
  void give_back(const std::string& id) override {
    const auto found = taken.find(id);
    if (found == taken.end()) throw std::logic_error("gives back what it has not: " + id);
    if (left.count(found->second) > 0) ++left[found->second];
    taken.erase(found);
  }
};

class FakeRun : public sched::Runner {
 public:
  struct Call {
    std::string id, agent;
    std::int64_t began = 0, ended = 0;
  };
  // Says of a call how it ends and when; `id` and `agent` are filled in.
  using Work = std::function<sched::Finished(Call& call)>;

  explicit FakeRun(Work work = [](Call&) { return sched::Finished{}; }) : work_(std::move(work)) {}

  std::int64_t time = 0;
  std::int64_t lasts = 1000;  // a call, when the work says nothing else
  std::vector<Call> calls;
  std::size_t most_at_once = 0;
  std::size_t waits = 0;
  std::set<std::string> done_elsewhere;  // answer to done_outside
  std::vector<std::set<std::string>> asked;
  std::vector<std::pair<std::int64_t, std::string>> closings;  // all_closed
  FakeSlots* slots = nullptr;
  std::function<void(const sched::Start&)> on_start = [](const sched::Start&) {};
  std::function<void(const sched::Finished&)> on_end = [](const sched::Finished&) {};

  // Something happens at this time.
  void at(std::int64_t when, sched::Happening happening) {
    coming_.emplace(when, Coming{std::move(happening), ""});
  }
  // Another process gives back a slot of this agent.
  void give_back_at(std::int64_t when, const std::string& agent) {
    coming_.emplace(when, Coming{sched::Woken{}, agent});
  }
  [[nodiscard]] std::vector<std::string> started() const {
    std::vector<std::string> ids;
    for (const Call& call : calls) ids.push_back(call.id);
    return ids;
  }

  void start(const sched::Start& start) override {
    on_start(start);
    Call call{start.id, start.agent, time, time + lasts};
    sched::Finished finished = work_(call);
    finished.id = call.id;
    finished.agent = call.agent;
    at(call.ended, std::move(finished));
    calls.push_back(std::move(call));
    most_at_once = std::max(most_at_once, ++running_);
  }

  [[nodiscard]] std::int64_t now() const override { return time; }

  sched::Happening wait(std::optional<std::int64_t> until,
                        const std::vector<std::string>& agents) override {
    ++waits;
    const std::int64_t limit = until.value_or(sched::kForGood);
    while (!coming_.empty() && coming_.begin()->first <= limit) {
      const auto first = coming_.begin();
      time = std::max(time, first->first);
      const Coming coming = std::move(first->second);
      coming_.erase(first);
      if (const auto* finished = std::get_if<sched::Finished>(&coming.happening)) {
        --running_;
        on_end(*finished);
      }
      if (coming.gives_back.empty()) return coming.happening;
      ++slots->left[coming.gives_back];
      if (std::count(agents.begin(), agents.end(), coming.gives_back) > 0) return coming.happening;
    }
    if (limit == sched::kForGood) throw std::logic_error("waits for what never comes");
    time = std::max(time, limit);
    return sched::Woken{};
  }

  std::set<std::string> done_outside(const std::set<std::string>& ids) override {
    asked.push_back(ids);
    std::set<std::string> done;
    std::set_intersection(ids.begin(), ids.end(), done_elsewhere.begin(), done_elsewhere.end(),
                          std::inserter(done, done.end()));
    return done;
  }

  void all_closed(std::int64_t until, const std::string& reason) override {
    if (running_ > 0) throw std::logic_error("says that all are closed while something runs");
    closings.emplace_back(until, reason);
  }

 private:
  struct Coming {
    sched::Happening happening;
    std::string gives_back;
  };

  Work work_;
  std::multimap<std::int64_t, Coming> coming_;
  std::size_t running_ = 0;
};

}  // namespace chant::test
