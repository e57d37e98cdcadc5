#include "tasks/boxes.h"
#include "tasks/graph.h"

#include <algorithm>
#include <utility>

namespace chant::tasks {

namespace {

// The tasks that a reference names; none where that is not clear, which resolve() says.
std::vector<std::size_t> places_of(const Reference& reference, const Ids& ids) {
  if (reference.kind == Reference::Kind::range) {
    return ids.find_range(reference.first, reference.last).tasks;
  }
  if (reference.kind != Reference::Kind::task) return {};
  const auto& found = ids.find(reference.first);
  return found.size() == 1 ? found : std::vector<std::size_t>{};
}

// What is in containers instead of these.
std::vector<std::size_t> leaves_of(const Draftlist& draft,
                                   const std::vector<std::vector<std::size_t>>& inside,
                                   std::vector<std::size_t> pending) {
  std::vector<std::size_t> leaves;
  std::reverse(pending.begin(), pending.end());
  while (!pending.empty()) {
    const auto task = pending.back();
    pending.pop_back();
    if (inside[task].empty()) {
      leaves.push_back(task);
      continue;
    }
    for (auto it = inside[task].rbegin(); it != inside[task].rend(); ++it) {
      if (draft.list.tasks[*it].kind != Kind::optional) pending.push_back(*it);
    }
  }
  return leaves;
}

void link_parents(Draftlist& draft) {
  for (std::size_t i = 0; i < draft.list.tasks.size(); ++i) {
    const auto parent = draft.drafts[i].parent;
    if (parent) draft.list.tasks[i].parent = draft.list.tasks[*parent].key;
  }
}

// What each task needs, once. There is an end to it where no list may have so many edges: resolve()
// says so.
class Collector {
 public:
  explicit Collector(std::size_t size) : needs_(size), seen_(size, 0) {}

  // Of what is added between two calls a pair with the same `other` counts once.
  void begin() { ++round_; }
  void add(std::size_t task, std::size_t on, std::size_t other) {
    if (task == on || is_full() || std::exchange(seen_[other], round_) == round_) return;
    needs_[task].push_back(on);
    ++count_;
  }

  // A container stands before its tasks, so what is handed down goes all the way.
  void hand_down(const Draftlist& draft) {
    for (std::size_t i = 0; i < needs_.size() && !is_full(); ++i) {
      const auto parent = draft.drafts[i].parent;
      if (!parent || *parent >= i) continue;
      begin();
      for (const auto on : needs_[i]) seen_[on] = round_;
      for (const auto on : needs_[*parent]) add(i, on, on);
    }
  }

  [[nodiscard]] bool is_full() const { return count_ > 2 * kMaxEdges; }
  [[nodiscard]] Needs take() { return std::move(needs_); }

 private:
  Needs needs_;
  std::vector<std::size_t> seen_;
  std::size_t round_ = 0, count_ = 0;
};

// Whether every task but the first says what it needs, or what it is in does.
bool says_all(const Boxes& boxes) {
  const auto& drafts = boxes.draft.drafts;
  const auto& tasks = boxes.draft.list.tasks;
  auto says = boxes.says_needs;
  std::size_t count = 0, silent = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const auto parent = drafts[i].parent;
    if (parent && *parent < i && says[*parent] != 0) says[i] = 1;
    if (tasks[i].kind == Kind::container) continue;
    if (says[i] == 0 && count != 0) ++silent;
    ++count;
  }
  return count > 1 && silent == 0;
}

}  // namespace

Needs needs_of(Draftlist& draft) {
  give_keys(draft.list);
  link_parents(draft);
  const Ids ids(draft.list.tasks);
  const auto size = draft.list.tasks.size();
  std::vector<std::vector<std::size_t>> inside(size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto parent = draft.drafts[i].parent;
    if (parent && *parent < i) inside[*parent].push_back(i);
  }
  Collector needs(size);
  for (std::size_t i = 0; i < size && !needs.is_full(); ++i) {
    needs.begin();
    for (const auto& reference : draft.drafts[i].needs) {
      for (const auto on : leaves_of(draft, inside, places_of(reference, ids))) {
        needs.add(i, on, on);
      }
    }
    needs.begin();
    for (const auto& reference : draft.drafts[i].blocks) {
      for (const auto task : leaves_of(draft, inside, places_of(reference, ids))) {
        needs.add(task, i, task);
      }
    }
  }
  needs.hand_down(draft);
  return needs.take();
}

void order_by_file(Boxes& boxes, bool can_be_parallel) {
  auto& draft = boxes.draft;
  const auto needs = needs_of(draft);
  draft.list.orders_itself = true;
  if (says_all(boxes)) return;
  Order order(draft.list, needs);
  Front none;
  order.run(none, steps_of(draft.list, needs, can_be_parallel), {});
}

}  // namespace chant::tasks
