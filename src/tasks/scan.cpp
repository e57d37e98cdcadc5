#include "tasks/scan.h"

#include "util/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kBlank = " \t";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kEmojiStyle = "\xEF\xB8\x8F";
constexpr std::size_t kTab = 4;
constexpr std::size_t kMaxIndent = 3;      // of a fence or heading, in what contains it
constexpr std::size_t kMaxBoxLength = 16;  // longer text in brackets looks like no box
constexpr std::size_t kMaxFence = 16;      // longer fences count as this long
constexpr std::size_t kMaxOrdinal = 9;     // digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim_blank(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::size_t run_length(std::string_view text, char mark) {
  return std::min(text.find_first_not_of(mark), text.size());
}

// How a line begins: what it is quoted by, and how far its text is from there.
struct Start {
  std::size_t quotes = 0;
  std::size_t indent = 0;
  std::string_view body;
};

Start start_of(std::string_view text) {
  Start start;
  for (;;) {
    const auto mark = text.find_first_not_of(' ');
    if (mark == npos || mark > kMaxIndent || text[mark] != '>') break;
    text.remove_prefix(mark + 1);
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    ++start.quotes;
  }
  std::size_t at = 0;
  for (; at < text.size() && is_blank(text[at]); ++at) {
    start.indent = text[at] == ' ' ? start.indent + 1 : (start.indent / kTab + 1) * kTab;
  }
  start.body = text.substr(at);
  return start;
}

// Length of the bullet that `body` begins with, 0 when there is none.
std::size_t bullet_length(std::string_view body) {
  if (body.empty()) return 0;
  std::size_t length = 1;
  if (body.front() != '-' && body.front() != '*' && body.front() != '+') {
    length = 0;
    while (length < body.size() && length < kMaxOrdinal && is_digit(body[length])) ++length;
    if (length == 0 || length == body.size()) return 0;
    if (body[length] != '.' && body[length] != ')') return 0;
    ++length;
  }
  if (length == body.size() || is_blank(body[length])) return length;
  // "-[ ]" is a box that somebody typed in a hurry; "*[ ]*" is emphasis.
  return body[length] == '[' && body.front() != '*' ? length : 0;
}

// True when `text` is one character: one byte, or one sequence of UTF-8, as an emoji or not.
bool is_one_character(std::string_view text) {
  if (text.size() > kEmojiStyle.size() && text.substr(text.size() - 3) == kEmojiStyle) {
    text.remove_suffix(kEmojiStyle.size());
  }
  if (text.size() == 1) return true;
  return find_invalid_utf8(text) == npos && static_cast<unsigned char>(text.front()) >= 0xC0 &&
         std::all_of(text.begin() + 1, text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; });
}

// What brackets at the beginning of a list item are.
struct Brackets {
  std::optional<Box> box;  // its offset counts from the '['
  std::string_view after;
  std::string why;  // it looks like a box and is none
};

Brackets parse_brackets(std::string_view text) {
  Brackets brackets;
  if (text.empty() || text.front() != '[') return brackets;
  const auto close = text.substr(0, kMaxBoxLength + 2).find(']');
  if (close == npos) return brackets;
  const auto inside = text.substr(1, close - 1);
  const auto mark = trim_blank(inside);
  const auto after = text.substr(close + 1);
  const bool is_link = !after.empty() && (after.front() == '(' || after.front() == '[');
  if (!mark.empty() && (is_link || mark.find('[') != npos)) return brackets;
  if (mark.empty()) {
    brackets.box = Box{1, inside.size(), ' '};
  } else if (mark == "P") {
    brackets.why = "[P] alone is a legend, no box";
  } else if (is_one_character(mark)) {
    brackets.box = Box{1, inside.size(), mark.size() == 1 ? mark.front() : '?'};
  } else {
    brackets.why = "the brackets hold more than one character";
  }
  brackets.after = after;
  return brackets;
}

struct Fence {
  char mark = '\0';
  std::size_t length = 0;
  bool has_info = false;
};

