#include "tasks/details.h"

#include "tasks/json.h"
#include "tasks/scan.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kBlank = " \t";

std::string_view blanks_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(kBlank), line.size()));
}

bool is_empty(const Line& line) { return trim(line.text).empty(); }

// The blanks that all these lines begin with.
std::string_view common_blanks(const std::vector<Line>& lines, std::size_t from) {
  std::optional<std::string_view> common;
  for (std::size_t i = from; i < lines.size(); ++i) {
    if (is_empty(lines[i])) continue;
    const auto blanks = blanks_of(lines[i].text);
    if (!common) common = blanks;
    const auto end = std::mismatch(common->begin(), common->end(), blanks.begin(), blanks.end());
    common = common->substr(0, static_cast<std::size_t>(end.first - common->begin()));
  }
  return common.value_or(std::string_view{});
}

std::string_view without_blanks(std::string_view line, std::size_t count) {
  return line.substr(std::min(count, blanks_of(line).size()));
}

// Without empty lines at the beginning and the end; with a newline at the end when there is
// anything.
std::string trimmed_lines(const std::vector<std::string>& lines) {
  std::size_t begin = 0, end = lines.size();
  while (begin < end && trim(lines[begin]).empty()) ++begin;
  while (end > begin && trim(lines[end - 1]).empty()) --end;
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += lines[i] + "\n";
  return text;
}

// Takes the boxes out of a text, with what belongs to them.
class Boxtaker {
 public:
  Boxtaker(std::string_view text, Dialect dialect) : scan_(scan(text)), dialect_(dialect) {}

  void run() {
    for (std::size_t i = 0; i < scan_.lines.size();) {
      const Line& line = scan_.lines[i];
      if (line.kind != Line::Kind::box || line.star) {
        keep(line);
        ++i;
        continue;
      }
      if (heading_ != npos) emptied_.insert(heading_);
      const auto end = end_of_item(i);
      const auto blanks = blanks_of(line.text).size();
      for (; i < end; ++i) boxes += shown(scan_.lines[i], blanks) + "\n";
    }
  }

  [[nodiscard]] std::string text() {
    // A heading below which only boxes stood says nothing any more.
    for (const auto heading : emptied_) {
      std::size_t next = heading + 1;
      while (next < kept_.size() && trim(kept_[next]).empty()) ++next;
      if (next == kept_.size() || kept_[next].front() == '#') kept_[heading].clear();
    }
    return trimmed_lines(kept_);
  }

  std::string boxes;

 private:
  void keep(const Line& line) {
    if (line.kind == Line::Kind::heading) {
      heading_ = kept_.size();
    } else if (!is_empty(line)) {
      heading_ = npos;
    }
    kept_.push_back(line.kind == Line::Kind::box ? shown(line, 0) : std::string(line.text));
  }

  [[nodiscard]] std::string shown(const Line& line, std::size_t blanks) const {
    const auto text = without_blanks(line.text, blanks);
    if (line.kind != Line::Kind::box) return std::string(text);
    const bool is_done = state_of_mark(*line.box, dialect_) == State::done;
    const auto* box = line.star ? "" : is_done ? "[x] " : "[ ] ";
    return std::string(blanks_of(text)) + "- " + box + std::string(line.rest);
  }

  // A line that goes on with the one above, although it does not stand deeper.
  [[nodiscard]] static bool goes_on(const Line& line) {
    constexpr std::string_view kBegins = "-*+#>|_0123456789";
    return line.kind == Line::Kind::text && kBegins.find(trim(line.text).front()) == npos &&
           !find_meta(line.text);
  }

  [[nodiscard]] std::size_t end_of_item(std::size_t item) const {
    const auto& lines = scan_.lines;
    auto end = item + 1;
    while (end < lines.size()) {
      auto next = end;
      while (next < lines.size() && is_empty(lines[next])) ++next;
      if (next == lines.size()) return end;
      const bool is_deeper = lines[next].indent > lines[item].indent;
      if (!is_deeper && (next != end || !goes_on(lines[next]))) return end;
      end = next + 1;
      const bool is_fence = lines[next].kind == Line::Kind::fence;
      while (is_fence && end < lines.size() && lines[end].kind == Line::Kind::fence) ++end;
    }
    return end;
  }

  Scan scan_;
  Dialect dialect_;
  std::vector<std::string> kept_;
  std::set<std::size_t> emptied_;  // headings in kept_
  std::size_t heading_ = npos;     // in kept_, when nothing but empty lines and boxes follow it
};

void add_section(Details& details, std::string heading, std::string_view text, Dialect dialect) {
  if (trim(text).empty()) return;
  Boxtaker taker(text, dialect);
  taker.run();
  details.boxes += taker.boxes;
  auto rest = taker.text();
  if (!rest.empty()) details.sections.push_back({std::move(heading), std::move(rest)});
}

