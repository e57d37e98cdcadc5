#include "tasks/specflow.h"
#include "tasks/words.h"
#include "util/text.h"

#include <algorithm>
#include <array>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return lower(text.substr(0, prefix.size())) == prefix;
}

std::string_view without_stars(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of('*'), text.size()));
}

// "1.2", "1.x.1", "1.2a"; more than one number.
bool is_dotted(std::string_view id) {
  std::size_t parts = 0;
  for (;;) {
    const auto length = std::min(id.find_first_not_of("0123456789"), id.size());
    const bool is_any = parts != 0 && length == 0 && !id.empty() && id.front() == 'x';
    if (length == 0 && !is_any) return false;
    id.remove_prefix(is_any ? 1 : length);
    ++parts;
    if (id.empty() || id.front() != '.') break;
    id.remove_prefix(1);
  }
  return parts > 1 && (id.empty() || (id.size() == 1 && id.front() >= 'a' && id.front() <= 'g'));
}

// "A1", "T001".
bool is_lettered(std::string_view id) {
  const auto letters = std::min(id.find_first_of("0123456789"), id.size());
  return letters != 0 && letters <= 4 && letters < id.size() &&
         std::all_of(id.begin(), id.begin() + static_cast<std::ptrdiff_t>(letters), is_letter) &&
         id.find_first_not_of("0123456789.", letters) == npos;
}

// An id at the beginning of a text, and how it is set off from what follows.
struct Start {
  std::string_view id;
  std::string_view rest;
  bool is_set_off = false;  // by a point or colon, or by bold
};

std::optional<Start> start_of(std::string_view text) {
  Start start;
  std::size_t end = 0;
  while (end < text.size() &&
         (is_digit(text[end]) || is_letter(text[end]) || text[end] == '.' || text[end] == '-')) {
    ++end;
  }
  start.id = text.substr(0, end);
  if (!start.id.empty() && start.id.back() == '.') {
    start.id.remove_suffix(1);
    start.is_set_off = true;
  }
  start.rest = text.substr(end);
  const auto skip = [&start](std::string_view characters) {
    const auto length = std::min(start.rest.find_first_not_of(characters), start.rest.size());
    start.rest.remove_prefix(length);
    start.is_set_off = start.is_set_off || length != 0;
  };
  skip("*:)");
  if (start.id.empty() || (!start.rest.empty() && !is_blank(start.rest.front()))) {
    return std::nullopt;
  }
  start.rest = trim(start.rest);
  start.is_set_off = start.is_set_off || start.rest.substr(0, 2) == "**";
  return start;
}

bool is_number(std::string_view id) {
  constexpr std::size_t kMaxDigits = 9;
  return !id.empty() && id.size() <= kMaxDigits && id.find_first_not_of("0123456789") == npos;
}

}  // namespace

// A number alone may be a part of the title, and so may the name of a review: they count as ids
// when they are set off. The others need not be.
std::optional<TaskHead> find_head(std::string_view text) {
  text = trim(without_stars(text));
  const bool has_word = starts_with(text, "task ");
  if (has_word) text = trim(without_stars(trim(text.substr(5))));
  const auto start = start_of(text);
  if (!start) return std::nullopt;
  const bool is_id = is_dotted(start->id) || is_number(start->id) || is_review_id(start->id) ||
                     is_lettered(start->id);
  if (!is_id || !(start->is_set_off || is_dotted(start->id))) return std::nullopt;
  return TaskHead{std::string(start->id), start->rest};
}

std::optional<TaskHead> find_heading_task(std::string_view text) {
  text = trim(without_stars(text));
  if (!starts_with(text, "task ")) return std::nullopt;
  const auto start = start_of(trim(without_stars(trim(text.substr(5)))));
  if (!start) return std::nullopt;
  auto head = find_head(text);
  const bool is_alone = start->rest.empty() || start->rest.front() == '-';
  const bool is_id = is_number(start->id) || is_dotted(start->id);
  if (!head && is_id && is_alone) head = TaskHead{std::string(start->id), start->rest};
  if (head && !head->title.empty() && head->title.front() == '-') {
    head->title = trim(head->title.substr(1));
  }
  return head;
}

std::string find_track(std::string_view heading) {
  const auto plain = plain_text(heading.substr(0, heading.find('(')));
  const auto tokens = tokens_of(plain);
  const auto is_last = [&](std::size_t at) { return at + 1 == tokens.size(); };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool is_numbered = i + 2 == tokens.size() && is_number(tokens[i + 1].text);
    const auto before = trim(std::string_view(plain).substr(
        0, static_cast<std::size_t>(tokens[i].text.data() - plain.data())));
    if (tokens[i].lowered == "review" && i != 0 && (is_last(i) || is_numbered)) {
      return std::string(trim(plain));
    }
    if (tokens[i].lowered != "track") continue;
    if (i == 0) {
      if (is_last(i)) return {};
      const auto label = tokens[1].text;
      const bool is_short = label.size() == 1 || is_number(label);
      const bool is_set_off = tokens.size() > 2 && tokens[2].kind != Token::Kind::word;
      return is_short || is_set_off ? std::string(label) : std::string();
    }
    if (!is_last(i) && !is_numbered) continue;
    auto label = std::string(before);
    if (is_numbered) label += ' ' + std::string(tokens[i + 1].text);
    return label;
  }
  return {};
}

