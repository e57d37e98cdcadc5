#include "sched/queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace chant::sched {

Queue::Queue(std::vector<Job> jobs, const std::vector<AgentCap>& agents, QueueOptions options)
    : accounts_(agents, options.distribution),
      total_max_(options.total_max > 0 ? static_cast<std::size_t>(options.total_max)
                                       : accounts_.total()),
      slots_(options.slots),
      stop_on_failure_(options.stop_on_failure) {
  for (Job& job : jobs) {
    order_.push_back(job.id);
    Entry& entry = entries_[job.id];
    entry.choice.agents = job.agents;
    entry.job = std::move(job);
  }
  for (const std::string& id : order_) {
    std::set<std::string> on_path;
    chain_of(id, on_path);
  }
  std::sort(order_.begin(), order_.end(), [&](const std::string& a, const std::string& b) {
    const Entry& x = entries_.at(a);
    const Entry& y = entries_.at(b);
    return std::tuple(x.job.rank, y.chain, y.job.priority, a) <
           std::tuple(y.job.rank, x.chain, x.job.priority, b);
  });
}

// Sets the chain of every job below `id`: how many jobs wait for it, one after the other.
std::size_t Queue::chain_of(const std::string& id, std::set<std::string>& on_path) {
  Entry& entry = entries_.at(id);
  if (!on_path.insert(id).second) return entry.chain;
  for (const std::string& dependency : entry.job.depends_on) {
    const auto found = entries_.find(dependency);
    if (found == entries_.end() || found->second.chain > entry.chain) continue;
    found->second.chain = entry.chain + 1;
    chain_of(dependency, on_path);
  }
  on_path.erase(id);
  return entry.chain;
}

// Its dependencies are done. A time or an account may still be in the way.
bool Queue::is_ready(const Entry& entry) const {
  if (entry.phase != Phase::waiting) return false;
  if (!failed_.empty() && !entry.was_started) return false;
  const auto busy = in_lane_.find(entry.job.lane);
  if (busy != in_lane_.end() && busy->second != entry.job.id) return false;
  return std::all_of(entry.job.depends_on.begin(), entry.job.depends_on.end(),
                     [&](const std::string& id) {
                       const auto found = entries_.find(id);
                       return found != entries_.end() && found->second.phase == Phase::done;
                     });
}

bool Queue::overlaps_running(const Entry& entry) const {
  return std::any_of(running_.begin(), running_.end(), [&](const auto& running) {
    const auto& files = entries_.at(running.first).job.target_files;
    return std::find_first_of(files.begin(), files.end(), entry.job.target_files.begin(),
                              entry.job.target_files.end()) != files.end();
  });
}

// The account that had the last job of the lane has its session, too.
std::size_t Queue::account_for(const Entry& entry, const Accounts::Places& free) const {
  const auto last = lane_account_.find(entry.job.lane);
  if (last != lane_account_.end()) {
    for (const std::size_t account : free) {
      if (accounts_.name(account) == last->second) return account;
    }
  }
  return accounts_.turn_of(free);
}

std::optional<Queue::Candidate> Queue::candidate(std::int64_t now,
                                                 const std::set<std::size_t>& refused) const {
  std::optional<Candidate> second_choice;
  if (closed_ || running_.size() >= total_max_) return second_choice;
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (!is_ready(entry) || entry.not_before > now) continue;
    Accounts::Places free = accounts_.free(entry.choice, now);
    const auto is_refused = [&](std::size_t account) { return refused.count(account) > 0; };
    free.erase(std::remove_if(free.begin(), free.end(), is_refused), free.end());
    if (free.empty()) continue;
    if (!overlaps_running(entry)) return Candidate{id, account_for(entry, free)};
    if (!second_choice) second_choice = Candidate{id, account_for(entry, free)};
  }
  return second_choice;
}

std::optional<Start> Queue::take(std::int64_t now) {
  seen_ = now;
  std::set<std::size_t> refused;
  while (const auto next = candidate(now, refused)) {
    const std::string& agent = accounts_.name(next->account);
    if (slots_ != nullptr && !slots_->take(next->id, agent)) {
      refused.insert(next->account);
      continue;
    }
    accounts_.take(next->account);
    Entry& entry = entries_.at(next->id);
    entry.phase = Phase::running;
    entry.was_started = true;
    running_[next->id] = agent;
    if (!entry.job.lane.empty()) {
      in_lane_[entry.job.lane] = next->id;
      lane_account_[entry.job.lane] = agent;
    }
    return Start{next->id, agent};
  }
  return std::nullopt;
}

void Queue::free_slot(const std::string& id) {
  const auto running = running_.find(id);
  accounts_.give_back(running->second);
  if (slots_ != nullptr) slots_->give_back(id);
  running_.erase(running);
}

void Queue::finish(const std::string& id, Ending ending) {
  free_slot(id);
  order_.erase(std::remove(order_.begin(), order_.end(), id), order_.end());
  Entry& entry = entries_.at(id);
  entry.phase = ending == Ending::done     ? Phase::done
                : ending == Ending::failed ? Phase::failed
                                           : Phase::elsewhere;
  in_lane_.erase(entry.job.lane);
  if (ending == Ending::failed && stop_on_failure_ && failed_.empty()) failed_ = id;
}

