#include "tasks/specflow.h"
#include "tasks/words.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMaxDigits = 6;

bool is_number(const Token& token) {
  return token.text.size() <= kMaxDigits && token.text.find_first_not_of("0123456789") == npos;
}

bool is_task_word(const Token& token) {
  return token.lowered == "task" || token.lowered == "tasks";
}

// "32 tasks", "20 numbered tasks", from `at` on.
std::optional<std::size_t> counted_tasks(const std::vector<Token>& tokens, std::size_t at) {
  if (at + 1 >= tokens.size() || !is_number(tokens[at])) return std::nullopt;
  const bool is_next = is_task_word(tokens[at + 1]);
  const bool is_after = at + 2 < tokens.size() && tokens[at + 1].kind == Token::Kind::word &&
                        is_task_word(tokens[at + 2]);
  if (!is_next && !is_after) return std::nullopt;
  return std::stoul(std::string(tokens[at].text));
}

// Of "37 + 5 reviews = 42" the result.
std::optional<std::size_t> first_or_result(const std::vector<Token>& tokens, std::size_t at) {
  std::optional<std::size_t> number;
  bool is_result = true;
  for (; at < tokens.size(); ++at) {
    if (tokens[at].text == "=") is_result = true;
    if (!is_result || !is_number(tokens[at])) continue;
    number = std::stoul(std::string(tokens[at].text));
    is_result = false;
  }
  return number;
}

// The number of tasks that a line with the word "total" at `at` gives.
std::optional<std::size_t> total_at(const std::vector<Token>& tokens, std::size_t at) {
  const auto is = [&](std::size_t i, std::string_view word) {
    return i < tokens.size() && tokens[i].lowered == word;
  };
  if (at + 1 < tokens.size() && is_task_word(tokens[at + 1])) {
    if (at != 0 && is_number(tokens[at - 1])) return std::stoul(std::string(tokens[at - 1].text));
    auto next = at + 2;
    while (next < tokens.size() && tokens[next].text == ":") ++next;
    const bool is_direct = next < tokens.size() && is_number(tokens[next]);
    return is_direct ? first_or_result(tokens, next) : std::nullopt;
  }
  const bool is_behind = at >= 2 && is_task_word(tokens[at - 1]) && is_number(tokens[at - 2]);
  if (is_behind) return std::stoul(std::string(tokens[at - 2].text));
  auto next = at + 1;
  while (next < tokens.size() && (tokens[next].text == ":" || is(next, "of"))) ++next;
  return counted_tasks(tokens, next);
}

// Where the text of a line begins, behind what makes it an item or a quote.
std::size_t start_of(std::string_view text) {
  return std::min(text.find_first_not_of("-*+#> \t"), text.size());
}

// Whether a write has left bytes that no text has: U+FFFD, or controls.
bool is_broken(std::string_view text) {
  const auto is_control = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r';
  };
  const auto is_odd = [](char c) { return c < 0x20 || c > 0x7E; };
  if (std::none_of(text.begin(), text.end(), is_odd)) return false;
  return text.find("\xEF\xBF\xBD") != npos || std::any_of(text.begin(), text.end(), is_control) ||
         find_invalid_utf8(text) != npos;
}

void add_note(Draftlist& draft, int line, std::string text) {
  Note note;
  note.line = line;
  note.text = std::move(text);
  draft.notes.push_back({std::move(note), {}});
}

}  // namespace

std::vector<Total> find_totals(const Scan& scan) {
  std::vector<Total> totals;
  for (const auto& line : scan.lines) {
    const bool is_prose = line.kind == Line::Kind::text || line.kind == Line::Kind::heading;
    const bool has_word = line.text.find("otal") != npos || line.text.find("OTAL") != npos;
    if (!is_prose || !has_word) continue;
    const auto plain = plain_text(line.text);
    const auto tokens = tokens_of(plain);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].lowered != "total") continue;
      const auto count = total_at(tokens, i);
      if (!count) continue;
      totals.push_back({*count, line.number, plain_title(line.text.substr(start_of(line.text)))});
      break;
    }
  }
  return totals;
}

std::vector<std::string> find_paths(std::string_view value) {
  std::vector<std::string> paths;
  if (value.find('`') != npos) {
    for (auto open = value.find('`'); open != npos; open = value.find('`', open)) {
      const auto close = value.find('`', open + 1);
      if (close == npos) break;
      const auto path = trim(value.substr(open + 1, close - open - 1));
      if (!path.empty()) paths.emplace_back(path);
      open = close + 1;
    }
    return paths;
  }
  for (const auto& part : split(value, ',')) {
    auto word = trim(part);
    while (!word.empty() && (word.back() == '.' || word.back() == '_')) word.remove_suffix(1);
    const bool is_path = word.find_first_of(" \t") == npos && word.find_first_of("./") != npos;
    if (is_path && word.find("://") == npos) paths.emplace_back(word);
  }
  return paths;
}

void note_claims(const Scan& scan, Draftlist& draft) {
  draft.totals = find_totals(scan);
  int first_broken = 0;
  std::size_t broken = 0;
  for (const auto& line : scan.lines) {
    const auto text = trim(line.text);
    const bool is_diagram = line.kind == Line::Kind::fence && text.substr(0, 3) == "```" &&
                            lower(text).find("mermaid") != std::string::npos;
    if (is_diagram) add_note(draft, line.number, "a diagram: nothing is read from it");
    if (!is_broken(line.text)) continue;
    if (++broken == 1) first_broken = line.number;
  }
  if (broken == 0) return;
  add_note(draft, first_broken,
           fmt::format("{} with characters that a write has broken, from here on",
                       counted(broken, "line")));
}

}  // namespace chant::tasks