// Letters and digits alone, and what is not ASCII.
std::string bare(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (is_word) letters += c;
  }
  return lower(letters);
}

// "high", "P1", "1": what people write, as a number of which the highest goes first.
std::optional<long> priority_of(std::string_view text) {
  static constexpr std::array<std::array<std::string_view, 4>, 5> kNames = {
      {{"critical", "urgent", "highest", "p0"},
       {"high", "important", "must", "p1"},
       {"medium", "normal", "should", "p2"},
       {"low", "minor", "could", "p3"},
       {"lowest", "trivial", "backlog", "p4"}}};
  auto word = lower(trim(text));
  word = word.substr(0, word.find_first_of(" (,;"));
  if (word.size() == 1 && word.front() >= '0' && word.front() <= '4') word = "p" + word;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const auto& names = kNames.at(i);
    if (std::find(names.begin(), names.end(), word) != names.end()) {
      return 2 - static_cast<long>(i);
    }
  }
  return std::nullopt;
}

// "User Story 1 - Login (Priority: P1)".
std::optional<long> priority_of_phase(std::string_view phase) {
  constexpr std::string_view kWord = "(priority:";
  const auto text = lower(phase);
  const auto at = text.find(kWord);
  if (at == npos) return std::nullopt;
  const auto value = std::string_view(text).substr(at + kWord.size());
  return priority_of(value.substr(0, value.find(')')));
}

Details details_of_block(const List& list, std::string_view block, const Task& task) {
  Details details;
  const auto scanned = scan(block);
  const auto& lines = scanned.lines;
  if (lines.empty()) return details;
  const auto& own = lines.front();
  const auto line = own.kind == Line::Kind::text ? trim(own.text) : own.rest;
  if (bare(line) != bare(task.id) + bare(task.title)) details.line = std::string(trim(line));
  const auto blanks = common_blanks(lines, 1).size();
  std::string rest;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto meta = find_meta(lines[i].text);
    if (meta && meta->key == "priority") details.priority = priority_of(meta->value);
    rest += std::string(without_blanks(lines[i].text, blanks)) + "\n";
  }
  if (!details.priority) details.priority = priority_of_phase(task.phase);
  add_section(details, "", rest, list.dialect);
  return details;
}

struct Field {
  std::string_view name, heading;
};

// The items of a list of criteria are boxes, whether they are written so or not.
std::string with_boxes(std::string_view text) {
  std::string boxes;
  for (const auto& line : split(text, '\n')) {
    const auto bullet = line.find_first_not_of("0123456789");
    const bool is_item = bullet != npos && line.find_first_of("-*+.)") == bullet &&
                         line.substr(bullet + 1, 1) == " " && line.substr(bullet + 2, 1) != "[" &&
                         (bullet == 0) == (std::string_view("-*+").find(line[bullet]) != npos);
    boxes += is_item ? line.substr(0, bullet + 2) + "[ ] " + line.substr(bullet + 2) : line;
    boxes += '\n';
  }
  return boxes;
}

Details details_of_record(const List& list, std::string_view block) {
  constexpr std::string_view kCriteria = "acceptance_criteria";
  static constexpr std::array<Field, 3> kTaskmaster = {
      {{"description", ""}, {"details", "Details"}, {"testStrategy", "Test strategy"}}};
  static constexpr std::array<Field, 4> kBeads = {{{"description", ""},
                                                   {"design", "Design"},
                                                   {kCriteria, "What must hold"},
                                                   {"notes", "Notes"}}};
  Details details;
  Json json;
  try {
    json = parse_json(block);
  } catch (const JsonError&) {
    return details;  // it was read as JSON before
  }
  const auto add = [&](const Field& field) {
    const auto text = json.text_of(field.name);
    add_section(details, std::string(field.heading),
                field.name == kCriteria ? with_boxes(text) : text, list.dialect);
  };
  const bool is_beads = list.dialect == Dialect::beads;
  if (is_beads) {
    std::for_each(kBeads.begin(), kBeads.end(), add);
  } else {
    std::for_each(kTaskmaster.begin(), kTaskmaster.end(), add);
  }
  details.priority = priority_of(json.text_of("priority"));
  if (!is_beads) return details;
  if (auto type = json.text_of("issue_type"); !type.empty()) details.labels.push_back(type);
  const auto* labels = json.find("labels");
  if (labels == nullptr) return details;
  for (const auto& label : labels->items) {
    if (!label.text.empty()) details.labels.push_back(label.text);
  }
  return details;
}

}  // namespace

Details details_of(const List& list, std::string_view text, const Task& task) {
  const auto begin = std::min(task.begin, text.size());
  const auto block = text.substr(begin, std::max(task.end, begin) - begin);
  const bool is_record = list.dialect == Dialect::taskmaster || list.dialect == Dialect::beads;
  return is_record ? details_of_record(list, block) : details_of_block(list, block, task);
}

}  // namespace chant::tasks
