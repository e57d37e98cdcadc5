// Who is to land, and in which order it is tried.
#pragma once

#include "land/entry.h"
#include "land/matrix.h"
#include "land/queue.h"
#include "sched/order.h"

#include <string>
#include <utility>
#include <vector>

namespace chant::land {

// The branches that can land now as it is wished, and why others cannot. One whose gate was red
// waits until it is named or has changed.
[[nodiscard]] Intake gather(record::Workspace& workspace, const Wish& wish);

// What the order of landing is made of.
struct Lineup {
  std::vector<sched::Lander> landers;
  std::vector<std::pair<std::string, std::string>> conflicts;
};
[[nodiscard]] Lineup line_up(const std::vector<Entry>& entries, const Matrix& matrix);

// The entries as `order` says.
[[nodiscard]] std::vector<Entry> in_order(const std::vector<Entry>& entries, const Lineup& lineup,
                                          sched::Order order);

}  // namespace chant::land
