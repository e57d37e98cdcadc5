#include "ui/feature_plan.h"

#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <unordered_map>
#include <utility>

namespace chant::ui {

namespace {

using tasks::Place;
using tasks::Row;
using tasks::Task;

// A row of the plan with its task. What follows names them by their place in the list.
struct Entry {
  const Row* row = nullptr;
  const Task* task = nullptr;
};
using Entries = std::vector<std::size_t>;

// Tasks that share a line of the plan.
struct Line {
  std::string label;
  Entries entries;
};

std::string sentence(std::string_view text) { return printable_line(trim(text)); }

// "T" and "009" of "T009".
struct Numbered {
  std::string_view prefix, digits;
};
Numbered parts_of(std::string_view id) {
  std::size_t begin = id.size();
  while (begin > 0 && id[begin - 1] >= '0' && id[begin - 1] <= '9') --begin;
  return {id.substr(0, begin), id.substr(begin)};
}

// True for "9" and "10", "T009" and "T010", "1.2" and "1.3".
bool follows(std::string_view before, std::string_view id) {
  constexpr std::size_t kMaxDigits = 9;
  const auto number = [](std::string_view digits) {
    std::size_t value = 0;
    for (const char digit : digits) value = 10 * value + static_cast<std::size_t>(digit - '0');
    return value;
  };
  const Numbered one = parts_of(before);
  const Numbered next = parts_of(id);
  if (one.prefix != next.prefix || one.digits.empty() || next.digits.empty()) return false;
  if (one.digits.size() > kMaxDigits || next.digits.size() > kMaxDigits) return false;
  const bool has_zeros = next.digits.front() == '0' || one.digits.front() == '0';
  if (has_zeros && one.digits.size() != next.digits.size()) return false;
  return number(next.digits) == number(one.digits) + 1;
}

bool is_open(Place place) {
  return place == Place::ready || place == Place::waiting || place == Place::failed ||
         place == Place::refused || place == Place::not_chosen;
}

class PlanWriter {
 public:
  PlanWriter(const ShownPlan& shown, const Terminal& terminal)
      : shown_(shown), list_(shown.list), columns_(terminal.columns) {
    for (const Row& row : shown.plan.rows) {
      const Task& task = list_.tasks.at(entries_.size());
      is_grouped_ = is_grouped_ || !task.track.empty() || !task.group.empty();
      index_.emplace(row.key, entries_.size());
      if (!task.parent.empty()) children_[task.parent].push_back(entries_.size());
      by_place_[row.place].push_back(entries_.size());
      if (is_open(row.place)) {
        ++open_groups_[task.group];
        ++open_tracks_[task.track];
      }
      entries_.push_back({&row, &task});
    }
  }

  std::string write() {
    text_ = fmt::format("Execution Plan for feature: {}\n", sentence(shown_.feature));
    write_ready();
    write_waiting();
    write_others();
    write_totals();
    write_notes();
    return std::move(text_);
  }

 private:
  [[nodiscard]] const Task& task(std::size_t entry) const { return *entries_[entry].task; }
  [[nodiscard]] const Entries& at(Place place) const {
    static const Entries none;
    const auto found = by_place_.find(place);
    return found == by_place_.end() ? none : found->second;
  }
  [[nodiscard]] std::string names(const Entries& entries) const {
    std::vector<const Task*> tasks;
    for (const std::size_t entry : entries) tasks.push_back(&task(entry));
    return tasks_text(tasks);
  }
  [[nodiscard]] std::string remark(std::size_t entry) const {
    const auto found = shown_.remarks.find(task(entry).key);
    return found == shown_.remarks.end() ? "" : sentence(found->second);
  }

  void add(const std::string& line, std::size_t indent = 2) {
    text_ += wrapped(line, columns_, indent) + "\n";
  }

