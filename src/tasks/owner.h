// Tools that keep a task list in files of their own format are told by their own command that a
// task is done; nobody else writes these files. Pure: makes the words, runs nothing.
#pragma once

#include "tasks/list.h"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chant::tasks {

struct OwnerCommand {
  std::vector<std::string> words;  // the first is the program
  std::string directory;           // to run it in, in the repository; "" for its top
  // Of its environment: what the user has set there must not lead it to another task.
  std::vector<std::pair<std::string, std::string>> variables;
};
struct NoCommand {
  std::string why;
};

// None when git chant ticks such a list itself, or the list is not where its tool has it, or there
// is something in the id that the command does not take, or the task is in another tag than the one
// that Taskmaster has chosen: no option says which in all its versions.
[[nodiscard]] std::variant<OwnerCommand, NoCommand> find_owner_command(Dialect dialect,
                                                                       std::string_view path,
                                                                       std::string_view id,
                                                                       std::string_view chosen_tag);

// The tag that Taskmaster has chosen, by its state.json and config.json ("": not there).
[[nodiscard]] std::string chosen_tag(std::string_view state_json, std::string_view config_json);

}  // namespace chant::tasks
