// In which order finished work lands. Pure.
//
// Dependencies first; then whoever conflicts with the fewest others that are still to land, then
// the smaller change, then the older, then the id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace chant::sched {

enum class Order { automatic, dependencies, id };  // dependencies: those, then the older

struct Lander {
  std::string id;
  std::vector<std::string> depends_on;  // ids; others than landers are passed over
  std::size_t size = 0;                 // of the change
  std::int64_t finished_at = 0;
  bool conflicts_with_target = false;
};

// `conflicts`: pairs of ids.
[[nodiscard]] std::vector<std::string> landing_order(
    const std::vector<Lander>& landers,
    const std::vector<std::pair<std::string, std::string>>& conflicts, Order order);

// The same, in waves: each wave needs only earlier ones, and nobody in it conflicts with another
// of it.
[[nodiscard]] std::vector<std::vector<std::string>> landing_waves(
    const std::vector<Lander>& landers,
    const std::vector<std::pair<std::string, std::string>>& conflicts, Order order);

// At least so many cannot land: those that conflict with the target, with all that need them, and
// one of each pair in a set of pairs that have nobody in common.
[[nodiscard]] std::size_t least_left_behind(
    const std::vector<Lander>& landers,
    const std::vector<std::pair<std::string, std::string>>& conflicts);

}  // namespace chant::sched
