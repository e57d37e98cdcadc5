#include "sched/queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace chant::sched {

Queue::Queue(std::vector<Job> jobs, std::vector<AgentCap> agents, int total_max)
    : agents_(std::move(agents)) {
  std::size_t sum = 0;
  for (const AgentCap& agent : agents_) sum += static_cast<std::size_t>(std::max(agent.max, 0));
  total_max_ = total_max > 0 ? static_cast<std::size_t>(total_max) : sum;
  for (Job& job : jobs) {
    order_.push_back(job.id);
    entries_[order_.back()].job = std::move(job);
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

bool Queue::is_ready(const Entry& entry) const {
  if (entry.phase != Phase::waiting) return false;
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

std::optional<std::string> Queue::free_agent(const Job& job) const {
  const AgentCap* best = nullptr;
  double best_load = 1;
  for (const AgentCap& agent : agents_) {
    const bool allowed = job.agents.empty() || std::find(job.agents.begin(), job.agents.end(),
                                                         agent.name) != job.agents.end();
    if (!allowed) continue;
    const auto used = std::count_if(running_.begin(), running_.end(),
                                    [&](const auto& r) { return r.second == agent.name; });
    if (agent.max < 1 || used >= agent.max) continue;
    const double load = static_cast<double>(used) / agent.max;
    if (best == nullptr || load < best_load) {
      best = &agent;
      best_load = load;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(best->name);
}

std::optional<Start> Queue::take() {
  if (closed_ || running_.size() >= total_max_) return std::nullopt;
  std::optional<Start> second_choice;
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (!is_ready(entry)) continue;
    const auto agent = free_agent(entry.job);
    if (!agent) continue;
    if (!overlaps_running(entry)) {
      second_choice = Start{id, *agent};
      break;
    }
    if (!second_choice) second_choice = Start{id, *agent};
  }
  if (!second_choice) return std::nullopt;
  entries_.at(second_choice->id).phase = Phase::running;
  running_[second_choice->id] = second_choice->agent;
  return second_choice;
}

void Queue::finish(const std::string& id, Ending ending) {
  running_.erase(id);
  entries_.at(id).phase = ending == Ending::done     ? Phase::done
                          : ending == Ending::failed ? Phase::failed
                                                     : Phase::elsewhere;
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
        return fmt::format("depends on {}, which was not started", id);
    }
  }
  return closed_ ? "not started: the run was stopped" : "no agent may work on it";
}

std::vector<Skip> Queue::skipped() const {
  std::vector<Skip> result;
  for (const std::string& id : order_) {
    const Entry& entry = entries_.at(id);
    if (entry.phase == Phase::waiting) result.push_back({id, blocker_of(entry)});
  }
  return result;
}

std::vector<std::vector<Start>> plan(Queue queue) {
  std::vector<std::vector<Start>> waves;
  while (true) {
    std::vector<Start> wave;
    while (auto start = queue.take()) wave.push_back(std::move(*start));
    if (wave.empty()) return waves;
    for (const Start& start : wave) queue.finish(start.id, Ending::done);
    waves.push_back(std::move(wave));
  }
}

}  // namespace chant::sched
