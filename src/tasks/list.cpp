#include "tasks/list.h"

#include "tasks/dialects.h"
#include "tasks/graph.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace chant::tasks {

namespace {

constexpr std::ptrdiff_t kMaxLines = 200'000;

Reader reader_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::specflow:
      return read_specflow;
    case Dialect::spec_kit:
      return read_spec_kit;
    case Dialect::cc_sdd:
      return read_cc_sdd;
    case Dialect::kiro:
      return read_kiro;
    case Dialect::pimzino:
      return read_pimzino;
    case Dialect::openspec:
      return read_openspec;
    case Dialect::spec_kitty:
      return read_spec_kitty;
    default:
      return read_github;
  }
}

void refuse_what_is_no_text(std::string_view text, const std::string& path) {
  constexpr const char* kSplit = "make several lists of it";
  if (text.size() > kMaxListBytes) {
    throw Error(fmt::format("{}:1: a task list of {} bytes is too large, at most {} are read", path,
                            text.size(), kMaxListBytes),
                kSplit);
  }
  const auto start = text.substr(0, 2);
  if (start == "\xFF\xFE" || start == "\xFE\xFF") {
    throw Error(fmt::format("{}:1: the list is written in UTF-16, and only UTF-8 is read", path),
                "save it as UTF-8");
  }
  if (std::count(text.begin(), text.end(), '\n') > kMaxLines) {
    throw Error(fmt::format("{}:{}: a task list of more lines is too large", path, kMaxLines + 1),
                kSplit);
  }
}

void note_fence(List& list, const Scan& scan) {
  if (scan.unclosed_fence == 0) return;
  Note note;
  note.kind = Note::Kind::contradiction;
  note.line = scan.unclosed_fence;
  note.text = "this code block is never closed, so what follows was read as text";
  list.notes.push_back(std::move(note));
}

// Nothing that looks like a box is left out in silence, whatever the reader made of it.
void account_for_boxes(List& list, const Scan& scan) {
  std::unordered_set<int> said;
  for (const auto& task : list.tasks) {
    if (task.box) said.insert(task.line);
  }
  for (const auto& ignored : list.ignored) said.insert(ignored.line);
  for (const auto& odd : scan.odd) {
    if (said.insert(odd.line).second) list.ignored.push_back(odd);
  }
  for (const auto& line : scan.lines) {
    if (!line.box || !said.insert(line.number).second) continue;
    list.ignored.push_back({line.number, std::string(line.rest), "part of a task"});
  }
  std::stable_sort(list.ignored.begin(), list.ignored.end(),
                   [](const Ignored& a, const Ignored& b) { return a.line < b.line; });
}

// What could not be ticked afterwards is not begun.
void note_boxes(List& list, std::string_view text) {
  for (const auto& task : list.tasks) {
    if (!task.box || task.state != State::open || task.kind == Kind::container) continue;
    const auto fault = find_box_fault(text, *task.box);
    if (fault.empty()) continue;
    Note note;
    note.kind = Note::Kind::error;
    note.line = task.line;
    note.text =
        fmt::format("the box '[{}]' {}", text.substr(task.box->offset, task.box->length), fault);
    note.keys = {task.key};
    list.notes.push_back(std::move(note));
  }
}

// The box counts, whatever somebody has put behind the title.
void note_status_marks(List& list) {
  static constexpr std::array<std::string_view, 4> kDone = {"✅", "☑", "✔", "✓"};
  static constexpr std::array<std::string_view, 6> kNotDone = {"⏳", "🔄", "❌", "✗", "⚠", "🚧"};
  for (const auto& task : list.tasks) {
    const bool is_done = task.state == State::done;
    if (!task.box || !(is_done || task.state == State::open)) continue;
    const auto begin = task.line_text.find(task.title.substr(0, task.title.find(' ')));
    // Within the title it is a part of that.
    const auto is_behind = [&](std::string_view mark) {
      const auto at = task.line_text.rfind(mark);
      return at != std::string::npos && at > begin && task.title.find(mark) == std::string::npos;
    };
    const bool differs = is_done ? std::any_of(kNotDone.begin(), kNotDone.end(), is_behind)
                                 : std::any_of(kDone.begin(), kDone.end(), is_behind);
    if (!differs) continue;
    Note note;
    note.kind = Note::Kind::contradiction;
    note.line = task.line;
    note.text = is_done ? "ticked, and the mark behind its title says that it is not done"
                        : "not ticked, and the mark behind its title says that it is done";
    note.text += ": the box counts";
    note.keys = {task.key};
    list.notes.push_back(std::move(note));
  }
}

void mark_shared_ids(List& list) {
  std::unordered_map<std::string_view, std::size_t> count;
  for (const auto& task : list.tasks) ++count[task.id];
  for (auto& task : list.tasks) task.shares_id = !task.id.empty() && count[task.id] > 1;
}

void require_tasks(const List& list) {
  if (!list.tasks.empty()) return;
  const auto count = list.ignored.size();
  const auto boxes =
      count == 0 ? std::string() : fmt::format(" in {} box{}", count, count == 1 ? "" : "es");
  throw Error(fmt::format("{}:1: no task was found{} (read as {}: {})", list.path, boxes,
                          name_of(list.dialect), list.detected_by),
              "say with --format in which form the list is written");
}

std::string title_of(const Scan& scan) {
  for (const auto& line : scan.lines) {
    if (line.kind == Line::Kind::heading) return plain_title(line.rest);
  }
  return {};
}

List read_markdown(std::string_view text, const Scan& scan, const std::string& path,
                   const Detected& detected) {
  auto draft = reader_of(detected.dialect)(text, scan);
  draft.list.path = path;
  draft.list.dialect = detected.dialect;
  draft.list.detected_by = detected.by;
  if (draft.list.title.empty()) draft.list.title = title_of(scan);
  give_keys(draft.list);
  auto list = resolve(std::move(draft));
  note_fence(list, scan);
  if (has_boxes(list.dialect)) note_boxes(list, text);
  note_status_marks(list);
  account_for_boxes(list, scan);
  return list;
}

}  // namespace

const Task* List::find(std::string_view key) const {
  const auto found =
      std::find_if(tasks.begin(), tasks.end(), [&](const Task& task) { return task.key == key; });
  return found == tasks.end() ? nullptr : &*found;
}

const Task* List::find_id(std::string_view id) const {
  const auto wanted = lower(trim(id));
  if (wanted.empty()) return nullptr;
  const Task* found = nullptr;
  for (const auto& task : tasks) {
    if (lower(task.id) != wanted) continue;
    if (found != nullptr) return nullptr;
    found = &task;
  }
  if (found != nullptr) return found;
  for (const auto& task : tasks) {
    if (lower(task.key) == wanted) return &task;
  }
  return nullptr;
}

List read_list(std::string_view text, const std::string& path, std::optional<Dialect> forced) {
  refuse_what_is_no_text(text, path);
  const auto lines = scan(text);
  const auto detected = forced ? Detected{*forced, "--format"} : detect(text, lines, path);
  List list;
  if (detected.dialect == Dialect::taskmaster) {
    list = read_taskmaster(text, path);
  } else if (detected.dialect == Dialect::beads) {
    list = read_beads(text, path);
  } else {
    list = read_markdown(text, lines, path, detected);
  }
  list.path = path;
  list.dialect = detected.dialect;
  list.detected_by = detected.by;
  require_tasks(list);
  mark_shared_ids(list);
  check_graph(list);
  return list;
}

}  // namespace chant::tasks
