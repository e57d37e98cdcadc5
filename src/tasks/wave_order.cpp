#include "tasks/graph.h"
#include "tasks/waves.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace chant::tasks {

namespace {

using Indices = std::vector<std::size_t>;

// Puts the tasks of a list into the waves that name them.
class Placer {
 public:
  Placer(const List& list, const Waves& waves)
      : list_(list),
        waves_(waves),
        ids_(list.tasks),
        wave_of_(list.tasks.size(), kNoTask),
        is_named_(list.tasks.size(), 0) {
    const auto groups = groups_of(list);
    leaves_.resize(list.tasks.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (list.tasks[i].kind == Kind::container) continue;
      for (const auto group : groups[i]) leaves_[group].push_back(i);
    }
  }

  // What is wrong, "" when nothing is.
  std::string run() {
    std::vector<std::pair<std::size_t, std::size_t>> containers;  // and their wave
    for (std::size_t wave = 0; wave < waves_.waves.size(); ++wave) {
      for (const auto& id : waves_.waves[wave].ids) {
        const auto found = find(id);
        if (found.size() != 1) {
          return fmt::format("'{}' in wave {} is {}", id, waves_.waves[wave].label,
                             found.empty() ? "no task" : "the id of several tasks");
        }
        const auto task = found.front();
        if (std::exchange(is_named_[task], 1) != 0) return fmt::format("{} is in it twice", id);
        if (list_.tasks[task].kind == Kind::container) {
          containers.emplace_back(task, wave);
        } else {
          wave_of_[task] = wave;
        }
      }
    }
    // A container is those of its tasks that are not named themselves.
    for (const auto& [container, wave] : containers) {
      for (const auto leaf : leaves_[container]) {
        if (wave_of_[leaf] == kNoTask) wave_of_[leaf] = wave;
      }
    }
    return {};
  }

  [[nodiscard]] const Indices& wave_of() const { return wave_of_; }

 private:
  [[nodiscard]] Indices find(const std::string& id) const {
    const auto& found = ids_.find(id);
    return found.empty() && waves_.are_arrows ? ids_.find(task_of_node(id)) : found;
  }

  const List& list_;
  const Waves& waves_;
  Ids ids_;
  Indices wave_of_;
  std::vector<char> is_named_;
  std::vector<Indices> leaves_;  // of containers
};

// A wave, or a task that is in none.
struct Node {
  Indices tasks;
  Indices after;  // nodes
  Reason reason;
};

// The waves and the missing tasks as one graph, in one pass over the file.
class Nodes {
 public:
  Nodes(const List& list, const Waves& waves, const Indices& wave_of)
      : waves_(waves),
        nodes_(waves.waves.size()),
        joined_(nodes_.size(), kNoTask),
        is_followed_(nodes_.size(), 0) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const auto& wave = waves.waves[i];
      nodes_[i].reason = {wave.line, waves.are_arrows ? "graph" : "wave " + wave.label};
    }
    for (std::size_t i = 0; i < list.tasks.size(); ++i) {
      if (list.tasks[i].kind == Kind::container) continue;
      if (wave_of[i] == kNoTask) {
        add_missing(i);
      } else {
        join(wave_of[i]);
        nodes_[wave_of[i]].tasks.push_back(i);
      }
    }
    for (std::size_t i = 0; i < waves.waves.size(); ++i) join(i);
    link_fresh();
  }

  std::vector<Node> take() { return std::move(nodes_); }

 private:
  // The wave holds something that stands here, or that such a wave waits for: no missing task from
  // here on can stand before it. The last one that was met does.
  void join(std::size_t first) {
    Indices waiting = {first};
    while (!waiting.empty()) {
      const auto wave = waiting.back();
      waiting.pop_back();
      if (joined_[wave] != kNoTask) continue;
      joined_[wave] = missing_;
      fresh_.push_back(wave);
      const auto& after = waves_.waves[wave].after;
      waiting.insert(waiting.end(), after.begin(), after.end());
    }
  }

  void link_fresh() {
    for (const auto wave : fresh_) {
      for (const auto before : waves_.waves[wave].after) {
        is_followed_[before] = 1;
        // What the missing task waits for need not be waited for again.
        if (joined_[before] == joined_[wave]) nodes_[wave].after.push_back(before);
      }
      if (nodes_[wave].after.empty() && last_ != kNoTask) nodes_[wave].after = {last_};
    }
  }

  void add_missing(std::size_t task) {
    link_fresh();
    Node node;
    node.tasks = {task};
    for (const auto wave : fresh_) {
      if (is_followed_[wave] == 0) node.after.push_back(wave);
    }
    // Those waves wait for the missing task before.
    if (node.after.empty() && last_ != kNoTask) node.after = {last_};
    fresh_.clear();
    last_ = nodes_.size();
    ++missing_;
    nodes_.push_back(std::move(node));
  }

  const Waves& waves_;
  std::vector<Node> nodes_;        // the waves, then the missing tasks
  Indices joined_;                 // of a wave: how many missing tasks stood before it joined
  std::vector<char> is_followed_;  // by a wave that joined
  Indices fresh_;                  // waves that joined since the last missing task
  std::size_t last_ = kNoTask;     // node of that task
  std::size_t missing_ = 0;
};

