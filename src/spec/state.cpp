#include "spec/state.h"

#include "spec/dependency.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace chant::spec {

namespace {

bool is_final(State state) { return state == State::completed || state == State::cancelled; }

std::optional<State> find_final(const std::string& status) {
  if (status == "completed") return State::completed;
  if (status == "cancelled") return State::cancelled;
  return std::nullopt;
}

// What only a person may have written, or a tool elsewhere: not ready until it is reset.
std::optional<State> find_held(const std::string& status) {
  for (const auto state :
       {State::in_progress, State::failed, State::needs_attention, State::paused}) {
    if (status == name_of(state)) return state;
  }
  return std::nullopt;
}

Computed with_reason(State state, const std::string& reason, std::string_view fallback) {
  return {state, reason.empty() ? std::string{fallback} : reason, {}};
}

class StateTable {
 public:
  StateTable(const std::map<std::string, Item>& all, Dependents dependents)
      : all_(all), dependents_(dependents), graph_(all) {}

  [[nodiscard]] std::map<std::string, Computed> compute() {
    // Backwards, because the id of a member sorts behind that of its driver.
    for (auto item = all_.rbegin(); item != all_.rend(); ++item) {
      states_[item->first] = settle(item->first, item->second);
    }
    // Whether something is blocked never satisfies or blocks anything else.
    auto result = states_;
    for (auto& [id, computed] : result) {
      if (computed.state != State::ready) continue;
      auto blocked = block(id);
      if (blocked.state != State::ready) computed = std::move(blocked);
    }
    return result;
  }

 private:
  // The state apart from dependencies: ready when only they can stand in the way.
  [[nodiscard]] Computed settle(const std::string& id, const Item& item) const {
    const auto& facts = item.facts;
    if (!item.broken.empty()) return {State::broken, item.broken, {}};
    const auto& status = facts.target_status.empty() ? item.spec.status : facts.target_status;
    const auto decided = find_final(status);
    if (decided && facts.doubt.empty()) return {*decided, {}, {}};
    if (!graph_.members(id).empty()) return settle_driver(graph_.members(id));
    if (facts.claimed) return {State::in_progress, {}, {}};
    if (!facts.doubt.empty()) return {State::needs_attention, facts.doubt, {}};
    if (!facts.parked.empty()) return {State::needs_attention, facts.parked, {}};
    const bool needs_person = facts.last == Facts::Last::attention;
    if (facts.sealed && !needs_person) return {State::finished, {}, {}};
    if (needs_person) {
      return with_reason(State::needs_attention, facts.reason, "the last attempt needs a person");
    }
    if (facts.last == Facts::Last::failed) {
      return with_reason(State::failed, facts.reason, "the last attempt failed");
    }
    if (const auto held = find_held(item.spec.status)) {
      return {*held, "the spec file says so", {}};
    }
    return {State::ready, facts.reopened, {}};
  }

  [[nodiscard]] Computed settle_driver(const std::vector<std::string>& members) const {
    const auto count = [&](auto predicate) {
      return std::count_if(members.begin(), members.end(),
                           [&](const auto& member) { return predicate(states_.at(member).state); });
    };
    const auto completed = count([](State state) { return state == State::completed; });
    const bool all_final = count(is_final) == static_cast<std::ptrdiff_t>(members.size());
    if (all_final && completed > 0) return {State::completed, {}, {}};
    return {State::driver,
            fmt::format("{} of {} completed", completed, counted(members.size(), "member")),
            {}};
  }

  [[nodiscard]] bool is_satisfied(const std::string& id) const {
    const auto state = states_.at(id).state;
    if (state == State::finished) return dependents_ == Dependents::start_from_finished;
    if (state != State::driver) return is_final(state);
    const auto& members = graph_.members(id);
    return std::all_of(members.begin(), members.end(),
                       [&](const auto& member) { return is_satisfied(member); });
  }

  [[nodiscard]] Computed block(const std::string& id) const {
    Computed blocked{State::blocked, {}, {}};
    for (const auto& dependency : graph_.dependencies(id, all_.at(id).spec)) {
      const auto found = graph_.find(dependency);
      if (found && is_satisfied(*found)) continue;
      blocked.blocked_by.push_back(found.value_or(dependency));
      if (found || !blocked.why.empty()) continue;
      blocked.why =
          fmt::format("dependency '{}' {}", dependency,
                      graph_.is_ambiguous(dependency) ? "is ambiguous" : "does not exist");
    }
    if (blocked.blocked_by.empty()) return {State::ready, {}, {}};
    if (blocked.why.empty()) blocked.why = waiting_text(blocked.blocked_by);
    return blocked;
  }

