#include "tasks/specflow.h"

#include "tasks/boxes.h"
#include "tasks/words.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 4> kFiles = {"file", "files", "target files", "boundary"};

// A task whose block still goes on.
struct Open {
  std::size_t task = 0;
  std::size_t indent = 0;
  std::size_t level = 0;  // of the heading that it is, 0 for a box
};

// "Dependencies:" without anything behind it.
struct Needslist {
  std::size_t indent = 0;
  int line = 0;
  bool has_items = false;
};

class SpecflowReader {
 public:
  SpecflowReader(std::string_view text, const Scan& scan) : text_(text), scan_(scan) {}
  Draftlist run();

 private:
  void find_heading_tasks();
  void read_heading(const Line& line, bool is_task);
  void read_box(const Line& line);
  void read_text(const Line& line);
  void read_meta(const Meta& meta, int line);
  void add_needs(const Expression& expression);
  void read_listed_needs(const Line& line);
  void read_section_needs(const Line& line);
  void end_list();
  void read_title(const Line& line);
  void read_verdict(const Line& line);
  void add_task(const Line& line, TaskHead head);
  void add_heading_task(const Line& line, const TaskHead& head);
  void add_step(const Line& line);
  void ignore(const Line& line, std::string why);
  void close_boxes(std::size_t indent);
  void close_headings(std::size_t level);
  void close();
  void place(Task& task) const;
  void apply_sections();
  void note_heading_tasks();
  [[nodiscard]] bool is_own(const TaskHead& head) const;
  [[nodiscard]] Task& task() { return draft_.list.tasks[open_.back().task]; }
  [[nodiscard]] Draft& draft() { return draft_.drafts[open_.back().task]; }

  std::string_view text_;
  const Scan& scan_;
  Draftlist draft_;
  std::vector<TrackSection> sections_;                 // all, in the order of the file
  std::vector<std::size_t> stack_;                     // those that are open
  std::vector<std::vector<std::size_t>> sections_of_;  // of each task
  std::vector<Open> open_;
  std::vector<SectionRemark> remarks_;
  std::optional<Needslist> list_;
  bool is_behind_boxes_ = false;           // since the last heading
  std::unordered_set<int> heading_tasks_;  // lines
  std::vector<std::size_t> tasks_without_box_;
  std::map<std::size_t, std::pair<int, int>> steps_;  // of a heading's task: done, all
  std::size_t end_ = 0;                               // behind the last line that is not empty
};

Draftlist SpecflowReader::run() {
  const auto boxes = std::count_if(scan_.lines.begin(), scan_.lines.end(),
                                   [](const Line& line) { return line.box.has_value(); });
  draft_.list.tasks.reserve(static_cast<std::size_t>(boxes));
  draft_.drafts.reserve(static_cast<std::size_t>(boxes));
  find_heading_tasks();
  for (const auto& line : scan_.lines) {
    if (trim(line.text).empty()) continue;
    if (line.kind == Line::Kind::heading) {
      read_heading(line, heading_tasks_.count(line.number) != 0);
    } else if (line.kind == Line::Kind::box) {
      read_box(line);
    } else if (line.kind == Line::Kind::text) {
      read_text(line);
    }
    const auto newline = text_.find('\n', line.offset + line.text.size());
    end_ = newline == npos ? text_.size() : newline + 1;
  }
  close_headings(0);
  note_heading_tasks();
  nest_by_number(draft_);
  apply_sections();
  read_overview(scan_, draft_);
  apply_remarks(sections_, remarks_, draft_);
  note_claims(scan_, draft_);
  return std::move(draft_);
}

// "#### Task 1.1: Title" is a task when boxes without ids stand under it, or when the file has no
// boxes with ids at all; else it is a heading of such.
void SpecflowReader::find_heading_tasks() {
  const bool has_any = std::any_of(scan_.lines.begin(), scan_.lines.end(), [](const Line& line) {
    return line.kind == Line::Kind::heading && find_heading_task(line.rest);
  });
  if (!has_any) return;
  struct Candidate {
    const Line* line = nullptr;
    std::string id;
    std::size_t boxes = 0, tasks = 0;
  };
  std::vector<Candidate> candidates;
  std::vector<std::size_t> open;
  std::unordered_set<std::string> ids;
  for (const auto& line : scan_.lines) {
    if (line.kind == Line::Kind::heading) {
      while (!open.empty() && candidates[open.back()].line->level >= line.level) open.pop_back();
      const auto head = find_heading_task(line.rest);
      if (!head || line.box) continue;
      open.push_back(candidates.size());
      candidates.push_back({&line, lower(head->id), 0, 0});
    } else if (line.kind == Line::Kind::box) {
      const auto head = find_head(line.rest);
      if (head) ids.insert(lower(head->id));
      for (const auto i : open) ++(head ? candidates[i].tasks : candidates[i].boxes);
    }
  }
  for (const auto& candidate : candidates) {
    const bool has_steps = candidate.boxes != 0 && candidate.tasks == 0;
    const bool is_task = ids.empty() || (has_steps && ids.count(candidate.id) == 0);
    if (is_task) heading_tasks_.insert(candidate.line->number);
  }
}