std::string track_of_review(std::string_view id) {
  if (!is_review_id(id) || id.size() != 4 || id[2] != '-' || !is_letter(id[3])) return {};
  return std::string(1, id[3] >= 'a' ? static_cast<char>(id[3] - 'a' + 'A') : id[3]);
}

std::string_view inside_parentheses(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (auto at = open; at < text.size(); ++at) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return text.substr(open + 1, at - open - 1);
  }
  return text.substr(open + 1);
}

std::optional<NeedsClause> find_needs(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kWords = {
      "dependencies:", "dependency:", "depends on:", "depends:", "depends on ", "blocked by "};
  static constexpr std::array<std::string_view, 3> kPossible = {"after ", "requires ", "needs "};
  static constexpr std::array<std::string_view, 4> kSigns = {"epend", "EPEND", "locked by",
                                                             "LOCKED BY"};
  static constexpr std::array<std::string_view, 6> kOthers = {"fter ",    "FTER ", "equires ",
                                                              "EQUIRES ", "eeds ", "EEDS "};
  const auto is_in = [text](std::string_view sign) { return text.find(sign) != npos; };
  const bool has_word = std::any_of(kSigns.begin(), kSigns.end(), is_in) ||
                        (is_in("(") && std::any_of(kOthers.begin(), kOthers.end(), is_in));
  if (!has_word) return std::nullopt;
  const auto lowered = lower(text);
  std::optional<NeedsClause> possible;
  for (auto open = text.find('('); open != npos; open = text.find('(', open + 1)) {
    const auto at = std::string_view(lowered).substr(open + 1);
    const auto behind = [&](std::size_t length) {
      const auto content = inside_parentheses(text, open);
      return trim(content.substr(std::min(length, content.size())));
    };
    if (starts_with(at, "no dep")) return NeedsClause{behind(0), open + 1};
    for (const auto word : kWords) {
      if (starts_with(at, word)) return NeedsClause{behind(word.size()), open + 1};
    }
    for (const auto word : kPossible) {
      if (possible || !starts_with(at, word)) continue;
      possible = NeedsClause{behind(word.size()), open + 1, false, true};
    }
  }
  if (possible && !parse_possible_needs(possible->text, 0)) possible.reset();
  for (const auto word : kWords) {
    const auto at = lowered.find(word);
    const bool is_word = at != std::string::npos && (at == 0 || !is_letter(lowered[at - 1]));
    const bool is_prose = word.back() == ' ';
    if (!is_word || (is_prose && possible)) continue;
    return NeedsClause{trim(text.substr(at + word.size())), at, is_prose};
  }
  return possible;
}

std::optional<Expression> parse_clause(const NeedsClause& clause, int line) {
  if (clause.is_possible) return parse_possible_needs(clause.text, line);
  auto expression = parse_expression(clause.text, line);
  // In running text only what can be read in full is a dependency.
  const bool is_title =
      clause.is_prose && (expression.references.empty() || !expression.unread.empty());
  if (is_title) return std::nullopt;
  return expression;
}

NamedTasks find_members(const std::string& plain, int line) {
  NamedTasks members;
  const auto tokens = tokens_of(plain);
  const auto is_id = [&tokens](std::size_t at) {
    return at < tokens.size() && (is_task_id(tokens[at].text) || find_id_range(tokens[at].text));
  };
  std::size_t at = 0;
  for (;; ++at) {
    if (at == tokens.size()) return members;
    const bool is_word = tokens[at].lowered == "task" || tokens[at].lowered == "tasks";
    if (is_word && is_id(at + 1)) break;
  }
  members.begin = static_cast<std::size_t>(tokens[at].text.data() - plain.data());
  for (++at; at < tokens.size(); ++at) {
    const auto& token = tokens[at];
    if (token.kind == Token::Kind::separator || token.lowered.substr(0, 4) == "task") continue;
    const bool joins =
        token.kind == Token::Kind::dash || token.lowered == "to" || token.lowered == "through";
    if (joins && is_id(at + 1) && members.references.back().kind == Reference::Kind::task) {
      members.references.back().kind = Reference::Kind::range;
      members.references.back().last = std::string(tokens[++at].text);
    } else if (is_id(at)) {
      const auto range = find_id_range(token.text);
      Reference reference;
      reference.kind = range ? Reference::Kind::range : Reference::Kind::task;
      reference.first = std::string(range ? range->first : token.text);
      if (range) reference.last = std::string(range->second);
      reference.line = line;
      members.references.push_back(std::move(reference));
    } else {
      break;
    }
    const auto end = tokens[at].text.data() + tokens[at].text.size();
    members.end = static_cast<std::size_t>(end - plain.data());
  }
  return members;
}

}  // namespace chant::tasks