  // "- 4: Title (why)", the reason on a line of its own where it does not fit.
  void add_task(std::size_t entry, std::size_t indent = 0) {
    const Task& one = task(entry);
    std::string reason = sentence(entries_[entry].row->why);
    const std::string more = remark(entry);
    reason += (reason.empty() || more.empty() ? "" : "; ") + more;
    const std::string line = std::string(indent, ' ') + "- " +
                             (one.id.empty() ? "" : sentence(one.id) + ": ") + sentence(one.title);
    if (reason.empty()) return add(line, indent + 2);
    if (display_width(line) + display_width(reason) + 3 <= columns_) {
      return add(fmt::format("{} ({})", line, reason), indent + 2);
    }
    text_ += fit(line, columns_) + "\n";
    add(std::string(indent + 4, ' ') + reason, indent + 4);
  }

  void add_tasks(const Entries& entries) {
    for (const std::size_t entry : entries) add_task(entry);
  }

  // In the order in which the labels come.
  template <typename Label>
  [[nodiscard]] static std::vector<Line> lines_by(const Entries& entries, Label label) {
    std::vector<Line> lines;
    std::unordered_map<std::string, std::size_t> known;
    for (const std::size_t entry : entries) {
      std::string name = label(entry);
      const auto [line, is_new] = known.emplace(name, lines.size());
      if (is_new) lines.push_back({std::move(name), {}});
      lines[line->second].entries.push_back(entry);
    }
    return lines;
  }

  // The group of all of these, "" when they have different ones.
  [[nodiscard]] std::string common_group(const Entries& entries) const {
    const std::string& group = task(entries.front()).group;
    const bool same = std::all_of(entries.begin(), entries.end(),
                                  [&](std::size_t entry) { return task(entry).group == group; });
    return same ? labelled("Group", group) : "";
  }

  void write_ready() {
    const Entries& ready = at(Place::ready);
    if (ready.empty()) return;
    const std::string group = common_group(ready);
    text_ += group.empty() ? "\nReady to Execute:\n"
                           : fmt::format("\nReady to Execute ({}):\n", sentence(group));
    if (!is_grouped_) return add_tasks(ready);
    const auto label = [&](std::size_t entry) {
      const Task& one = task(entry);
      std::string name = group.empty() ? labelled("Group", one.group) : "";
      if (!one.track.empty()) name += (name.empty() ? "" : ", ") + labelled("Track", one.track);
      return name.empty() ? one.phase : name;
    };
    for (const Line& line : lines_by(ready, label)) {
      const std::string head = line.label.empty() ? "" : sentence(line.label) + ": ";
      add(fmt::format("- {}{} ({})", head, names(line.entries),
                      counted(line.entries.size(), "task")));
      add_details(line.entries);
    }
  }

  void write_waiting() {
    const Entries& waiting = at(Place::waiting);
    if (waiting.empty()) return;
    text_ += "\nWaiting on Dependencies:\n";
    if (!is_grouped_) return add_tasks(waiting);
    const auto label = [&](std::size_t entry) {
      const Task& one = task(entry);
      if (!one.group.empty()) return labelled("Group", one.group);
      if (!one.phase.empty()) return one.phase;
      const int wave = entries_[entry].row->wave;
      return wave > 0 ? fmt::format("Wave {}", wave) : std::string("Held up");
    };
    auto lines = lines_by(waiting, label);
    std::stable_sort(lines.begin(), lines.end(), [&](const Line& one, const Line& other) {
      return first_wave(one) < first_wave(other);
    });
    for (const Line& line : lines) {
      add(fmt::format("- {}: {} (depends on {})", sentence(line.label), names(line.entries),
                      needs_text(line.entries)));
      add_details(line.entries);
    }
  }

  // Of what is held up, after all others.
  [[nodiscard]] int first_wave(const Line& line) const {
    int first = std::numeric_limits<int>::max();
    for (const std::size_t entry : line.entries) {
      const int wave = entries_[entry].row->wave;
      if (wave > 0) first = std::min(first, wave);
    }
    return first;
  }

  void add_details(const Entries& entries) {
    for (const std::size_t entry : entries) {
      const bool is_held_up = entries_[entry].row->wave == 0;
      if (shown_.verbose || is_held_up || !remark(entry).empty()) add_task(entry, 2);
    }
  }