void SpecflowReader::read_heading(const Line& line, bool is_task) {
  is_behind_boxes_ = false;
  close_headings(line.level);
  while (!stack_.empty() && sections_[stack_.back()].level >= line.level) stack_.pop_back();
  const auto head = line.box ? find_head(line.rest) : find_heading_task(line.rest);
  if (is_task && head) return add_heading_task(line, *head);
  if (line.box && head) return add_task(line, *head);
  if (line.box) ignore(line, "no id");
  TrackSection section;
  section.level = line.level;
  section.title = plain_title(line.rest);
  section.track = find_track(line.rest);
  section.line = line.number;
  const auto clause = find_needs(line.rest);
  auto needs = clause ? parse_clause(*clause, line.number) : std::nullopt;
  if (clause && clause->is_prose) needs = parse_expression(clause->text, line.number);
  if (needs) {
    section.needs = std::move(*needs);
    section.says_needs = true;
  }
  stack_.push_back(sections_.size());
  sections_.push_back(std::move(section));
}

void SpecflowReader::close() {
  end_list();
  draft_.list.tasks[open_.back().task].end = end_;
  open_.pop_back();
}

void SpecflowReader::close_boxes(std::size_t indent) {
  while (!open_.empty() && open_.back().level == 0 && open_.back().indent >= indent) close();
}

void SpecflowReader::close_headings(std::size_t level) {
  close_boxes(0);
  while (!open_.empty() && open_.back().level >= level) close();
}

// A box in the block of a task is a step of it, unless its id says more: "1.2" in 1, a review.
bool SpecflowReader::is_own(const TaskHead& head) const {
  if (open_.empty()) return true;
  const auto& around = draft_.list.tasks[open_.back().task];
  if (open_.back().level != 0 && !around.box) return false;
  return head.id.find('.') != std::string::npos || is_review_id(head.id) || open_.back().level != 0;
}

void SpecflowReader::read_box(const Line& line) {
  if (list_) end_list();
  is_behind_boxes_ = true;
  close_boxes(line.indent);
  auto head = find_head(line.rest);
  if (head && is_own(*head)) return add_task(line, std::move(*head));
  if (!open_.empty()) return add_step(line);
  const auto& title = stack_.empty() ? std::string() : sections_[stack_.back()].title;
  ignore(line, title.empty() ? "no id" : fmt::format("no id, in '{}'", title));
}

void SpecflowReader::ignore(const Line& line, std::string why) {
  draft_.list.ignored.push_back({line.number, std::string(trim(line.text)), std::move(why)});
}

void SpecflowReader::add_step(const Line& line) {
  ignore(line, fmt::format("a step of {}", task().id));
  const bool is_done = state_of_mark(*line.box, Dialect::specflow) == State::done;
  auto& [done, all] = steps_[open_.back().task];
  ++all;
  if (is_done) {
    ++done;
  } else if (task().box && task().state == State::done && all == done + 1) {
    Note note;
    note.kind = Note::Kind::contradiction;
    note.line = line.number;
    note.text = fmt::format("{} is ticked, and this step of it is not", task().id);
    draft_.notes.push_back({std::move(note), {open_.back().task}});
  }
}

// The labels that the headings above give.
void SpecflowReader::place(Task& task) const {
  for (const auto i : stack_) {
    const auto& section = sections_[i];
    if (!section.track.empty()) {
      task.track = section.track;
      // "Parallel Execution Tracks" above it is no phase.
      if (lower(task.phase).substr(0, 6) != "phase ") task.phase.clear();
    } else if (section.level > 1) {
      task.phase = section.title;
    }
  }
  const auto track = track_of_review(task.id);
  if (!track.empty()) task.track = track;
}

void SpecflowReader::add_task(const Line& line, TaskHead head) {
  Task task;
  task.id = std::move(head.id);
  task.title = plain_title(head.title);
  task.line_text = std::string(line.text);
  task.line = line.number;
  task.begin = line.offset;
  task.box = line.box;
  if (line.box) task.state = state_of_mark(*line.box, Dialect::specflow);
  if (is_review_id(task.id)) {
    task.kind = lower(task.id.substr(0, 2)) == "rw" ? Kind::conditional : Kind::review;
  } else if (line.star) {
    task.kind = Kind::optional;
  }
  task.files = files_in_title(head.title);
  place(task);
  const bool is_heading = line.kind == Line::Kind::heading;
  open_.push_back({draft_.list.tasks.size(), line.indent, is_heading ? line.level : 0});
  sections_of_.push_back(stack_);
  draft_.list.tasks.push_back(std::move(task));
  draft_.drafts.emplace_back();
  read_title(line);
}

