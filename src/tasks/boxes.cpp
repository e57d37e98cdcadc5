#include "tasks/boxes.h"

#include "tasks/words.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 4> kRequirements = {"requirements", "requirement",
                                                           "validates", "refs"};
constexpr std::array<std::string_view, 7> kFiles = {
    "file", "files", "boundary", "target files", "target_files", "owned files", "owned_files"};

bool is_known(std::string_view key) {
  return needs_key(key) != NeedsKey::no || contains(kRequirements, key) || contains(kFiles, key) ||
         key == "agent" || key == "blocks";
}

// Length of a bullet with the blank behind it, 0 when there is none.
std::size_t bullet_length(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto marks = digits == 0 ? std::string_view("-*+") : std::string_view(".)");
  const bool is_bullet =
      digits + 1 < text.size() && marks.find(text[digits]) != npos && is_blank(text[digits + 1]);
  return is_bullet ? digits + 2 : 0;
}

void add_all(std::vector<std::string>& to, std::vector<std::string> from) {
  for (auto& item : from) {
    if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(std::move(item));
  }
}

constexpr std::size_t kMaxInside = 4096;  // bytes in parentheses

// What is in the parentheses that begin at `open`.
std::string_view inside(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  text = text.substr(0, open + kMaxInside);
  for (auto at = open; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return text.substr(open + 1, at - open - 1);
  }
  return text.substr(open + 1);
}

// The longest beginning of `text` that is a list of ids, "" when it begins with none.
std::string ids_at_start(std::string_view text) {
  const auto plain = plain_text(text);
  std::size_t end = 0;
  for (const auto& token : tokens_of(plain)) {
    const bool is_id = token.kind == Token::Kind::word &&
                       (is_task_id(token.text) || find_id_range(token.text)) &&
                       std::any_of(token.text.begin(), token.text.end(), is_digit);
    const bool joins = token.kind == Token::Kind::separator || token.kind == Token::Kind::dash ||
                       token.lowered == "task" || token.lowered == "tasks";
    if (!is_id && !joins) break;
    if (is_id) end = static_cast<std::size_t>(token.text.data() - plain.data()) + token.text.size();
  }
  return plain.substr(0, end);
}

class BoxReader {
 public:
  BoxReader(std::string_view text, const Scan& scan, const BoxRules& rules)
      : text_(text), scan_(scan), rules_(rules) {}

  Boxes run();

 private:
  void read_line(const Line& line);
  void read_heading(const Line& line);
  void read_box(const Line& line);
  void read_text(const Line& line);
  void add_task(const Line& line, Task task);
  void ignore(const Line& line);
  void read_title(const Line& line);
  void read_meta(const Meta& meta, int line);
  void read_needs(std::string_view text, int line);
  void add_needs(const Expression& expression);
  void extend(const Line& line);
  [[nodiscard]] bool goes_on(const Line& line) const;
  [[nodiscard]] Task& task() { return boxes_.draft.list.tasks.back(); }
  [[nodiscard]] Draft& draft() { return boxes_.draft.drafts.back(); }

  std::string_view text_;
  const Scan& scan_;
  const BoxRules& rules_;
  Boxes boxes_;
  std::string heading_;
  bool is_open_ = false;         // the block of the last task still goes on
  bool is_after_blank_ = false;  // the line before was empty
  bool is_in_code_ = false;      // the last line that was not empty is of a code block
  bool has_open_step_ = false;
  std::size_t indent_ = 0;  // of the last task
  std::size_t level_ = 0;   // of the heading that it is, 0 when it is none
};

Boxes BoxReader::run() {
  for (const auto& line : scan_.lines) read_line(line);
  boxes_.draft.totals = find_totals(scan_);
  return std::move(boxes_);
}

void BoxReader::read_line(const Line& line) {
  if (line.kind == Line::Kind::heading) {
    read_heading(line);
  } else if (trim(line.text).empty()) {
    is_after_blank_ = true;
    return;
  } else {
    // Code within a block may stand left of it.
    const bool is_code = is_in_code_ && line.kind == Line::Kind::fence;
    is_open_ = is_open_ && (is_code || goes_on(line));
    if (line.kind == Line::Kind::box) {
      read_box(line);
    } else if (is_open_) {
      if (line.kind == Line::Kind::text) read_text(line);
      extend(line);
    }
  }
  is_after_blank_ = false;
  is_in_code_ = line.kind == Line::Kind::fence;
}

// Whether a line that is no task of its own belongs to the task before it.
bool BoxReader::goes_on(const Line& line) const {
  if (level_ != 0 || line.indent > indent_) return true;
  if (line.kind != Line::Kind::text || line.indent < indent_) return false;
  const auto text = trim(line.text);
  if (bullet_length(text) == 0) return !is_after_blank_ && text.find_first_not_of("-=*_ ") != npos;
  const auto meta = find_meta(line.text);
  return meta && is_known(meta->key);
}

void BoxReader::extend(const Line& line) {
  const auto newline = text_.find('\n', line.offset + line.text.size());
  task().end = newline == npos ? text_.size() : newline + 1;
}

void BoxReader::read_heading(const Line& line) {
  if (level_ == 0 || line.level <= level_) is_open_ = false;
  if (rules_.on_heading) rules_.on_heading(line);
  if (line.level > 1) heading_ = plain_title(line.rest);
  if (line.box) {
    read_box(line);
  } else if (is_open_) {
    extend(line);
  }
}

void BoxReader::read_box(const Line& line) {
  Task task;
  if (rules_.take(line, is_open_, task)) {
    add_task(line, std::move(task));
  } else {
    ignore(line);
  }
}