// The nodes, each behind those that it comes after, with what the tasks say themselves; fewer when
// that makes a ring.
Indices sorted(const std::vector<Node>& nodes, const Needs& needs) {
  Indices node_of(needs.size(), kNoTask);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const auto task : nodes[i].tasks) node_of[task] = i;
  }
  std::vector<Indices> followed_by(nodes.size());
  Indices waits_for(nodes.size(), 0);
  const auto add = [&](std::size_t node, std::size_t before) {
    if (before == kNoTask || before == node) return;
    followed_by[before].push_back(node);
    ++waits_for[node];
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const auto before : nodes[i].after) add(i, before);
    for (const auto task : nodes[i].tasks) {
      for (const auto on : needs[task]) add(i, node_of[on]);
    }
  }
  Indices order;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (waits_for[i] == 0) order.push_back(i);
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    for (const auto next : followed_by[order[at]]) {
      if (--waits_for[next] == 0) order.push_back(next);
    }
  }
  return order;
}

void add_edges(List& list, const Needs& needs, const std::vector<Node>& nodes,
               const Indices& order) {
  Order edges(list, needs);
  std::vector<Front> fronts(nodes.size());
  for (const auto at : order) {
    if (edges.is_full()) return;
    const auto& node = nodes[at];
    Front joined;
    auto* before = &joined;
    if (node.after.size() == 1) {
      before = &fronts[node.after.front()];
    } else {
      std::vector<Front> all;
      for (const auto earlier : node.after) all.push_back(fronts[earlier]);
      joined = join_fronts(all, Front{});
    }
    fronts[at] = node.tasks.empty() ? *before : edges.run_wave(*before, node.tasks, node.reason);
  }
}

void note_missing(List& list, const Indices& wave_of, int line) {
  Indices missing;
  Note note;
  for (std::size_t i = 0; i < wave_of.size(); ++i) {
    if (list.tasks[i].kind == Kind::container || wave_of[i] != kNoTask) continue;
    missing.push_back(i);
    note.keys.push_back(list.tasks[i].key);
  }
  if (missing.empty()) return;
  note.line = line;
  note.text = fmt::format("the dependency graph leaves out {}: such a task waits for all before it",
                          shown_ids(list.tasks, missing));
  list.notes.push_back(std::move(note));
}

bool refuse(List& list, const Waves& waves, const std::string& fault) {
  Note note;
  note.kind = Note::Kind::contradiction;
  note.line = waves.line;
  note.text = fmt::format("the dependency graph is not followed: {}", fault);
  list.notes.push_back(std::move(note));
  return false;
}

}  // namespace

bool order_by_waves(Draftlist& draft, const Needs& needs, const Waves& waves) {
  auto& list = draft.list;
  if (!waves.fault.empty()) return refuse(list, waves, waves.fault);
  Placer placer(list, waves);
  const auto fault = placer.run();
  if (!fault.empty()) return refuse(list, waves, fault);
  const auto& wave_of = placer.wave_of();
  const auto nodes = Nodes(list, waves, wave_of).take();
  const auto order = sorted(nodes, needs);
  if (order.size() != nodes.size()) return refuse(list, waves, "what it says makes a ring");
  add_edges(list, needs, nodes, order);
  for (std::size_t i = 0; i < wave_of.size(); ++i) {
    if (wave_of[i] != kNoTask && !waves.are_arrows) {
      list.tasks[i].group = waves.waves[wave_of[i]].label;
    }
  }
  note_missing(list, wave_of, waves.line);
  list.orders_itself = true;
  return true;
}

}  // namespace chant::tasks
