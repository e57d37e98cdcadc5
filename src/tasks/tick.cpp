#include "tasks/tick.h"

#include "tasks/scan.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace chant::tasks {

namespace {

constexpr char kPartEnd = '-';  // between the parts of a fingerprint: line, place, title
constexpr std::size_t kMaxShown = 8;
constexpr std::string_view kSeveral = "-several";  // behind that of a link: its id is not its own

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

// The line without what is in its box, so that "[ ]", "[x]" and "[]" are the same line.
std::string masked_line(std::string_view text) {
  const auto lines = scan(text).lines;
  if (lines.empty() || !lines.front().box) return std::string(trim(text));
  std::string line(text);
  line.erase(lines.front().box->offset, lines.front().box->length);
  return std::string(trim(line));
}

std::string_view line_part(std::string_view fingerprint) {
  return fingerprint.substr(0, fingerprint.find(kPartEnd));
}

std::string_view title_part(std::string_view fingerprint) {
  return fingerprint.substr(fingerprint.rfind(kPartEnd) + 1);
}

bool had_several(const Link& link) {
  const std::string_view all = link.fingerprint;
  return all.size() >= kSeveral.size() && all.substr(all.size() - kSeveral.size()) == kSeveral;
}

// The fingerprint that a link brings, without what it says of other tasks.
std::string_view task_part(const Link& link) {
  const std::string_view all = link.fingerprint;
  return all.substr(0, all.size() - (had_several(link) ? kSeveral.size() : 0));
}

std::string name_of_task(const Link& link) {
  return link.id.empty() ? fmt::format("task '{}'", link.key) : fmt::format("task {}", link.id);
}

std::string name_of_other(const Task& task) {
  return task.id.empty() ? "a task without id" : task.id;
}

std::string lines_of(const List& list, const std::vector<std::size_t>& tasks) {
  std::vector<std::string> lines;
  for (const auto task : tasks) {
    if (lines.size() == kMaxShown) break;
    lines.push_back(std::to_string(list.tasks[task].line));
  }
  return join(lines, ", ") + (tasks.size() > kMaxShown ? ", …" : "");
}

struct Place {
  List list;
  Found found;
};

std::variant<Place, NotFound> find_place(std::string_view text, const Link& link) {
  const auto dialect = find_dialect(link.dialect);
  if (!dialect) return NotFound{fmt::format("no form of list is called '{}'", link.dialect)};
  if (!has_boxes(*dialect)) {
    return NotFound{fmt::format("{} keeps what is done elsewhere than in a box", link.dialect)};
  }
  Place place;
  try {
    place.list = read_list(text, link.path, dialect);
  } catch (const Error& error) {
    return NotFound{error.what()};
  }
  const auto found = find_again(place.list, link);
  if (const auto* none = std::get_if<NotFound>(&found)) return *none;
  place.found = std::get<Found>(found);
  const auto& task = place.list.tasks[place.found.task];
  if (!task.box) {
    return NotFound{fmt::format("{} has no box (line {})", name_of_task(link), task.line)};
  }
  return place;
}

// "X" when every ticked box of the list is one.
char mark_for(const List& list) {
  bool has_upper = false;
  for (const auto& task : list.tasks) {
    if (!task.box || task.state != State::done) continue;
    if (task.box->mark != 'X') return 'x';
    has_upper = true;
  }
  return has_upper ? 'X' : 'x';
}

std::variant<Ticked, NotFound> set_box(std::string_view text, const Task& task, char mark) {
  const auto at = task.box->offset, length = task.box->length;
  if (const auto fault = find_box_fault(text, *task.box); !fault.empty()) {
    return NotFound{
        fmt::format("line {}: the box '[{}]' {}", task.line, text.substr(at, length), fault)};
  }
  if (at == 0 || at + 1 >= text.size() || text[at - 1] != '[' || text[at + 1] != ']') {
    return NotFound{fmt::format("line {}: there is no box where one was read", task.line)};
  }
  Ticked ticked;
  ticked.text = std::string(text);
  ticked.text[at] = mark;
  return ticked;
}

std::variant<Ticked, NotFound> unchanged(std::string_view text, bool was_ticked) {
  return Ticked{std::string(text), was_ticked, false};
}

}  // namespace

std::string fingerprint_of(const Task& task) {
  // Where the line stands, in words: it tells apart lines that are the same.
  const auto place = join({task.phase, task.track, task.group, task.parent}, "\n");
  return fmt::format("{:016x}{}{:08x}{}{:08x}", hash_of(masked_line(task.line_text)), kPartEnd,
                     hash_of(place) & 0xFFFFFFFFU, kPartEnd, hash_of(task.title) & 0xFFFFFFFFU);
}

Link link_of(const List& list, const Task& task) {
  Link link{list.path, std::string(name_of(list.dialect)), task.id, task.key, fingerprint_of(task)};
  if (task.shares_id) link.fingerprint += kSeveral;
  return link;
}

