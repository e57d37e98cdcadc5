// The plan of a task list for people: what can start, what waits and for what, what is not run and
// why. Every open task stands in it once. Text of the list is made harmless for a terminal.
#pragma once

#include "tasks/list.h"
#include "tasks/plan.h"
#include "ui/terminal.h"

#include <map>
#include <string>
#include <vector>

namespace chant::ui {

struct ShownPlan {
  std::string feature;
  const tasks::List& list;
  const tasks::Plan& plan;
  std::map<std::string, std::string> remarks;  // key -> "failed before: no commit"
  bool verbose = false;                        // a line for each task, and how things were read
};

// Where tasks have tracks or groups a line for each of these, else a line for each task.
[[nodiscard]] std::string plan_text(const ShownPlan& shown, const Terminal& terminal);

// "path:12: what is wrong" for each error of the list.
[[nodiscard]] std::vector<std::string> error_lines(const tasks::List& list);

// The id of a task, the title of one without; printable.
[[nodiscard]] std::string name_of(const tasks::Task& task);

// "Task 5", "Tasks 2, 4-6", in this order.
[[nodiscard]] std::string tasks_text(const std::vector<const tasks::Task*>& tasks);

// "Track A" for "A", a label that says itself what it is as it is: "Testing Track".
[[nodiscard]] std::string labelled(const std::string& word, const std::string& label);

// `text` in lines of at most that many columns, cut at blanks; all but the first indented.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t columns, std::size_t indent);

}  // namespace chant::ui