void SpecflowReader::add_heading_task(const Line& line, const TaskHead& head) {
  tasks_without_box_.push_back(draft_.list.tasks.size());
  add_task(line, head);
}

// It is done when all of its boxes are ticked; without boxes nobody can know.
void SpecflowReader::note_heading_tasks() {
  if (tasks_without_box_.empty()) return;
  for (const auto i : tasks_without_box_) {
    const auto steps = steps_.find(i);
    const bool is_done = steps != steps_.end() && steps->second.first == steps->second.second;
    if (is_done) draft_.list.tasks[i].state = State::done;
  }
  Note note;
  note.line = draft_.list.tasks[tasks_without_box_.front()].line;
  note.text = fmt::format(
      "{} without a box, done when all boxes under the heading are ticked: such a task can be "
      "planned and imported, but not ticked with one byte",
      counted(tasks_without_box_.size(), "task"));
  draft_.notes.push_back({std::move(note), tasks_without_box_});
}

void SpecflowReader::read_text(const Line& line) {
  const auto text = trim(line.text);
  const bool is_rule = line.indent == 0 && text.size() >= 3 &&
                       text.find_first_not_of(text.front()) == npos &&
                       std::string_view("-*_").find(text.front()) != npos;
  if (is_rule) return close_boxes(0);
  if (text.front() == '>' && !stack_.empty()) {
    const auto quoted = text.find_first_not_of("> ");
    if (quoted != npos) remarks_.push_back({stack_.back(), line.number, text.substr(quoted)});
  }
  if (open_.empty()) return read_section_needs(line);
  read_verdict(line);
  if (list_ && line.indent > list_->indent) return read_listed_needs(line);
  end_list();
  const auto meta = find_meta(line.text);
  const bool is_needs = meta && needs_key(meta->key) == NeedsKey::yes;
  if (is_needs && meta->value.empty()) {
    list_ = Needslist{line.indent, line.number, false};
    return;
  }
  bool says_needs = false;
  for (auto next = meta; next; next = find_meta(next->rest)) {
    read_meta(*next, line.number);
    says_needs = says_needs || needs_key(next->key) == NeedsKey::yes;
  }
  if (says_needs) return;
  const auto clause = find_needs(text);
  if (!clause) return;
  // "Depends on Task 3" as a sentence, "_Dependencies: 3_" behind other text; but not "install
  // the dependencies: a, b".
  const auto before = text.substr(0, clause->begin);
  const bool is_sentence = clause->is_prose && before.find_first_not_of("-*+> ") == npos;
  const bool is_marked = !before.empty() && (before.back() == '_' || before.back() == '*');
  if (is_sentence || is_marked) add_needs(parse_expression(clause->text, line.number));
}

// "**Dependencies**: Track A" between a heading and its tasks.
void SpecflowReader::read_section_needs(const Line& line) {
  const auto meta = find_meta(line.text);
  const bool is_needs = meta && needs_key(meta->key) == NeedsKey::yes;
  if (!is_needs || stack_.empty() || is_behind_boxes_) return;
  auto& section = sections_[stack_.back()];
  auto expression = parse_expression(meta->value, line.number);
  // Of a plan as a whole: the Node that it needs, or another feature. Nothing waits for that.
  const bool is_part = !section.track.empty() || lower(section.title).substr(0, 6) == "phase ";
  if (!expression.unread.empty() && !is_part) {
    Note note;
    note.kind = Note::Kind::contradiction;
    note.line = line.number;
    note.text = fmt::format("names no task that '{}' waits for: not obeyed", section.title);
    draft_.notes.push_back({std::move(note), {}});
    return;
  }
  section.says_needs = true;
  auto& needs = section.needs;
  needs.is_none = needs.is_none || expression.is_none;
  needs.references.insert(needs.references.end(), expression.references.begin(),
                          expression.references.end());
  needs.unread.insert(needs.unread.end(), expression.unread.begin(), expression.unread.end());
}

// "Dependencies:" with an item for each below it.
void SpecflowReader::read_listed_needs(const Line& line) {
  auto text = trim(line.text);
  text.remove_prefix(std::min(text.find_first_not_of("-*+ "), text.size()));
  list_->has_items = true;
  add_needs(parse_expression(text, line.number));
}

