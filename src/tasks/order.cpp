#include "tasks/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <unordered_map>
#include <utility>

namespace chant::tasks {

namespace {

constexpr std::size_t kManyEdges = 50'000;  // from here on they go through one task
constexpr std::size_t kWide = 32;           // but not behind a wave of so few tasks

void append(std::vector<std::size_t>& to, const std::vector<std::size_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void make_unique(std::vector<std::size_t>& tasks) {
  std::sort(tasks.begin(), tasks.end());
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
}

std::string shown_id(const Task& task) { return task.id.empty() ? task.key : task.id; }

// The order in which tasks can be done that is nearest to that of the file.
class Sorter {
 public:
  Sorter(const List& list, const Needs& needs)
      : waits_for_(list.tasks.size()), needed_by_(list.tasks.size()) {
    for (std::size_t task = 0; task < needs.size(); ++task) {
      for (const auto on : needs[task]) add(task, on);
    }
    const auto groups = groups_of(list);
    for (std::size_t task = 0; task < groups.size(); ++task) {
      if (!groups[task].empty()) add(groups[task].back(), task);
    }
  }

  std::vector<std::size_t> run() {
    const auto all = waits_for_;
    auto order = take_all();
    if (order.size() == all.size()) return order;
    // What is left is in a ring, or behind one, and somebody else says so. Here those tasks stand
    // where they stand in the file: among themselves they need nothing.
    std::vector<char> is_taken(all.size(), 0);
    for (const auto task : order) is_taken[task] = 1;
    waits_for_ = all;
    for (std::size_t task = 0; task < all.size(); ++task) {
      if (is_taken[task] == 0) forget(task, is_taken);
    }
    return take_all();
  }

 private:
  void add(std::size_t task, std::size_t on) {
    ++waits_for_[task];
    needed_by_[on].push_back(task);
  }

  void forget(std::size_t task, const std::vector<char>& is_taken) {
    auto& nexts = needed_by_[task];
    const auto kept = std::remove_if(nexts.begin(), nexts.end(), [&](std::size_t next) {
      if (is_taken[next] != 0) return false;
      --waits_for_[next];
      return true;
    });
    nexts.erase(kept, nexts.end());
  }

  std::vector<std::size_t> take_all() {
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t task = 0; task < waits_for_.size(); ++task) {
      if (waits_for_[task] == 0) ready.push(task);
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
      const auto task = ready.top();
      ready.pop();
      order.push_back(task);
      for (const auto next : needed_by_[task]) {
        if (--waits_for_[next] == 0) ready.push(next);
      }
    }
    return order;
  }

  std::vector<std::size_t> waits_for_;
  std::vector<std::vector<std::size_t>> needed_by_;
};

}  // namespace

std::vector<std::vector<std::size_t>> groups_of(const List& list) {
  std::unordered_map<std::string_view, std::size_t> by_key;
  for (std::size_t i = 0; i < list.tasks.size(); ++i) by_key.emplace(list.tasks[i].key, i);
  std::vector<std::vector<std::size_t>> groups(list.tasks.size());
  for (std::size_t i = 0; i < list.tasks.size(); ++i) {
    auto parent = by_key.find(list.tasks[i].parent);
    while (parent != by_key.end() && groups[i].size() < list.tasks.size()) {
      groups[i].push_back(parent->second);
      parent = by_key.find(list.tasks[parent->second].parent);
    }
    std::reverse(groups[i].begin(), groups[i].end());
  }
  return groups;
}

std::vector<Step> steps_of(const List& list, const Needs& needs, bool can_be_parallel) {
  const auto groups = groups_of(list);
  std::vector<Step> steps;
  std::size_t place = kNoTask;  // the last task that stands where it stands in the file
  for (const auto task : Sorter(list, needs).run()) {
    if (list.tasks[task].kind == Kind::container) continue;
    const bool is_moved = place != kNoTask && task < place;
    if (!is_moved) place = task;
    steps.push_back({task, place, groups[place],
                     can_be_parallel && !is_moved && list.tasks[task].is_parallel, 0});
  }
  return steps;
}

std::vector<std::size_t> Front::all() const {
  auto tasks = base;
  append(tasks, optional);
  append(tasks, done);
  return tasks;
}

Front join_fronts(const std::vector<Front>& fronts, const Front& before) {
  Front joined;
  for (const auto& front : fronts) {
    if (front.base != before.base) append(joined.base, front.base);
    append(joined.optional, front.optional);
    append(joined.done, front.done);
  }
  if (joined.base.empty()) joined.base = before.base;
  make_unique(joined.base);
  make_unique(joined.optional);
  make_unique(joined.done);
  return joined;
}

bool Order::is_open(std::size_t task) const {
  const auto state = list_.tasks[task].state;
  return state == State::open || state == State::unknown;
}

bool Order::holds_up(std::size_t task) const {
  const auto kind = list_.tasks[task].kind;
  return is_open(task) && kind != Kind::optional && kind != Kind::conditional;
}

bool Order::is_parallel(Iterator step, std::size_t depth) const {
  return step->groups.size() > depth ? list_.tasks[step->groups[depth]].is_parallel
                                     : step->is_parallel;
}

Front Order::front_after(const Front& before, const std::vector<std::size_t>& tasks) const {
  const auto has = [&](auto&& is_so) { return std::any_of(tasks.begin(), tasks.end(), is_so); };
  Front front;
  if (has([this](std::size_t task) { return holds_up(task); })) {
    front.base = tasks;
    return front;
  }
  front.base = before.base;
  if (has([this](std::size_t task) { return is_open(task); })) {
    front.optional = tasks;
  } else {
    front.optional = before.optional;
    front.done = tasks;
  }
  return front;
}

void Order::add(std::size_t task, std::size_t on, const Reason& reason) {
  const auto& own = needs_[task];
  if (task == on || is_full() || std::find(own.begin(), own.end(), on) != own.end()) return;
  Dependency edge;
  edge.on = list_.tasks[on].key;
  edge.line = reason.line == 0 ? list_.tasks[task].line : reason.line;
  edge.why = reason.why;
  list_.tasks[task].depends_on.push_back(std::move(edge));
  ++edges_;
}

void Order::add_same_file(std::size_t task, std::size_t on, const std::string& file) {
  const auto& later = list_.tasks[task];
  const auto& earlier = list_.tasks[on];
  const auto& edges = later.depends_on;
  const auto& own = needs_[task];
  const bool is_there = std::find(own.begin(), own.end(), on) != own.end() ||
                        std::any_of(edges.begin(), edges.end(),
                                    [&](const auto& edge) { return edge.on == earlier.key; });
  if (is_there) return;
  list_.notes.push_back(
      {Note::Kind::info,
       later.line,
       fmt::format("{} waits for {}: both name '{}'", shown_id(later), shown_id(earlier), file),
       {later.key, earlier.key}});
  add(task, on, {0, "file"});
}

void Order::link(Front& before, std::size_t task, const Reason& reason) {
  const auto& own = needs_[task];
  is_settled_[task] = static_cast<char>(
      std::all_of(own.begin(), own.end(), [this](auto on) { return is_settled_[on] != 0; }));
  if (before.size() > kWide && edges_ + before.size() > kManyEdges) {
    return link_to_wide(before, task, reason);
  }
  for (const auto on : before.all()) add(task, on, reason);
}

void Order::link_to_wide(Front& before, std::size_t task, const Reason& reason) {
  if (!is_open(task)) {
    // It waits for nothing any more: a part of the wave tells what it came after.
    if (before.few.empty()) before.few = first_of(before);
    for (const auto on : before.few) add(task, on, reason);
    return;
  }
  const bool is_optional = list_.tasks[task].kind == Kind::optional;
  const auto gate = before.gate == kNoTask && is_optional ? before.optional_gate : before.gate;
  if (gate != kNoTask) return add(task, gate, reason);
  for (const auto on : before.all()) add(task, on, reason);
  // One that waits for another beside it would make a ring, and what cannot be run holds up all.
  if (is_settled_[task] == 0 || list_.tasks[task].state != State::open) return;
  if (!is_optional && !holds_up(task)) return;
  (is_optional ? before.optional_gate : before.gate) = task;
  note_gate(task, before.size());
}

void Order::note_gate(std::size_t task, std::size_t width) {
  const auto& it = list_.tasks[task];
  list_.notes.push_back({Note::Kind::info,
                         it.line,
                         fmt::format("{} waits for {} tasks, and others that could run beside it "
                                     "wait for it alone",
                                     shown_id(it), width),
                         {it.key}});
}

// What holds up first.
std::vector<std::size_t> Order::first_of(const Front& front) const {
  std::vector<std::size_t> first;
  for (const bool is_held : {true, false}) {
    for (const auto* part : {&front.base, &front.optional, &front.done}) {
      for (std::size_t at = 0; at < part->size() && first.size() < kWide; ++at) {
        if (holds_up((*part)[at]) == is_held) first.push_back((*part)[at]);
      }
    }
  }
  return first;
}

Front Order::run_wave(Front& before, const std::vector<std::size_t>& tasks, const Reason& reason) {
  for (const auto task : tasks) link(before, task, reason);
  return front_after(before, tasks);
}

Front Order::run(Front& before, const std::vector<Step>& steps, const Reason& reason) {
  return run_range(before, steps.begin(), steps.end(), 0, reason);
}

Front Order::run_range(Front& before, Iterator begin, Iterator end, std::size_t depth,
                       Reason reason) {
  Front last;
  auto* front = &before;
  while (begin != end) {
    auto wave_end = begin;
    do {
      const auto group = wave_end->groups.size() > depth ? wave_end->groups[depth] : kNoTask;
      const auto is_other = [&](const Step& step) {
        return step.groups.size() <= depth || step.groups[depth] != group;
      };
      wave_end = group == kNoTask ? wave_end + 1 : std::find_if(wave_end, end, is_other);
    } while (wave_end != end && is_parallel(begin, depth) && is_parallel(wave_end, depth) &&
             wave_end->section == begin->section);
    last = run_items(*front, begin, wave_end, depth, reason);
    front = &last;
    reason = {};
    begin = wave_end;
  }
  return *front;
}

Front Order::run_items(Front& before, Iterator begin, Iterator end, std::size_t depth,
                       const Reason& reason) {
  std::vector<Front> fronts;
  std::vector<std::size_t> tasks;
  struct Owner {
    std::size_t task, item;
  };
  std::map<std::string, Owner> owners;  // by declared file
  std::size_t item = 0;
  for (auto at = begin; at != end; ++item) {
    const auto first = at;
    if (at->groups.size() > depth) {
      const auto group = at->groups[depth];
      at = std::find_if(at, end, [&](const Step& step) {
        return step.groups.size() <= depth || step.groups[depth] != group;
      });
      fronts.push_back(run_range(before, first, at, depth + 1, reason));
    } else {
      tasks.push_back(at->task);
      link(before, at->task, reason);
      ++at;
    }
    if (first == begin && at == end) break;
    for (auto step = first; step != at; ++step) {
      for (const auto& file : list_.tasks[step->task].files) {
        const auto [owner, is_new] = owners.try_emplace(file, Owner{step->task, item});
        if (!is_new && owner->second.item != item) {
          add_same_file(step->task, owner->second.task, file);
        }
        owner->second = {step->task, item};
      }
    }
  }
  if (!tasks.empty()) fronts.push_back(front_after(before, tasks));
  return fronts.size() == 1 ? fronts.front() : join_fronts(fronts, before);
}

}  // namespace chant::tasks