  // What must be done before the first of these can be: whole groups and tracks by name, and what
  // these need themselves is left out.
  [[nodiscard]] std::string needs_text(const Entries& entries) const {
    std::set<std::size_t> needed;
    for (const std::size_t entry : entries) add_needs(entry, needed);
    for (const std::size_t entry : entries) needed.erase(entry);
    const std::set<std::size_t> implied = needs_of(needed);
    std::vector<std::string> parts;
    take_whole("Group", &Task::group, open_groups_, implied, needed, parts);
    take_whole("Track", &Task::track, open_tracks_, implied, needed, parts);
    for (const std::size_t entry : implied) needed.erase(entry);
    if (!needed.empty()) parts.push_back(names({needed.begin(), needed.end()}));
    return parts.empty() ? "what cannot be run" : join(parts, ", ");
  }

  // Open tasks that this one needs.
  void add_needs(std::size_t entry, std::set<std::size_t>& needed) const {
    for (const tasks::Dependency& dependency : task(entry).depends_on) {
      const auto on = index_.find(dependency.on);
      const bool counts = !dependency.dangling && !dependency.conditional;
      if (counts && on != index_.end()) add_needed(on->second, needed);
    }
  }

  // Nothing where that would take long.
  [[nodiscard]] std::set<std::size_t> needs_of(const std::set<std::size_t>& entries) const {
    constexpr std::size_t kMost = 10'000;
    std::size_t edges = 0;
    for (const std::size_t entry : entries) edges += task(entry).depends_on.size();
    std::set<std::size_t> needs;
    if (edges > kMost) return needs;
    for (const std::size_t entry : entries) add_needs(entry, needs);
    return needs;
  }

  void add_needed(std::size_t entry, std::set<std::size_t>& needed) const {
    const Place place = entries_[entry].row->place;
    const auto children = children_.find(task(entry).key);
    if (is_open(place)) {
      needed.insert(entry);
    } else if (place == Place::container && children != children_.end()) {
      for (const std::size_t child : children->second) add_needed(child, needed);
    }
  }

  // Labels all of whose open tasks are needed stand for these.
  void take_whole(const char* word, std::string Task::*label,
                  const std::unordered_map<std::string, std::size_t>& open,
                  const std::set<std::size_t>& implied, std::set<std::size_t>& needed,
                  std::vector<std::string>& parts) const {
    const auto by_label = [&](std::size_t entry) { return task(entry).*label; };
    for (const Line& line : lines_by({needed.begin(), needed.end()}, by_label)) {
      const std::size_t count = line.entries.size();
      if (line.label.empty() || count < 2 || count != open.at(line.label)) continue;
      const bool is_implied =
          std::all_of(line.entries.begin(), line.entries.end(),
                      [&](std::size_t entry) { return implied.count(entry) > 0; });
      if (!is_implied) parts.push_back(sentence(labelled(word, line.label)));
      for (const std::size_t entry : line.entries) needed.erase(entry);
    }
  }

  void write_others() {
    constexpr std::array<std::pair<Place, const char*>, 3> kWithReason = {
        {{Place::failed, "Waiting for a person:"},
         {Place::refused, "Cannot be run:"},
         {Place::dropped, "Not to be done:"}}};
    for (const auto& [place, head] : kWithReason) {
      if (at(place).empty()) continue;
      text_ += fmt::format("\n{}\n", head);
      add_tasks(at(place));
    }
    constexpr std::array<std::pair<Place, const char*>, 4> kNamed = {
        {{Place::conditional, "Only when a review asks for it"},
         {Place::optional, "Optional, not asked for"},
         {Place::not_chosen, "In other tracks"},
         {Place::done, "Done"}}};
    bool is_first = true;
    for (const auto& [place, what] : kNamed) {
      if (at(place).empty()) continue;
      if (std::exchange(is_first, false)) text_ += "\n";
      add(fmt::format("{}: {} ({})", what, names(at(place)), counted(at(place).size(), "task")));
    }
  }