void SpecflowReader::end_list() {
  if (list_ && !list_->has_items) draft().unread.push_back({"Dependencies:", list_->line});
  list_.reset();
}

void SpecflowReader::read_meta(const Meta& meta, int line) {
  const auto needs = needs_key(meta.key);
  if (needs == NeedsKey::yes) {
    add_needs(parse_expression(meta.value, line));
  } else if (needs == NeedsKey::maybe) {
    if (const auto possible = parse_possible_needs(meta.value, line)) add_needs(*possible);
  } else if (meta.key == "blocks") {
    auto expression = parse_expression(meta.value, line);
    auto& blocks = draft().blocks;
    blocks.insert(blocks.end(), expression.references.begin(), expression.references.end());
    auto& unread = draft().unread;
    unread.insert(unread.end(), expression.unread.begin(), expression.unread.end());
  } else if (meta.key == "requirements" || meta.key == "requirement") {
    if (!task().requirements.empty()) task().requirements += ", ";
    task().requirements += meta.value;
  } else if (meta.key == "agent") {
    task().agent = std::string(meta.value);
  } else if (contains(kFiles, meta.key)) {
    for (auto& path : find_paths(meta.value)) task().files.push_back(std::move(path));
  } else if (meta.key == "trigger" && task().kind != Kind::review) {
    task().kind = Kind::conditional;
  }
}

void SpecflowReader::add_needs(const Expression& expression) {
  if (expression.is_none) draft().is_independent = true;
  auto& needs = draft().needs;
  needs.insert(needs.end(), expression.references.begin(), expression.references.end());
  auto& unread = draft().unread;
  unread.insert(unread.end(), expression.unread.begin(), expression.unread.end());
}

// "Title (depends on Task 3)".
void SpecflowReader::read_title(const Line& line) {
  const auto clause = find_needs(line.rest);
  if (!clause) return;
  if (const auto expression = parse_clause(*clause, line.number)) add_needs(*expression);
}

// A review that is ticked and did not pass.
void SpecflowReader::read_verdict(const Line& line) {
  static constexpr std::array<std::string_view, 5> kBad = {
      "requires change", "requires revision", "changes requested", "not approved", "rejected"};
  if (task().state != State::done || task().kind == Kind::conditional) return;
  if (line.text.find("tatus") == npos && line.text.find("TATUS") == npos) return;
  const auto lowered = lower(line.text);
  const auto at = lowered.find("status");
  if (at == std::string::npos) return;
  const auto colon = lowered.find_first_not_of("*_ ", at + 6);
  if (colon == std::string::npos || lowered[colon] != ':') return;
  const bool is_bad = std::any_of(kBad.begin(), kBad.end(), [&](std::string_view verdict) {
    return lowered.find(verdict, colon) != std::string::npos;
  });
  if (!is_bad) return;
  Note note;
  note.kind = Note::Kind::contradiction;
  note.line = line.number;
  note.text = fmt::format("{} is ticked, and this line says that it did not pass", task().id);
  draft_.notes.push_back({std::move(note), {open_.back().task}});
}

// A heading counts for all that stands under it; of the reviews, that of a track for the reviews
// whose id names that track, wherever they stand.
void SpecflowReader::apply_sections() {
  std::map<std::string, std::size_t> by_track;
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    if (!sections_[i].track.empty()) by_track.emplace(lower(sections_[i].track), i);
  }
  for (std::size_t i = 0; i < draft_.drafts.size(); ++i) {
    const auto& task = draft_.list.tasks[i];
    auto& draft = draft_.drafts[i];
    auto sections = sections_of_[i];
    const auto track = lower(track_of_review(task.id));
    if (!track.empty()) {
      const auto is_other = [&](std::size_t section) {
        const auto& label = sections_[section].track;
        return !label.empty() && lower(label) != track;
      };
      const auto others = std::remove_if(sections.begin(), sections.end(), is_other);
      const bool is_elsewhere = others != sections.end();
      sections.erase(others, sections.end());
      const auto own = by_track.find(track);
      if (is_elsewhere && own != by_track.end()) sections.push_back(own->second);
    }
    for (const auto index : sections) {
      const auto& section = sections_[index];
      if (!section.says_needs) continue;
      const auto why = section.track.empty() ? "phase" : "track " + section.track;
      for (auto reference : section.needs.references) {
        reference.why = why;
        draft.track_needs.push_back(std::move(reference));
      }
      if (section.needs.is_none) draft.is_independent = true;
      const auto& unread = section.needs.unread;
      draft.unread.insert(draft.unread.end(), unread.begin(), unread.end());
    }
  }
}

}  // namespace

Draftlist read_specflow(std::string_view text, const Scan& scan) {
  return SpecflowReader(text, scan).run();
}

}  // namespace chant::tasks
