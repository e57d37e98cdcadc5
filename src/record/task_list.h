// The list of a feature as it is in this checkout.
#pragma once

#include "record/workspace.h"
#include "tasks/feature.h"
#include "tasks/list.h"

#include <filesystem>
#include <optional>
#include <string>

namespace chant::record {

struct TaskList {
  tasks::Feature feature;
  std::string text;  // that the list was read from
  tasks::List list;
};

// The file at a path of the repository, when it is within the checkout, whatever links lead to it;
// "" when it is not. require_in_checkout throws Error then.
[[nodiscard]] std::filesystem::path find_in_checkout(const Workspace& workspace,
                                                     const std::string& path);
[[nodiscard]] std::filesystem::path require_in_checkout(const Workspace& workspace,
                                                        const std::string& path);

// `what`: the name of a feature, or the path of a list in the repository. Throws Error.
[[nodiscard]] TaskList load_task_list(const Workspace& workspace, const std::string& what,
                                      std::optional<tasks::Dialect> forced = std::nullopt);

}  // namespace chant::record