void BoxReader::add_task(const Line& line, Task new_task) {
  new_task.line_text = std::string(line.text);
  new_task.title = plain_title(new_task.title.empty() ? line.rest : new_task.title);
  new_task.line = line.number;
  new_task.begin = line.offset;
  new_task.box = line.box;
  new_task.state = state_of_mark(*line.box, rules_.dialect);
  if (line.star) new_task.kind = Kind::optional;
  if (new_task.phase.empty()) new_task.phase = heading_;
  add_all(new_task.files, files_in_title(line.rest));
  boxes_.draft.list.tasks.push_back(std::move(new_task));
  boxes_.draft.drafts.emplace_back();
  boxes_.says_needs.push_back(0);
  is_open_ = true;
  has_open_step_ = false;
  indent_ = line.indent;
  level_ = line.kind == Line::Kind::heading ? line.level : 0;
  extend(line);
  read_title(line);
}

void BoxReader::ignore(const Line& line) {
  auto why = heading_.empty() ? std::string("no id") : fmt::format("no id, in '{}'", heading_);
  if (is_open_) {
    why = task().id.empty() ? fmt::format("a step of the task of line {}", task().line)
                            : fmt::format("a step of {}", task().id);
    extend(line);
    const bool is_open_step = state_of_mark(*line.box, rules_.dialect) != State::done;
    if (is_open_step && task().state == State::done && !has_open_step_) {
      has_open_step_ = true;
      Note note;
      note.kind = Note::Kind::contradiction;
      note.line = line.number;
      note.text = fmt::format("{} is ticked, and this step of it is not",
                              task().id.empty() ? "the task" : task().id);
      boxes_.draft.notes.push_back({note, {boxes_.draft.list.tasks.size() - 1}});
    }
  }
  const auto own = rules_.why_not ? rules_.why_not(line) : std::string();
  if (!own.empty()) why = own;
  boxes_.draft.list.ignored.push_back({line.number, std::string(trim(line.text)), why});
}

// "(depends on T012, T013)", "(after T012)", and "depends on T012" where ids follow; other words
// are the title's.
void BoxReader::read_title(const Line& line) {
  static constexpr std::array<std::string_view, 6> kOpening = {
      "depends on ", "depends: ", "depends on: ", "dependencies: ", "dependency: ", "blocked by "};
  static constexpr std::array<std::string_view, 3> kPossible = {"after ", "requires ", "needs "};
  const auto lowered = lower(line.rest);
  for (auto open = lowered.find('('); open != std::string::npos; open = lowered.find('(', open)) {
    ++open;
    for (const auto word : kOpening) {
      if (!starts_with(std::string_view(lowered).substr(open), word)) continue;
      const auto text = inside(line.rest, open - 1);
      read_needs(text.substr(std::min(word.size(), text.size())), line.number);
      open += text.size();
      break;
    }
    for (const auto word : kPossible) {
      if (!starts_with(std::string_view(lowered).substr(open), word)) continue;
      const auto text = inside(line.rest, open - 1);
      const auto words = text.substr(std::min(word.size(), text.size()));
      if (const auto possible = parse_possible_needs(words, line.number)) add_needs(*possible);
      open += text.size();
      break;
    }
  }
  constexpr std::string_view kWord = "depends on ";
  const auto at = lowered.find(kWord);
  if (at == std::string::npos || boxes_.says_needs.back() != 0) return;
  const auto ids = ids_at_start(line.rest.substr(at + kWord.size()));
  if (!ids.empty()) read_needs(ids, line.number);
}

void BoxReader::read_text(const Line& line) {
  auto text = trim(line.text);
  text.remove_prefix(bullet_length(text));
  constexpr std::string_view kWord = "depends on ";
  bool is_meta = false;
  for (auto meta = find_meta(line.text); meta; meta = find_meta(meta->rest)) {
    if (!is_known(meta->key)) continue;
    is_meta = true;
    read_meta(*meta, line.number);
  }
  if (!is_meta && starts_with(lower(text.substr(0, kWord.size())), kWord)) {
    read_needs(text.substr(kWord.size()), line.number);
  }
}

void BoxReader::read_meta(const Meta& meta, int line) {
  const auto needs = needs_key(meta.key);
  if (needs == NeedsKey::yes) {
    read_needs(meta.value, line);
  } else if (needs == NeedsKey::maybe) {
    if (const auto possible = parse_possible_needs(meta.value, line)) add_needs(*possible);
  } else if (contains(kRequirements, meta.key)) {
    if (!task().requirements.empty()) task().requirements += ", ";
    task().requirements += meta.value;
  } else if (meta.key == "boundary") {
    for (const auto& part : split(meta.value, ','))
      add_all(task().files, {std::string(trim(part))});
  } else if (contains(kFiles, meta.key)) {
    add_all(task().files, find_paths(meta.value));
  } else if (meta.key == "agent") {
    task().agent = std::string(meta.value);
  } else if (meta.key == "blocks") {
    auto expression = parse_expression(meta.value, line);
    auto& unread = draft().unread;
    unread.insert(unread.end(), expression.unread.begin(), expression.unread.end());
    auto& blocks = draft().blocks;
    blocks.insert(blocks.end(), expression.references.begin(), expression.references.end());
  }
}

void BoxReader::read_needs(std::string_view text, int line) {
  add_needs(parse_expression(text, line));
}

void BoxReader::add_needs(const Expression& expression) {
  boxes_.says_needs.back() = 1;
  auto& needs = draft().needs;
  needs.insert(needs.end(), expression.references.begin(), expression.references.end());
  auto& unread = draft().unread;
  unread.insert(unread.end(), expression.unread.begin(), expression.unread.end());
}

}  // namespace

Boxes read_boxes(std::string_view text, const Scan& scan, const BoxRules& rules) {
  return BoxReader(text, scan, rules).run();
}

}  // namespace chant::tasks