  [[nodiscard]] static std::string waiting_text(const std::vector<std::string>& ids) {
    static constexpr std::size_t kShown = 3;
    const auto shown = std::min(ids.size(), kShown);
    const std::vector<std::string> first{ids.begin(),
                                         ids.begin() + static_cast<std::ptrdiff_t>(shown)};
    const auto text = fmt::format("waits for '{}'", join(first, "', '"));
    return shown == ids.size() ? text : fmt::format("{} and {} more", text, ids.size() - shown);
  }

  const std::map<std::string, Item>& all_;
  Dependents dependents_;
  DependencyGraph graph_;
  std::map<std::string, Computed> states_;
};

// Depth-first search with a stack of its own: a chain of dependencies can be of any length.
class CycleSearch {
 public:
  explicit CycleSearch(const std::map<std::string, Item>& all) : all_(all), graph_(all) {}

  [[nodiscard]] std::vector<std::string> find(const std::string& start) {
    if (is_known(start)) return {};
    enter(start);
    while (!path_.empty()) {
      auto& step = path_.back();
      if (step.next == step.edges.size()) {
        marks_[step.id] = Mark::done;
        path_.pop_back();
        continue;
      }
      const auto to = step.edges[step.next++];
      if (!is_known(to)) {
        enter(to);
      } else if (marks_[to] == Mark::on_path) {
        return cycle_to(to);
      }
    }
    return {};
  }

 private:
  enum class Mark { on_path, done };
  struct Step {
    std::string id;
    std::vector<std::string> edges;
    std::size_t next = 0;
  };

  [[nodiscard]] bool is_known(const std::string& id) const { return marks_.count(id) != 0; }

  void enter(const std::string& id) {
    marks_[id] = Mark::on_path;
    std::vector<std::string> edges;
    for (const auto& dependency : graph_.dependencies(id, all_.at(id).spec)) {
      if (auto found = graph_.find(dependency)) edges.push_back(std::move(*found));
    }
    // Who waits for a driver waits for its members.
    const auto& members = graph_.members(id);
    edges.insert(edges.end(), members.begin(), members.end());
    path_.push_back({id, std::move(edges), 0});
  }

  [[nodiscard]] std::vector<std::string> cycle_to(const std::string& id) const {
    std::vector<std::string> cycle;
    const auto start =
        std::find_if(path_.begin(), path_.end(), [&](const Step& step) { return step.id == id; });
    std::transform(start, path_.end(), std::back_inserter(cycle),
                   [](const Step& step) { return step.id; });
    cycle.push_back(id);
    return cycle;
  }

  const std::map<std::string, Item>& all_;
  DependencyGraph graph_;
  std::unordered_map<std::string, Mark> marks_;
  std::vector<Step> path_;
};

}  // namespace

std::string_view name_of(State state) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "completed", "cancelled", "in_progress", "finished", "needs_attention", "failed",
      "paused",    "blocked",   "ready",       "driver",   "broken"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::vector<std::string> dependencies(const Item& item, const std::map<std::string, Item>& all) {
  return DependencyGraph{all}.dependencies(item.spec.id, item.spec);
}

std::vector<std::string> resolved_dependencies(const Item& item,
                                               const std::map<std::string, Item>& all) {
  const DependencyGraph graph{all};
  std::vector<std::string> ids;
  for (const auto& dependency : graph.dependencies(item.spec.id, item.spec)) {
    if (auto id = graph.find(dependency)) ids.push_back(std::move(*id));
  }
  return ids;
}

std::map<std::string, Computed> compute_states(const std::map<std::string, Item>& all,
                                               Dependents dependents) {
  return StateTable{all, dependents}.compute();
}

std::vector<std::string> find_cycle(const std::map<std::string, Item>& all,
                                    const std::vector<std::string>& from) {
  CycleSearch search{all};
  if (from.empty()) {
    for (const auto& [id, item] : all) {
      if (auto cycle = search.find(id); !cycle.empty()) return cycle;
    }
  }
  for (const auto& id : from) {
    if (all.count(id) == 0) continue;
    if (auto cycle = search.find(id); !cycle.empty()) return cycle;
  }
  return {};
}

}  // namespace chant::spec