std::optional<Fence> find_fence(std::string_view body) {
  if (body.empty() || (body.front() != '`' && body.front() != '~')) return std::nullopt;
  const auto length = run_length(body, body.front());
  const auto info = trim_blank(body.substr(length));
  if (length < 3 || (body.front() == '`' && info.find('`') != npos)) return std::nullopt;
  return Fence{body.front(), std::min(length, kMaxFence), !info.empty()};
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Scan run() {
    split_lines();
    for (std::size_t i = 0; i < scan_.lines.size();) {
      const auto end = find_hidden_end(i);
      if (end > i) {
        hide(i, end);
        i = end;
      } else {
        classify(scan_.lines[i++]);
      }
    }
    return std::move(scan_);
  }

 private:
  void split_lines();
  void classify(Line& line);
  bool classify_heading(Line& line, std::string_view body);
  void classify_item(Line& line, std::string_view body, std::size_t bullet);
  void hide(std::size_t begin, std::size_t end);
  [[nodiscard]] std::size_t find_hidden_end(std::size_t index);
  [[nodiscard]] std::size_t find_fence_end(std::size_t index, const Start& start, Fence fence);
  [[nodiscard]] std::size_t find_comment_end(std::size_t index);
  [[nodiscard]] std::size_t container_of(std::size_t indent);
  [[nodiscard]] std::size_t& unclosed(char mark) { return unclosed_[mark == '`' ? 0 : 1]; }

  std::string_view text_;
  Scan scan_;
  std::vector<std::size_t> containers_;  // columns at which the text of open list items begins
  std::array<std::size_t, 2> unclosed_ = {npos, npos};  // fences as long as this never end
  bool has_comments_ = true;
};