Finder::Finder(const List& list) : list_(list), prints_(list.tasks.size()) {
  for (std::size_t i = 0; i < list.tasks.size(); ++i) by_id_[list.tasks[i].id].push_back(i);
}

const std::string& Finder::print_of(std::size_t task) {
  if (prints_[task].empty()) prints_[task] = fingerprint_of(list_.tasks[task]);
  return prints_[task];
}

// Those of the tasks with its id that have the same line.
const Finder::Places& Finder::with_line(const Link& link, const Places& with_id) {
  const auto name = [&](std::string_view print) {
    return std::string(line_part(print)) + "\n" + link.id;
  };
  if (indexed_.insert(link.id).second) {
    for (const auto task : with_id) by_line_[name(print_of(task))].push_back(task);
  }
  return by_line_[name(task_part(link))];
}

// Another task that has the words now: somebody gave the tasks new numbers.
const Task* Finder::find_renumbered(const Link& link) {
  if (by_title_.empty()) {
    for (std::size_t i = 0; i < list_.tasks.size(); ++i) {
      by_title_[std::string(title_part(print_of(i)))].push_back(i);
    }
  }
  for (const auto task : by_title_[std::string(title_part(task_part(link)))]) {
    if (list_.tasks[task].id != link.id) return &list_.tasks[task];
  }
  return nullptr;
}

std::variant<Found, NotFound> Finder::find(const Link& link) {
  const Places& tasks = by_id_[link.id];
  const Places& same_line = with_line(link, tasks);
  if (same_line.size() == 1) return Found{same_line.front(), false};
  Places same_place;
  for (const auto task : same_line) {
    if (print_of(task) == task_part(link)) same_place.push_back(task);
  }
  if (same_place.size() == 1) return Found{same_place.front(), false};
  if (same_line.size() > 1) {
    return NotFound{fmt::format("{} is there {} times with the same words (lines {})",
                                name_of_task(link), same_line.size(), lines_of(list_, same_line))};
  }
  if (tasks.empty() || link.id.empty()) {
    const auto* what = link.id.empty() ? " with these words" : "";
    return NotFound{fmt::format("there is no {}{} any more", name_of_task(link), what)};
  }
  if (tasks.size() > 1 || had_several(link)) {
    return NotFound{
        fmt::format("{} does not have the words it had, and they tell it from others with "
                    "its id (line {})",
                    name_of_task(link), lines_of(list_, tasks))};
  }
  const auto* other = find_renumbered(link);
  if (other == nullptr) return Found{tasks.front(), true};
  return NotFound{fmt::format("{} has other words now, and those it had are at {} (line {})",
                              name_of_task(link), name_of_other(*other), other->line)};
}

std::variant<Found, NotFound> find_again(const List& list, const Link& link) {
  return Finder(list).find(link);
}

std::variant<Ticked, NotFound> tick(std::string_view text, const List& list, const Found& found) {
  const auto& task = list.tasks[found.task];
  if (!task.box) return NotFound{fmt::format("line {}: there is no box", task.line)};
  if (task.state != State::open && task.state != State::done) {
    return NotFound{fmt::format("line {}: the mark '[{}]' is none that a {} list defines",
                                task.line, text.substr(task.box->offset, task.box->length),
                                name_of(list.dialect))};
  }
  auto outcome =
      task.state == State::done ? unchanged(text, true) : set_box(text, task, mark_for(list));
  if (auto* ticked = std::get_if<Ticked>(&outcome)) ticked->is_reworded = found.is_reworded;
  return outcome;
}

std::variant<Ticked, NotFound> tick(std::string_view text, const Link& link) {
  const auto found = find_place(text, link);
  if (const auto* none = std::get_if<NotFound>(&found)) return *none;
  const auto& place = std::get<Place>(found);
  return tick(text, place.list, place.found);
}

std::variant<Ticked, NotFound> untick(std::string_view text, const Link& link) {
  const auto found = find_place(text, link);
  if (const auto* none = std::get_if<NotFound>(&found)) return *none;
  const auto& place = std::get<Place>(found);
  const auto& task = place.list.tasks[place.found.task];
  auto outcome = task.state == State::done ? set_box(text, task, ' ') : unchanged(text, false);
  if (auto* unticked = std::get_if<Ticked>(&outcome)) {
    unticked->was_ticked = task.state == State::done;
    unticked->is_reworded = place.found.is_reworded;
  }
  return outcome;
}

std::string masked(std::string_view text, const List& list) {
  std::string result;
  std::size_t at = 0;
  for (const auto& task : list.tasks) {
    if (!task.box || task.box->offset < at) continue;
    result += text.substr(at, task.box->offset - at);
    result += ' ';
    at = task.box->offset + task.box->length;
  }
  return result + std::string(text.substr(at));
}

std::string masked(std::string_view text, const std::string& path, std::optional<Dialect> forced) {
  return masked(text, read_list(text, path, forced));
}

}  // namespace chant::tasks
