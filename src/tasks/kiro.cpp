#include "tasks/boxes.h"
#include "tasks/numbered.h"
#include "tasks/waves.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace chant::tasks {

namespace {

constexpr std::string_view kParallel = "(P)";

// "(P)" behind the id or at the end of the title.
bool cut_parallel(std::string_view& title) {
  if (title.substr(0, kParallel.size()) == kParallel) {
    title = trim(title.substr(kParallel.size()));
    return true;
  }
  const auto at = title.rfind(kParallel);
  if (at == std::string_view::npos || at + kParallel.size() != title.size()) return false;
  title = trim(title.substr(0, at));
  return true;
}

int number_of(std::string_view id) {
  int number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

// Takes the boxes with a number; a bare number ("404 page") only where it goes on with the others.
class Numbers {
 public:
  explicit Numbers(const NumberedForm& form) : form_(form) {}

  bool take(const Line& line, bool is_inside, Task& task) {
    auto found = find_number(line.rest);
    if (found && found->is_plain) {
      const auto number = number_of(found->id);
      if (number != last_ && number != last_ + 1) found.reset();
    }
    if (!found) return form_.takes_all && !is_inside;
    last_ = number_of(found->id);
    if (form_.can_be_parallel) task.is_parallel = cut_parallel(found->title);
    task.id = std::move(found->id);
    task.title = std::string(found->title);
    return true;
  }

 private:
  const NumberedForm& form_;
  int last_ = 0;
};

// What is in an optional container is optional, too.
void inherit_optional(Draftlist& draft, const std::vector<char>& was_optional) {
  auto is_optional = was_optional;
  for (std::size_t i = 0; i < draft.drafts.size(); ++i) {
    const auto parent = draft.drafts[i].parent;
    if (!parent || *parent >= i || is_optional[*parent] == 0) continue;
    is_optional[i] = 1;
    if (draft.list.tasks[i].kind == Kind::task) draft.list.tasks[i].kind = Kind::optional;
  }
}

std::string shown(const Task& task) {
  return task.id.empty() ? fmt::format("'{}'", task.title) : task.id;
}

void note_container(Draftlist& draft, std::size_t container, std::size_t open, std::size_t tasks) {
  const auto& task = draft.list.tasks[container];
  Note note;
  note.line = task.line;
  if (task.state == State::done && open != kNoTask) {
    const auto& first = draft.list.tasks[open];
    note.kind = Note::Kind::contradiction;
    note.text = fmt::format("{} is ticked, and {} in it (line {}) is not", shown(task),
                            shown(first), first.line);
  } else if (task.state == State::open && open == kNoTask && tasks != 0) {
    note.text = fmt::format("all tasks in {} are ticked, and it is not", shown(task));
  } else {
    return;
  }
  draft.notes.push_back({note, {container}});
}

}  // namespace

void compare_containers(Draftlist& draft) {
  std::vector<std::size_t> open(draft.drafts.size(), kNoTask);
  std::vector<std::size_t> tasks(draft.drafts.size(), 0);
  for (std::size_t i = 0; i < draft.drafts.size(); ++i) {
    const auto& task = draft.list.tasks[i];
    if (task.kind != Kind::task) continue;
    for (auto parent = draft.drafts[i].parent; parent; parent = draft.drafts[*parent].parent) {
      ++tasks[*parent];
      if (task.state != State::done && open[*parent] == kNoTask) open[*parent] = i;
    }
  }
  for (std::size_t i = 0; i < draft.drafts.size(); ++i) {
    if (draft.list.tasks[i].kind == Kind::container) note_container(draft, i, open[i], tasks[i]);
  }
}

Draftlist read_numbered(std::string_view text, const Scan& scan, const NumberedForm& form) {
  Numbers numbers(form);
  BoxRules rules;
  rules.dialect = form.dialect;
  rules.take = [&](const Line& line, bool is_inside, Task& task) {
    return numbers.take(line, is_inside, task);
  };
  auto boxes = read_boxes(text, scan, rules);
  auto& draft = boxes.draft;
  const bool has_ids = std::any_of(draft.list.tasks.begin(), draft.list.tasks.end(),
                                   [](const Task& task) { return !task.id.empty(); });
  if (!has_ids) return read_unnumbered(text, scan, form.dialect);
  std::vector<char> was_optional;
  for (const auto& task : draft.list.tasks) was_optional.push_back(task.kind == Kind::optional);
  nest_by_number(draft);
  inherit_optional(draft, was_optional);
  compare_containers(draft);
  if (form.has_waves) {
    const auto waves = find_waves(text, scan);
    if (waves && order_by_waves(draft, needs_of(draft), *waves)) return std::move(draft);
  }
  order_by_file(boxes, form.can_be_parallel);
  return std::move(draft);
}

Draftlist read_kiro(std::string_view text, const Scan& scan) {
  NumberedForm form;
  form.dialect = Dialect::kiro;
  form.has_waves = true;
  return read_numbered(text, scan, form);
}

Draftlist read_cc_sdd(std::string_view text, const Scan& scan) {
  NumberedForm form;
  form.dialect = Dialect::cc_sdd;
  form.has_waves = true;
  form.can_be_parallel = true;
  return read_numbered(text, scan, form);
}

}  // namespace chant::tasks
