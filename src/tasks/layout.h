// Where task lists are kept, by the tools that keep them: one table, for finding a feature by its
// name and for the dialect of a path. For this module only.
#pragma once

#include "tasks/list.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

struct Layout {
  // Names in braces are one component each: {f} the feature, {m} its module, {n} a feature with a
  // number in front, {d} any. Any directories may be before it, but for one that is `only_root`.
  std::string_view pattern;
  std::optional<Dialect> dialect;  // when the place says it
  bool only_root = false;
};
[[nodiscard]] const std::vector<Layout>& all_layouts();

// A path that fits a layout, taken apart. Views point into the path.
struct Located {
  const Layout* layout = nullptr;
  std::string_view before;   // directories before it, with the last '/'
  std::string_view feature;  // of {n} with its number
  std::string_view module_name;
};
[[nodiscard]] std::optional<Located> locate(std::string_view path);

// "001-login" without its number: "login"; as it is when there is none.
[[nodiscard]] std::string_view without_number(std::string_view name);

}  // namespace chant::tasks
