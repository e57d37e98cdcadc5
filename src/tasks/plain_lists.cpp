#include "tasks/boxes.h"
#include "tasks/numbered.h"
#include "util/text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace chant::tasks {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "#42", "#42 - ", "**#42**: " in front of a title: an issue.
bool take_issue(std::string_view rest, Task& task) {
  while (!rest.empty() && (rest.front() == '*' || rest.front() == '[')) rest.remove_prefix(1);
  if (rest.empty() || rest.front() != '#') return false;
  std::size_t end = 1;
  while (end < rest.size() && is_digit(rest[end])) ++end;
  if (end == 1 || (end < rest.size() &&
                   std::string_view(" \t:*]-").find(rest[end]) == std::string_view::npos)) {
    return false;
  }
  task.id = std::string(rest.substr(0, end));
  rest.remove_prefix(end);
  const auto title = rest.find_first_not_of(" \t:*]-");
  task.title = std::string(title == std::string_view::npos ? rest : rest.substr(title));
  return true;
}

// The tasks that the current one may be in, by how deep they stand. A heading with a box is above
// all boxes under it.
class Nesting {
 public:
  struct Open {
    std::size_t depth = 0, task = 0;
    bool has_id = false;
  };

  // What a line is in.
  std::optional<Open> enter(const Line& line) {
    const auto depth = depth_of(line);
    while (!open_.empty() && open_.back().depth >= depth) open_.pop_back();
    return open_.empty() ? std::nullopt : std::optional(open_.back());
  }

  void add(const Line& line, std::size_t task, bool has_id) {
    open_.push_back({depth_of(line), task, has_id});
  }

 private:
  static constexpr std::size_t kHeadings = 8;
  static std::size_t depth_of(const Line& line) {
    return line.kind == Line::Kind::heading ? line.level : kHeadings + line.indent;
  }

  std::vector<Open> open_;
};

}  // namespace

Draftlist read_unnumbered(std::string_view text, const Scan& scan, Dialect dialect) {
  Nesting nesting;
  std::vector<std::optional<std::size_t>> parents;
  BoxRules rules;
  rules.dialect = dialect;
  rules.on_heading = [&](const Line& line) { nesting.enter(line); };
  rules.take = [&](const Line& line, bool, Task& task) {
    if (!take_issue(line.rest, task)) {
      auto number = find_number(line.rest);
      if (number && !number->is_plain) {
        task.id = std::move(number->id);
        task.title = std::string(number->title);
      }
    }
    const auto in = nesting.enter(line);
    // What has a name is one task, and boxes in it are its steps.
    if (in && in->has_id && task.id.empty()) return false;
    nesting.add(line, parents.size(), !task.id.empty());
    parents.push_back(in ? std::optional(in->task) : std::nullopt);
    return true;
  };
  auto boxes = read_boxes(text, scan, rules);
  auto& draft = boxes.draft;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    draft.drafts[i].parent = parents[i];
    if (parents[i]) draft.list.tasks[*parents[i]].kind = Kind::container;
  }
  compare_containers(draft);
  order_by_file(boxes, false);
  return std::move(draft);
}

Draftlist read_pimzino(std::string_view text, const Scan& scan) {
  NumberedForm form;
  form.dialect = Dialect::pimzino;
  return read_numbered(text, scan, form);
}

Draftlist read_openspec(std::string_view text, const Scan& scan) {
  NumberedForm form;
  form.dialect = Dialect::openspec;
  form.takes_all = true;
  return read_numbered(text, scan, form);
}

Draftlist read_github(std::string_view text, const Scan& scan) {
  return read_unnumbered(text, scan, Dialect::github);
}

}  // namespace chant::tasks
