// What the readers of lists of boxes share: which lines belong to a task, what they declare, and
// which boxes are no tasks. The reader of a dialect says of each box whether it is a task.
// For this module only.
//
// A task's block goes to the next task, the next heading, or the first line that does not stand
// deeper than its bullet; but a line of text right below another one goes on with it, and metadata
// in a bullet of the same depth belongs to the task above.
#pragma once

#include "tasks/dialects.h"
#include "tasks/order.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::tasks {

struct BoxRules {
  Dialect dialect = Dialect::github;
  // A task, with its id and title, or nothing. `is_inside`: in the block of the task before. The
  // rest of the task and its draft are filled afterwards.
  std::function<bool(const Line&, bool is_inside, Task&)> take;
  std::function<void(const Line&)> on_heading;      // may be empty
  std::function<std::string(const Line&)> why_not;  // of a box; may be empty, and so may the answer
};

struct Boxes {
  Draftlist draft;
  std::vector<char> says_needs;  // of each task: whether it says what it needs, if only "none"
};
[[nodiscard]] Boxes read_boxes(std::string_view text, const Scan& scan, const BoxRules& rules);

// "1.", "1.2", "1.2a", "**3.1:**", "Task 4:" at the beginning of a box: the id, and what follows.
struct Numbered {
  std::string id;
  std::string_view title;
  bool is_plain = false;  // one number with nothing behind it, which may be a part of the title
};
[[nodiscard]] std::optional<Numbered> find_number(std::string_view text);

// The files that a title names: in code quotes, or with their directories.
[[nodiscard]] std::vector<std::string> files_in_title(std::string_view title);

// Gives the keys and Task::parent; returns what each task says itself that it needs, or what it is
// in does, as places in the list. What is not clear is left out here: resolve() says it.
[[nodiscard]] Needs needs_of(Draftlist& draft);

// The order of the file as edges: one task after the other, those marked parallel together. Nothing
// when every task (but the first) says itself what it needs.
void order_by_file(Boxes& boxes, bool can_be_parallel);

}  // namespace chant::tasks
