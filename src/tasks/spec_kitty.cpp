// The tasks.md of spec-kitty: work packages as headings, their dependencies, their subtasks as
// boxes. What is done it keeps in a log of events beside the list, so no box here is one that git
// chant ticks; the boxes only tell what the list knew last.
#include "tasks/boxes.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Package {
  std::string id;
  std::string_view title;
};

// "WP01 — Title", "Work Package WP01: Title"; a heading that names one later is about something
// else.
std::optional<Package> find_package(std::string_view heading) {
  const auto start = heading.find_first_not_of("* ");
  if (start == npos) return std::nullopt;
  heading.remove_prefix(start);
  constexpr std::string_view kWords = "work package ";
  if (lower(heading.substr(0, kWords.size())) == kWords) heading.remove_prefix(kWords.size());
  if (lower(heading.substr(0, 2)) != "wp") return std::nullopt;
  std::size_t end = 2;
  while (end < heading.size() && is_digit(heading[end])) ++end;
  if (end == 2 || (end < heading.size() && is_word(heading[end]))) return std::nullopt;
  Package package;
  package.id = std::string(heading.substr(0, end));
  const auto title =
      std::find_if(heading.begin() + static_cast<std::ptrdiff_t>(end), heading.end(), is_word);
  package.title = heading.substr(static_cast<std::size_t>(title - heading.begin()));
  return package;
}

class SpecKitty {
 public:
  SpecKitty(std::string_view text, const Scan& scan) : text_(text), scan_(scan) {}

  Draftlist run();

 private:
  void read_heading(const Line& line);
  void add_package(const Line& line, const Package& package);
  void read_box(const Line& line);
  void read_text(const Line& line);
  void read_needs(std::string_view text, int line);
  void close();
  [[nodiscard]] Task& task() { return boxes_.draft.list.tasks.back(); }

  std::string_view text_;
  const Scan& scan_;
  Boxes boxes_;
  std::set<std::string> ids_;
  bool is_open_ = false;   // within a work package
  bool is_needs_ = false;  // below its heading "Dependencies"
  std::size_t level_ = 0;
  std::size_t rows_ = 0, open_rows_ = 0;
};

void SpecKitty::close() {
  if (is_open_ && rows_ != 0 && open_rows_ == 0) task().state = State::done;
  is_open_ = false;
  is_needs_ = false;
  rows_ = open_rows_ = 0;
}

void SpecKitty::read_heading(const Line& line) {
  const auto package = find_package(line.rest);
  const bool is_new = package && ids_.insert(lower(package->id)).second;
  if (is_new || line.level <= level_) close();
  if (is_new) return add_package(line, *package);
  is_needs_ = is_open_ && lower(plain_title(line.rest)).substr(0, 9) == "dependenc";
}

void SpecKitty::add_package(const Line& line, const Package& package) {
  Task task;
  task.id = package.id;
  task.title = plain_title(package.title);
  task.line_text = std::string(line.text);
  task.line = line.number;
  task.begin = line.offset;
  boxes_.draft.list.tasks.push_back(std::move(task));
  boxes_.draft.drafts.emplace_back();
  boxes_.says_needs.push_back(0);
  is_open_ = true;
  level_ = line.level;
  const auto lowered = lower(line.rest);
  const auto at = lowered.find("(depends");
  if (at == std::string::npos) return;
  const auto text = line.rest.substr(at + 8, line.rest.find(')', at) - at - 8);
  read_needs(text.substr(std::min(text.find_first_not_of(": on"), text.size())), line.number);
}

void SpecKitty::read_box(const Line& line) {
  const auto why = is_open_ ? fmt::format("a step of {}", task().id) : "in no work package";
  boxes_.draft.list.ignored.push_back({line.number, std::string(trim(line.text)), why});
  if (!is_open_) return;
  ++rows_;
  if (state_of_mark(*line.box, Dialect::spec_kitty) != State::done) ++open_rows_;
}

void SpecKitty::read_text(const Line& line) {
  const auto meta = find_meta(line.text);
  constexpr std::string_view kWord = "depends on ";
  auto text = trim(line.text);
  text.remove_prefix(std::min(text.find_first_not_of("-*+ "), text.size()));
  if (meta && (meta->key == "dependencies" || meta->key == "depends on" || meta->key == "depends" ||
               meta->key == "dependency")) {
    read_needs(meta->value, line.number);
  } else if (lower(text.substr(0, kWord.size())) == kWord) {
    read_needs(text.substr(kWord.size()), line.number);
  } else if (is_needs_) {
    read_needs(text, line.number);
  } else if (meta && (meta->key == "owned files" || meta->key == "owned_files")) {
    for (auto& path : find_paths(meta->value)) task().files.push_back(std::move(path));
  } else if (meta && (meta->key == "requirements" || meta->key == "requirement refs" ||
                      meta->key == "requirement_refs")) {
    task().requirements = std::string(meta->value);
  }
}

void SpecKitty::read_needs(std::string_view text, int line) {
  auto expression = parse_expression(text, line);
  boxes_.says_needs.back() = 1;
  auto& draft = boxes_.draft.drafts.back();
  std::move(expression.references.begin(), expression.references.end(),
            std::back_inserter(draft.needs));
  std::move(expression.unread.begin(), expression.unread.end(), std::back_inserter(draft.unread));
}

Draftlist SpecKitty::run() {
  for (const auto& line : scan_.lines) {
    const bool is_empty = trim(line.text).empty();
    if (line.kind == Line::Kind::heading) {
      read_heading(line);
    } else if (line.kind == Line::Kind::box) {
      read_box(line);
    } else if (line.kind == Line::Kind::text && is_open_ && !is_empty) {
      read_text(line);
    }
    if (!is_open_ || is_empty) continue;
    const auto newline = text_.find('\n', line.offset + line.text.size());
    task().end = newline == npos ? text_.size() : newline + 1;
  }
  close();
  auto& draft = boxes_.draft;
  draft.totals = find_totals(scan_);
  order_by_file(boxes_, false);
  if (draft.list.tasks.empty()) return std::move(draft);
  Note note;
  note.line = draft.list.tasks.front().line;
  note.text = "spec-kitty keeps what is done in its own log; what the boxes say here may be old";
  draft.list.notes.push_back(std::move(note));
  return std::move(draft);
}

}  // namespace

Draftlist read_spec_kitty(std::string_view text, const Scan& scan) {
  return SpecKitty(text, scan).run();
}

}  // namespace chant::tasks