void Scanner::split_lines() {
  std::size_t at = text_.substr(0, kByteOrderMark.size()) == kByteOrderMark ? 3 : 0;
  scan_.lines.reserve(static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n')) + 1);
  for (int number = 1; at < text_.size(); ++number) {
    const auto newline = text_.find('\n', at);
    auto stop = std::min(newline, text_.size());
    if (newline != npos && stop > at && text_[stop - 1] == '\r') --stop;
    Line line;
    line.text = text_.substr(at, stop - at);
    line.offset = at;
    line.number = number;
    scan_.lines.push_back(line);
    at = newline == npos ? text_.size() : newline + 1;
  }
}

// The column of the innermost list item that a line belongs to.
std::size_t Scanner::container_of(std::size_t indent) {
  while (!containers_.empty() && containers_.back() > indent) containers_.pop_back();
  return containers_.empty() ? 0 : containers_.back();
}

void Scanner::classify(Line& line) {
  const auto start = start_of(line.text);
  line.indent = start.indent;
  if (start.body.empty()) return;
  static_cast<void>(container_of(start.indent));
  // A quoted heading gives the document no structure.
  if (start.quotes == 0 && classify_heading(line, start.body)) return;
  const auto bullet = bullet_length(start.body);
  if (bullet != 0) classify_item(line, start.body, bullet);
}

bool Scanner::classify_heading(Line& line, std::string_view body) {
  const auto level = run_length(body, '#');
  if (level == 0 || level > 6 || line.indent > kMaxIndent) return false;
  if (level < body.size() && !is_blank(body[level])) return false;
  auto rest = trim_blank(body.substr(level));
  const auto brackets = parse_brackets(rest);
  if (brackets.box) {
    line.box = brackets.box;
    line.box->offset += static_cast<std::size_t>(rest.data() - text_.data());
    rest = trim_blank(brackets.after);
  }
  const auto last = rest.find_last_not_of('#');
  if (last == npos) {
    rest = {};
  } else if (last + 1 < rest.size() && is_blank(rest[last])) {
    rest = trim_blank(rest.substr(0, last));
  }
  line.kind = Line::Kind::heading;
  line.level = level;
  line.rest = rest;
  return true;
}

void Scanner::classify_item(Line& line, std::string_view body, std::size_t bullet) {
  const auto blanks = std::min(body.find_first_not_of(kBlank, bullet), body.size()) - bullet;
  const auto item = body.substr(bullet + blanks);
  containers_.push_back(line.indent + bullet + (blanks == 0 || blanks > kTab ? 1 : blanks));
  const auto brackets = parse_brackets(item);
  if (!brackets.why.empty()) {
    scan_.odd.push_back({line.number, std::string(trim_blank(line.text)), brackets.why});
  }
  if (!brackets.box) return;
  line.kind = Line::Kind::box;
  line.box = brackets.box;
  line.box->offset += static_cast<std::size_t>(item.data() - text_.data());
  auto rest = brackets.after;
  // "[ ]* 1.2" is optional; "[ ]**Title**" is emphasis.
  if (!rest.empty() && rest.front() == '*' &&
      (rest.size() == 1 || is_blank(rest[1]) || is_digit(rest[1]))) {
    line.star = true;
    rest.remove_prefix(1);
  }
  line.rest = trim_blank(rest);
}

// The index behind what is not text at `index`: a fenced block, a comment; `index` when it is text.
std::size_t Scanner::find_hidden_end(std::size_t index) {
  const auto start = start_of(scan_.lines[index].text);
  if (start.body.substr(0, 4) == "<!--") return find_comment_end(index);
  const auto fence = find_fence(start.body);
  if (!fence || fence->length >= unclosed(fence->mark)) return index;
  const auto end = find_fence_end(index, start, *fence);
  if (end != index) return end;
  // Any fence after this one that is as long never ends either: each length is looked for once.
  unclosed(fence->mark) = fence->length;
  if (scan_.unclosed_fence == 0) scan_.unclosed_fence = scan_.lines[index].number;
  return index;
}

// A fence ends where it is closed, at the end of the quote that it is in, and before a box that
// stands left of the list item it is in. Other text may stand left of that: people indent the fence
// and not the code.
std::size_t Scanner::find_fence_end(std::size_t index, const Start& start, Fence fence) {
  const auto container = container_of(start.indent);
  const auto max_indent = std::max(container + kMaxIndent, start.indent);
  for (std::size_t i = index + 1; i < scan_.lines.size(); ++i) {
    const auto line = start_of(scan_.lines[i].text);
    if (line.quotes < start.quotes) return i;
    if (line.quotes > start.quotes || line.body.empty()) continue;
    if (line.indent < container) {
      const auto bullet = bullet_length(line.body);
      const auto item = trim_blank(line.body.substr(bullet));
      if (bullet != 0 && parse_brackets(item).box) return i;
    }
    if (line.body.front() != fence.mark || line.indent > max_indent) continue;
    const auto closing = find_fence(line.body);
    if (closing && !closing->has_info && closing->length >= fence.length) return i + 1;
  }
  return start.quotes != 0 ? scan_.lines.size() : index;
}

std::size_t Scanner::find_comment_end(std::size_t index) {
  const auto& lines = scan_.lines;
  const auto open =
      static_cast<std::size_t>(start_of(lines[index].text).body.data() - text_.data());
  const auto close = has_comments_ ? text_.find("-->", open + 2) : npos;  // "<!-->" is a whole one
  if (close == npos) {
    has_comments_ = false;
    return index;
  }
  if (close < lines[index].offset + lines[index].text.size()) return index;
  auto end = index + 1;
  while (end < lines.size() && lines[end].offset <= close) ++end;
  return end;
}

void Scanner::hide(std::size_t begin, std::size_t end) {
  const bool is_comment = start_of(scan_.lines[begin].text).body.front() == '<';
  for (std::size_t i = begin; i < end; ++i) {
    auto& line = scan_.lines[i];
    line.kind = Line::Kind::fence;
    const auto start = start_of(line.text);
    line.indent = start.indent;
    const auto bullet = bullet_length(start.body);
    if (bullet == 0 || !parse_brackets(trim_blank(start.body.substr(bullet))).box) continue;
    scan_.odd.push_back({line.number, std::string(trim_blank(line.text)),
                         is_comment ? "in a comment" : "in a code block"});
  }
}

}  // namespace

Scan scan(std::string_view text) { return Scanner(text).run(); }

std::string_view find_box_fault(std::string_view text, const Box& box) {
  if (box.length != 1) {
    return "has not the width of one character, so ticking it would move the rest of the line: "
           "write '[ ]'";
  }
  if (text.substr(box.offset, 1) == "\t") return "has a tab in it: write '[ ]'";
  const auto behind = text.substr(std::min(box.offset + 2, text.size()), 1);
  if (behind != "(" && behind != "[") return {};
  return "would be a link when it is ticked: put a blank behind it";
}

}  // namespace chant::tasks