  void write_totals() {
    const tasks::Plan& plan = shown_.plan;
    std::string line = fmt::format("Total: {}, {} done, {} open", counted(plan.total, "task"),
                                   plan.done, plan.open);
    if (plan.waves > 0) line += ", in " + counted(static_cast<std::size_t>(plan.waves), "wave");
    text_ += "\n";
    add(line);
    std::vector<std::string> parts;
    const auto add_part = [&parts](std::size_t count, const char* one, const char* more) {
      if (count > 0) parts.push_back(fmt::format("{} {}", count, count == 1 ? one : more));
    };
    add_part(at(Place::conditional).size(), "conditional", "conditional");
    add_part(at(Place::optional).size(), "optional", "optional");
    add_part(at(Place::dropped).size(), "dropped", "dropped");
    add_part(at(Place::container).size(), "container", "containers");
    add_part(list_.ignored.size(), "box that is no task", "boxes that are no tasks");
    if (!parts.empty()) add("Not counted: " + join(parts, ", "));
  }

  void write_notes() {
    write_notes_of(tasks::Note::Kind::contradiction, "Contradictions:");
    if (!shown_.verbose) return;
    write_notes_of(tasks::Note::Kind::info, "How it was read:");
    if (!list_.ignored.empty()) text_ += "\nNo tasks:\n";
    for (const tasks::Ignored& ignored : list_.ignored) {
      add(fmt::format("- line {}: {} ({})", ignored.line, sentence(ignored.text),
                      sentence(ignored.why)));
    }
  }

  void write_notes_of(tasks::Note::Kind kind, const char* head) {
    bool is_first = true;
    for (const tasks::Note& note : list_.notes) {
      if (note.kind != kind) continue;
      if (std::exchange(is_first, false)) text_ += fmt::format("\n{}\n", head);
      const std::string line = note.line > 0 ? fmt::format("line {}: ", note.line) : "";
      add(fmt::format("- {}{}", line, sentence(note.text)));
    }
  }

  const ShownPlan& shown_;
  const tasks::List& list_;
  std::size_t columns_;
  bool is_grouped_ = false;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> index_;  // by key
  std::unordered_map<std::string, Entries> children_;   // by key of the container
  std::map<Place, Entries> by_place_;
  std::unordered_map<std::string, std::size_t> open_groups_, open_tracks_;
  std::string text_;
};

}  // namespace

std::string plan_text(const ShownPlan& shown, const Terminal& terminal) {
  return PlanWriter(shown, terminal).write();
}

std::vector<std::string> error_lines(const tasks::List& list) {
  std::vector<std::string> lines;
  for (const tasks::Note& note : list.notes) {
    if (note.kind != tasks::Note::Kind::error) continue;
    lines.push_back(fmt::format("{}:{}: {}", sentence(list.path), note.line, sentence(note.text)));
  }
  return lines;
}

std::string tasks_text(const std::vector<const Task*>& tasks) {
  std::string text = tasks.size() == 1 ? "Task" : "Tasks";
  for (std::size_t at = 0; at < tasks.size();) {
    std::size_t end = at + 1;
    while (end < tasks.size() && follows(tasks[end - 1]->id, tasks[end]->id)) ++end;
    text += (at == 0 ? " " : ", ") + name_of(*tasks[at]);
    if (end - at > 1) text += "-" + name_of(*tasks[end - 1]);
    at = end;
  }
  return text;
}

std::string name_of(const Task& task) {
  constexpr std::size_t kColumns = 40;
  return task.id.empty() ? "'" + fit(sentence(task.title), kColumns) + "'" : sentence(task.id);
}

std::string labelled(const std::string& word, const std::string& label) {
  if (label.empty()) return "";
  const std::string small = lower(label);
  const bool says_so =
      small.find(lower(word)) != std::string::npos || small.find("wave") != std::string::npos;
  return says_so ? label : word + " " + label;
}

std::string wrapped(const std::string& text, std::size_t columns, std::size_t indent) {
  std::string result;
  std::string_view rest = text;
  std::string line{rest.substr(0, rest.find_first_not_of(' '))};
  rest.remove_prefix(line.size());
  bool is_empty = true;  // of words
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    if (!is_empty && display_width(line) + 1 + display_width(word) > columns) {
      result += line + "\n";
      line = std::string(indent, ' ');
      is_empty = true;
    }
    if (!std::exchange(is_empty, false)) line += ' ';
    line += word;
  }
  return result + line;
}

}  // namespace chant::ui
