#include "sched/order.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace chant::sched {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Set = std::set<std::size_t>;

// Who needs and who conflicts with whom, by positions.
struct Graph {
  Graph(const std::vector<Lander>& all, const Pairs& conflicts)
      : landers(all), needs(all.size()), needed_by(all.size()), clashes(all.size()) {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < all.size(); ++i) places[all[i].id] = i;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const std::string& id : all[i].depends_on) {
        const auto place = places.find(id);
        if (place == places.end() || place->second == i) continue;
        needs[i].insert(place->second);
        needed_by[place->second].insert(i);
      }
    }
    for (const auto& [one, other] : conflicts) {
      const auto a = places.find(one), b = places.find(other);
      if (a == places.end() || b == places.end() || a == b) continue;
      clashes[a->second].insert(b->second);
      clashes[b->second].insert(a->second);
    }
  }

  // Adds those and all that need them.
  void add_with_dependents(const Set& those, Set& to) const {
    std::vector<std::size_t> open(those.begin(), those.end());
    while (!open.empty()) {
      const std::size_t next = open.back();
      open.pop_back();
      if (to.insert(next).second) {
        open.insert(open.end(), needed_by[next].begin(), needed_by[next].end());
      }
    }
  }

  [[nodiscard]] Set hopeless() const {
    Set clashing, all;
    for (std::size_t i = 0; i < landers.size(); ++i) {
      if (landers[i].conflicts_with_target) clashing.insert(i);
    }
    add_with_dependents(clashing, all);
    return all;
  }

  std::vector<Lander> landers;
  std::vector<Set> needs, needed_by, clashes;
};

// Repeatedly takes the best of those whose dependencies are taken. What can only be conflicting
// any more comes after all others.
class Ordering {
 public:
  Ordering(const Graph& graph, Order order)
      : graph_(graph), order_(order), lost_(order == Order::automatic ? graph.hopeless() : Set()) {
    for (std::size_t i = 0; i < graph.landers.size(); ++i) left_.insert(i);
  }

  std::vector<std::size_t> run() {
    std::vector<std::size_t> result;
    while (!left_.empty()) {
      const std::size_t next = best();
      left_.erase(next);
      result.push_back(next);
      if (order_ == Order::automatic && lost_.count(next) == 0) lost_.merge(losses_of(next));
    }
    return result;
  }

 private:
  // In a circle nobody is ready: then the first of all.
  [[nodiscard]] std::size_t best() const {
    std::vector<std::size_t> ready;
    std::copy_if(left_.begin(), left_.end(), std::back_inserter(ready), [&](std::size_t i) {
      const Set& needs = graph_.needs[i];
      return std::none_of(needs.begin(), needs.end(),
                          [&](std::size_t need) { return left_.count(need) > 0; });
    });
    if (ready.empty()) ready.assign(left_.begin(), left_.end());
    std::map<std::size_t, Key> keys;
    for (const std::size_t i : ready) keys.emplace(i, key_of(i));
    return *std::min_element(ready.begin(), ready.end(),
                             [&](std::size_t a, std::size_t b) { return keys.at(a) < keys.at(b); });
  }

  using Key = std::tuple<bool, std::size_t, std::size_t, std::int64_t, std::string_view>;
  [[nodiscard]] Key key_of(std::size_t i) const {
    const Lander& lander = graph_.landers[i];
    if (order_ == Order::id) return {false, 0, 0, 0, lander.id};
    if (order_ == Order::dependencies) return {false, 0, 0, lander.finished_at, lander.id};
    const bool lost = lost_.count(i) > 0;
    return {lost, lost ? 0 : losses_of(i).size(), lander.size, lander.finished_at, lander.id};
  }

  // Who cannot land any more when this one lands.
  [[nodiscard]] Set losses_of(std::size_t i) const {
    Set clashing, losses;
    for (const std::size_t other : graph_.clashes[i]) {
      if (left_.count(other) > 0 && lost_.count(other) == 0) clashing.insert(other);
    }
    graph_.add_with_dependents(clashing, losses);
    return losses;
  }

  const Graph& graph_;
  Order order_;
  Set left_;
  Set lost_;  // of the automatic order: cannot land, as far as pairs tell
};

// Who lands in this order, as far as pairs tell.
Set landing(const Graph& graph, const std::vector<std::size_t>& order) {
  Set landed;
  const Set hopeless = graph.hopeless();
  for (const std::size_t i : order) {
    const auto has_landed = [&](std::size_t other) { return landed.count(other) > 0; };
    const Set &needs = graph.needs[i], &clashes = graph.clashes[i];
    if (hopeless.count(i) == 0 && std::all_of(needs.begin(), needs.end(), has_landed) &&
        std::none_of(clashes.begin(), clashes.end(), has_landed)) {
      landed.insert(i);
    }
  }
  return landed;
}

// The greedy choice is not always the best one: never worse than the order of the ids.
std::vector<std::size_t> order_of(const Graph& graph, Order order) {
  std::vector<std::size_t> result = Ordering(graph, order).run();
  if (order != Order::automatic) return result;
  std::vector<std::size_t> by_id = Ordering(graph, Order::id).run();
  const Set landed = landing(graph, by_id);
  if (landed.size() <= landing(graph, result).size()) return result;
  std::stable_partition(by_id.begin(), by_id.end(),
                        [&](std::size_t i) { return landed.count(i) > 0; });
  return by_id;
}

}  // namespace

std::vector<std::string> landing_order(const std::vector<Lander>& landers, const Pairs& conflicts,
                                       Order order) {
  const Graph graph(landers, conflicts);
  std::vector<std::string> ids;
  for (const std::size_t i : order_of(graph, order)) ids.push_back(landers[i].id);
  return ids;
}

std::vector<std::vector<std::string>> landing_waves(const std::vector<Lander>& landers,
                                                    const Pairs& conflicts, Order order) {
  const Graph graph(landers, conflicts);
  const Set hopeless = graph.hopeless();
  std::vector<Set> waves;
  std::map<std::size_t, std::size_t> wave_of;
  const auto place = [&](std::size_t i, std::size_t first) {
    for (const std::size_t need : graph.needs[i]) {
      if (wave_of.count(need) > 0) first = std::max(first, wave_of.at(need) + 1);
    }
    const auto clashes_in = [&](const Set& wave) {
      return std::any_of(wave.begin(), wave.end(),
                         [&](std::size_t other) { return graph.clashes[i].count(other) > 0; });
    };
    while (first < waves.size() && clashes_in(waves[first])) ++first;
    if (first >= waves.size()) waves.resize(first + 1);
    waves[first].insert(i);
    wave_of[i] = first;
  };
  const std::vector<std::size_t> all = order_of(graph, order);
  for (const std::size_t i : all) {
    if (hopeless.count(i) == 0) place(i, 0);
  }
  const std::size_t last = waves.size();
  for (const std::size_t i : all) {
    if (hopeless.count(i) > 0) place(i, last);
  }
  std::vector<std::vector<std::string>> ids(waves.size());
  for (const std::size_t i : all) ids[wave_of.at(i)].push_back(landers[i].id);
  return ids;
}

std::size_t least_left_behind(const std::vector<Lander>& landers, const Pairs& conflicts) {
  const Graph graph(landers, conflicts);
  Set out = graph.hopeless();
  std::size_t count = out.size();
  for (std::size_t i = 0; i < landers.size(); ++i) {
    for (const std::size_t other : graph.clashes[i]) {
      if (out.count(i) > 0 || out.count(other) > 0) continue;
      out.insert({i, other});
      ++count;
    }
  }
  return count;
}

}  // namespace chant::sched
