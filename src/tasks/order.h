// The order of a file, made into edges: what comes after a task or a wave waits for it. A task
// waits for the wave before it, not for all before that. What is done, dropped or optional holds
// nothing up, so what follows waits for what stands before it, too. In a list with very many edges
// one task behind a wide wave waits for all of it, and those that could run beside it wait for that
// one. For this module only.
#pragma once

#include "tasks/list.h"

#include <cstddef>
#include <string>
#include <vector>

namespace chant::tasks {

inline constexpr std::size_t kNoTask = static_cast<std::size_t>(-1);
inline constexpr std::size_t kMaxEdges = 4'000'000;  // in a list

// What the next task waits for: places in List::tasks.
struct Front {
  std::vector<std::size_t> base;      // the last wave that holds up what follows
  std::vector<std::size_t> optional;  // a wave behind it that may never run
  std::vector<std::size_t> done;      // a wave behind these that is done, or dropped
  // Of what waits for all of these the one for which others may wait instead, and the one for which
  // only what is optional itself may.
  std::size_t gate = kNoTask, optional_gate = kNoTask;
  std::vector<std::size_t> few;  // that stand for all of these where nothing waits any more

  [[nodiscard]] std::size_t size() const { return base.size() + optional.size() + done.size(); }
  [[nodiscard]] std::vector<std::size_t> all() const;
};
// What waits for all of `fronts`, which all come after `before`.
[[nodiscard]] Front join_fronts(const std::vector<Front>& fronts, const Front& before);

// A task in the order of the file.
struct Step {
  std::size_t task = 0;
  std::size_t place = 0;            // the task in whose place it stands, mostly itself
  std::vector<std::size_t> groups;  // the containers that this place is in, the outermost first
  bool is_parallel = false;         // with the steps beside it that are, too
  int section = 0;                  // where this changes a wave ends
};

// Why something waits. Without a line: the line of the task that waits.
struct Reason {
  int line = 0;
  std::string why = "order";
};

// What each task says itself that it needs (places in List::tasks; containers, too).
using Needs = std::vector<std::vector<std::size_t>>;

// Adds edges to Task::depends_on. The tasks have their keys, and containers their kind.
class Order {
 public:
  Order(List& list, const Needs& needs)
      : list_(list), needs_(needs), is_settled_(list.tasks.size(), 0) {}

  // One step after the other, and steps that are parallel together. `reason`: why the first waits
  // for `before`. Returns what follows waits for. Steps of a wave that declare the same file are
  // put one behind the other, with a note.
  Front run(Front& before, const std::vector<Step>& steps, const Reason& reason);

  // One wave: all tasks wait for `before`.
  Front run_wave(Front& before, const std::vector<std::size_t>& tasks, const Reason& reason);

  // One edge, unless the task says so itself.
  void add(std::size_t task, std::size_t on, const Reason& reason);

  // An edge between two that would run at the same time and declare the same file, with a note;
  // nothing where one waits for the other already.
  void add_same_file(std::size_t task, std::size_t on, const std::string& file);

  // There are more edges than any list may have, and no more are added: resolve() says it.
  [[nodiscard]] bool is_full() const { return edges_ > kMaxEdges; }

 private:
  using Iterator = std::vector<Step>::const_iterator;
  Front run_range(Front& before, Iterator begin, Iterator end, std::size_t depth, Reason reason);
  Front run_items(Front& before, Iterator begin, Iterator end, std::size_t depth,
                  const Reason& reason);
  void link(Front& before, std::size_t task, const Reason& reason);
  void link_to_wide(Front& before, std::size_t task, const Reason& reason);
  void note_gate(std::size_t task, std::size_t width);
  [[nodiscard]] std::vector<std::size_t> first_of(const Front& front) const;
  [[nodiscard]] Front front_after(const Front& before, const std::vector<std::size_t>& tasks) const;
  [[nodiscard]] bool is_open(std::size_t task) const;
  [[nodiscard]] bool holds_up(std::size_t task) const;
  [[nodiscard]] bool is_parallel(Iterator step, std::size_t depth) const;

  List& list_;
  const Needs& needs_;
  std::size_t edges_ = 0;         // that were added
  std::vector<char> is_settled_;  // tasks that all they need came before
};

// All tasks that are no containers, in the order of the file; one that says that it needs a later
// one stands behind that. The groups of a step are those of the place where it stands.
// `can_be_parallel`: whether Task::is_parallel counts in this dialect.
[[nodiscard]] std::vector<Step> steps_of(const List& list, const Needs& needs,
                                         bool can_be_parallel);

// For each task the containers that it is in, the outermost first, by Task::parent.
[[nodiscard]] std::vector<std::vector<std::size_t>> groups_of(const List& list);

}  // namespace chant::tasks