void Queue::requeue(const std::string& id, Again again) {
  free_slot(id);
  Entry& entry = entries_.at(id);
  entry.phase = Phase::waiting;
  entry.not_before = again.not_before;
  entry.choice.rather_not = std::move(again.rather_not);
}

void Queue::close(std::string reason) {
  if (closed_) return;
  closed_ = true;
  close_reason_ = std::move(reason);
}

void Queue::close_account(const std::string& agent, std::int64_t until, const std::string& reason) {
  accounts_.close(agent, until, reason);
}

void Queue::slow_down(const std::string& agent) { accounts_.slow_down(agent); }

void Queue::speed_up(const std::string& agent) { accounts_.speed_up(agent); }

std::optional<std::int64_t> Queue::next_change(std::int64_t now) const {
  if (closed_ || running_.size() >= total_max_) return std::nullopt;
  std::optional<std::int64_t> earliest;
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (!is_ready(entry)) continue;
    const auto time = accounts_.next_time(entry.choice, now, entry.not_before);
    if (time) earliest = std::min(earliest.value_or(*time), *time);
  }
  if (!earliest && !wanted(now).empty()) return kForGood;
  return earliest;
}

std::vector<std::string> Queue::wanted(std::int64_t now) const {
  std::set<std::size_t> accounts;
  if (slots_ == nullptr || closed_ || running_.size() >= total_max_) return {};
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (!is_ready(entry) || entry.not_before > now) continue;
    const Accounts::Places free = accounts_.free(entry.choice, now);
    accounts.insert(free.begin(), free.end());
  }
  std::vector<std::string> names;
  for (const std::size_t account : accounts) names.push_back(accounts_.name(account));
  return names;
}

bool Queue::all_closed(std::int64_t now) const {
  bool some = false;
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (!is_ready(entry) || !accounts_.any(entry.choice)) continue;
    if (!accounts_.all_closed(entry.choice, now)) return false;
    some = true;
  }
  return some;
}

void Queue::satisfy(const std::string& id) {
  for (auto& [name, entry] : entries_) {
    auto& list = entry.job.depends_on;
    const auto found = entries_.find(id);
    if (found != entries_.end() && found->second.phase != Phase::elsewhere) continue;
    list.erase(std::remove(list.begin(), list.end(), id), list.end());
  }
}

std::set<std::string> Queue::outside() const {
  std::set<std::string> ids;
  for (const auto& [name, entry] : entries_) {
    if (entry.phase != Phase::waiting) continue;
    for (const std::string& id : entry.job.depends_on) {
      const auto found = entries_.find(id);
      if (found == entries_.end() || found->second.phase == Phase::elsewhere) ids.insert(id);
    }
  }
  return ids;
}

std::string Queue::blocker_of(const Entry& entry) const {
  for (const std::string& id : entry.job.depends_on) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return fmt::format("waits for {}, which is not completed", id);
    switch (found->second.phase) {
      case Phase::done:
        break;
      case Phase::failed:
        return fmt::format("depends on {}, which was not completed", id);
      case Phase::elsewhere:
        return fmt::format("depends on {}, which another run works on", id);
      case Phase::waiting:
      case Phase::running:
        return fmt::format("depends on {}, which was not {}", id,
                           found->second.was_started ? "completed" : "started");
    }
  }
  return hindrance_of(entry);
}

// Of a job that depends on nothing any more.
std::string Queue::hindrance_of(const Entry& entry) const {
  if (closed_) {
    return fmt::format("not started{}: {}", entry.was_started ? " again" : "",
                       close_reason_.empty() ? "the run was stopped" : close_reason_);
  }
  if (!failed_.empty() && !entry.was_started) {
    return fmt::format("not started: {} was not completed, and --continue-on-error was not given",
                       failed_);
  }
  if (!accounts_.any(entry.choice) || !accounts_.all_closed(entry.choice, seen_)) {
    return "no agent may work on it";
  }
  return fmt::format("every account that may work on it is closed ({})",
                     accounts_.closings(entry.choice, seen_));
}

std::vector<Skip> Queue::skipped() const {
  std::vector<Skip> result;
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (entry.phase == Phase::waiting) result.push_back({id, blocker_of(entry)});
  }
  return result;
}

std::vector<std::vector<Start>> plan(Queue queue, std::int64_t now) {
  queue.slots_ = nullptr;
  std::vector<std::vector<Start>> waves;
  while (true) {
    std::vector<Start> wave;
    while (auto start = queue.take(now)) wave.push_back(std::move(*start));
    for (const Start& start : wave) queue.finish(start.id, Ending::done);
    if (!wave.empty()) {
      waves.push_back(std::move(wave));
    } else if (const auto later = queue.next_change(now)) {
      now = *later;
    } else {
      return waves;
    }
  }
}

}  // namespace chant::sched
