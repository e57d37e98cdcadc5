// From references to edges, and what is wrong with them. Precedence, where the file says several
// things: the task's own words; those of its track or phase are added, and those of what blocks it;
// the line of its group stands instead of the group's default, which counts only for a task about
// which neither it nor its track says anything; waves count only when every id in them is known and
// they have no cycle; the order of the file only when nothing else is declared. Nothing removes
// what a task says itself. "Track A" is its tasks without their reviews; a container is what is in
// it.
#pragma once

#include "tasks/dialects.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chant::tasks {

// Tasks by id, as indices of List::tasks. Case does not count, nor the dash of a review's id (CR1,
// CR-1), nor "#".
class Ids {
 public:
  explicit Ids(const std::vector<Task>& tasks);

  [[nodiscard]] const std::vector<std::size_t>& find(std::string_view id) const;

  // "1-4", "T001-T004", "CR-A through CR-C": by number; where these have nothing in common all that
  // stands between the two. `missing`: ids between the first and the last that nobody has, "5-7,
  // 9".
  struct Range {
    std::vector<std::size_t> tasks;
    std::string missing;
    bool has_ends = false;  // there is a task with the first id and one with the last
  };
  [[nodiscard]] Range find_range(std::string_view first, std::string_view last) const;

 private:
  struct Numbered {
    std::string prefix;
    std::size_t number = 0;
    std::size_t task = 0;
  };
  std::unordered_map<std::string, std::vector<std::size_t>> by_id_;
  std::vector<Numbered> by_number_;  // sorted
};

// "1-3, 7, CR-A" of the tasks with these indices, in this order.
[[nodiscard]] std::string shown_ids(const std::vector<Task>& tasks,
                                    const std::vector<std::size_t>& indices);

// Resolves all references; adds the order of the file where it counts; notes what cannot be
// resolved, and what the reader noted. The tasks have their keys. Throws Error when there are more
// than four million edges. In a list that large that sets wait for sets, an edge to a task is left
// out when another edge of the same set implies it.
[[nodiscard]] List resolve(Draftlist draft);

// Notes of duplicate ids, cycles (the ring is printed, its tasks cannot run), loops of review and
// rework, tasks done before what they depend on, gaps in the numbers. Puts all notes in the order
// of their lines.
void check_graph(List& list);

// One ring among tasks that are open, as keys with the first again at the end; empty when none.
[[nodiscard]] std::vector<std::string> find_ring(const List& list);

}  // namespace chant::tasks
