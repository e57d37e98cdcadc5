// A feature: its name, and which files it is made of, in the layouts that are in use. Pure: asks
// `exists` and never reads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

struct Feature {
  std::string name;                    // a valid beginning of a spec id
  std::string list;                    // path in the repository
  std::vector<std::string> documents;  // requirements.md, design.md, … that are there
};

// `exists`: whether this path in the repository is a file. `what`: a name, or the path of a list.
// `all_lists` is asked only when a name is to be looked for.
// Throws Error that lists where it was looked for, or the candidates when there are several.
[[nodiscard]] Feature find_feature(std::string_view what,
                                   const std::function<bool(const std::string&)>& exists,
                                   const std::function<std::vector<std::string>()>& all_lists);

// True for a path that has the name and place of a task list.
[[nodiscard]] bool is_list_path(std::string_view path);

}  // namespace chant::tasks
