// The graph of a Kiro list: which tasks run together, in one of five shapes.
//
//   {"waves": [{"id": 0, "tasks": ["1.1"]}]}           "id" or "wave" is its number
//   {"waves": [{"id": 1, "tasks": […], "depends_on": [0]}]}
//   {"waves": [["1"], ["2"]]}
//   T1 --> T2 --> T3                                    one below the other, or of Mermaid
//
// It counts only when every id in it is that of one task, none is in it twice, and it has no ring,
// not even with what the tasks say themselves; else the order of the file counts, and a note says
// why. A task that is in no wave waits for all before it in the file, and what is behind it there
// and in a later wave waits for it. For this module only.
#pragma once

#include "tasks/dialects.h"
#include "tasks/order.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

struct Wave {
  std::string label;
  int line = 0;
  std::vector<std::string> ids;
  std::vector<std::size_t> after;  // places in Waves::waves
};

struct Waves {
  int line = 0;
  std::vector<Wave> waves;
  bool are_arrows = false;
  std::string fault;  // why they cannot be read, "" when they can
};
// What the code blocks of the list say; nullopt when there is no graph.
[[nodiscard]] std::optional<Waves> find_waves(std::string_view text, const Scan& scan);

// In a graph of arrows "T1" and "T1_2" are the tasks 1 and 1.2.
[[nodiscard]] std::string task_of_node(std::string_view name);

// Adds the edges, and Task::group. False, with a note and no edge, when the waves do not count.
// The tasks have their keys.
[[nodiscard]] bool order_by_waves(Draftlist& draft, const Needs& needs, const Waves& waves);

}  // namespace chant::tasks
