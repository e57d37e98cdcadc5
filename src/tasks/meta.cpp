#include "tasks/scan.h"
#include "util/text.h"

#include <algorithm>
#include <array>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kWideColon = "\xEF\xBC\x9A";
constexpr std::size_t kMaxKey = 40;
constexpr int kMaxCuts = 16;  // decorations of a title

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_wide(char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// The line without what it is quoted by, its bullet, and an emoji in front.
std::string_view without_lead(std::string_view line) {
  auto text = trim(line);
  while (!text.empty() && text.front() == '>') text = trim(text.substr(1));
  std::size_t bullet = 0;
  while (bullet < text.size() && is_digit(text[bullet])) ++bullet;
  const auto marks = bullet == 0 ? std::string_view("-*+") : std::string_view(".)");
  if (bullet + 1 < text.size() && marks.find(text[bullet]) != npos && is_blank(text[bullet + 1])) {
    text = trim(text.substr(bullet + 1));
  }
  while (!text.empty() && is_wide(text.front())) text.remove_prefix(1);
  return trim(text);
}

std::string_view emphasis_of(std::string_view text) {
  const auto length = text.empty() || (text.front() != '_' && text.front() != '*')
                          ? 0
                          : std::min(text.find_first_not_of(text.front()), text.size());
  return text.substr(0, length <= 3 ? length : 0);
}

bool is_key(std::string_view key) {
  if (key.empty() || key.size() > kMaxKey || !(is_lower(key.front()) || is_upper(key.front()))) {
    return false;
  }
  if (std::count(key.begin(), key.end(), ' ') > 3) return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || std::string_view(" -_/&'").find(c) != npos;
  });
}

// What follows the emphasis that closes at `close` when it is "_Other: value_", else "".
std::string_view find_next_meta(std::string_view value, std::string_view emphasis,
                                std::size_t close) {
  const auto behind = std::min(close + emphasis.size(), value.size());
  const auto next = value.find_first_not_of(" \t,;", behind);
  if (next == npos || next == behind || !starts_with(value.substr(next), emphasis)) return {};
  const auto text = value.substr(next + emphasis.size(), kMaxKey + emphasis.size() + 1);
  const auto colon = text.find(':');
  if (colon == npos) return {};
  auto key = trim(text.substr(0, colon));
  if (ends_with(key, emphasis)) key.remove_suffix(emphasis.size());
  return is_key(key) ? value.substr(next) : std::string_view();
}

// Cuts what closes the emphasis of "_Key: value_" when nothing but decoration or another key
// follows that. Else it stays, so that whoever reads the value sees that there is more.
void cut_closing(Meta& meta, std::string_view emphasis) {
  const auto first = meta.value.find(emphasis);
  if (first == npos) return;
  meta.rest = find_next_meta(meta.value, emphasis, first);
  const auto last = meta.rest.empty() ? meta.value.rfind(emphasis) : first;
  const auto tail = meta.value.substr(last + emphasis.size());
  const bool is_decoration = std::all_of(tail.begin(), tail.end(), [](char c) {
    return is_wide(c) || is_blank(c) || c == '.' || c == ',' || c == ';';
  });
  if (is_decoration || !meta.rest.empty()) meta.value = trim(meta.value.substr(0, last));
}

}  // namespace

std::optional<Meta> find_meta(std::string_view line) {
  if (line.find(':') == npos && line.find(kWideColon) == npos) return std::nullopt;
  auto text = without_lead(line);
  const auto emphasis = emphasis_of(text);
  text.remove_prefix(emphasis.size());
  const auto wide = text.substr(0, kMaxKey + 8).find(kWideColon);
  const auto colon = std::min(text.find(':'), wide);
  if (colon == npos) return std::nullopt;
  auto key = trim(text.substr(0, colon));
  auto value = trim(text.substr(colon + (colon == wide ? kWideColon.size() : 1)));
  if (starts_with(value, "//")) return std::nullopt;
  bool is_closed = emphasis.empty();
  if (!is_closed && ends_with(key, emphasis)) {
    key = trim(key.substr(0, key.size() - emphasis.size()));
    is_closed = true;
  } else if (!is_closed && starts_with(value, emphasis)) {
    value = trim(value.substr(emphasis.size()));
    is_closed = true;
  }
  if (!is_key(key)) return std::nullopt;
  Meta meta{lower(key), value, {}};
  if (!is_closed) cut_closing(meta, emphasis);
  return meta;
}

State state_of_mark(const Box& box, Dialect dialect) {
  if (box.mark == ' ') return State::open;
  if (box.mark == 'x' || box.mark == 'X') return State::done;
  // In Kiro's lists "[-]" is begun and "[~]" is queued; elsewhere people mean five things by them.
  const bool is_kiro = dialect == Dialect::kiro || dialect == Dialect::cc_sdd;
  return is_kiro && (box.mark == '-' || box.mark == '~') ? State::open : State::unknown;
}

namespace {

// Of a run of '*', '_' or '~' in running text: whether it is emphasis, and not "*.ts", "a_b".
bool is_emphasis(std::string_view text, std::size_t begin, std::size_t end) {
  const bool is_first = begin == 0, is_last = end == text.size();
  const char mark = text[begin];
  if (mark == '~' && end - begin < 2) return false;
  const char before = is_first ? ' ' : text[begin - 1];
  const char after = is_last ? ' ' : text[end];
  if (is_blank(before) && is_blank(after)) return is_first || is_last;
  // An underscore within a title belongs to a name.
  if (mark == '_') return is_first || is_last;
  constexpr std::string_view kOpens = " \t([{\"'-:*_~";
  constexpr std::string_view kCloses = " \t)]}\"'-.,:;!?*_~";
  const bool opens =
      kOpens.find(before) != npos && !is_blank(after) && after != '/' && after != '.';
  const bool closes = kCloses.find(after) != npos && !is_blank(before) && before != '/';
  return opens || closes || is_wide(before) || is_wide(after);
}

std::string without_emphasis(std::string_view text) {
  const auto is_mark = [](char c) { return c == '*' || c == '_' || c == '~'; };
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    auto end = at + 1;
    if (c == '`') {
      const auto close = text.find('`', at + 1);
      if (close != npos) end = close + 1;
    } else if (is_mark(c)) {
      end = std::min(text.find_first_not_of(c, at), text.size());
      if (is_emphasis(text, at, end)) {
        at = end;
        continue;
      }
    } else {
      while (end < text.size() && text[end] != '`' && !is_mark(text[end])) ++end;
    }
    plain += text.substr(at, end - at);
    at = end;
  }
  return plain;
}

constexpr std::array<std::string_view, 14> kStatusMarks = {
    "✅", "☑", "✔", "✓", "⏳", "🔄", "❌", "✗", "⚠", "🚧", "⏸", "🚫", "\xEF\xB8\x8F", "\xEF\xBF\xBD"};

// "DONE", "partially complete (50%)", "4h", "~2-3 days": what a person adds behind a title.
bool is_status(std::string_view text) {
  static constexpr std::array<std::string_view, 13> kWords = {
      "done",    "complete", "completed", "approved", "in progress",      "wip",
      "pending", "blocked",  "skipped",   "failed",   "requires changes", "partially complete",
      "partial"};
  auto word = lower(trim(text));
  const auto detail = word.find('(');
  if (detail != std::string::npos) word = std::string(trim(word.substr(0, detail)));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

bool is_estimate(std::string_view text) {
  static constexpr std::array<std::string_view, 18> kUnits = {
      "h",       "hr", "hrs", "hour", "hours", "m",    "min",   "mins", "minute",
      "minutes", "d",  "day", "days", "w",     "week", "weeks", "pt",   "pts"};
  const auto word = lower(trim(text));
  const auto unit = word.find_first_not_of("0123456789.~-+ ");
  if (unit == std::string::npos || word.find_first_of("0123456789") >= unit) return false;
  return std::find(kUnits.begin(), kUnits.end(), std::string_view(word).substr(unit)) !=
         kUnits.end();
}

// Cuts a status mark with what follows it, when that is in capitals or nothing.
bool cut_mark(std::string_view& title) {
  if (std::none_of(title.begin(), title.end(), is_wide)) return false;
  for (const auto mark : kStatusMarks) {
    if (starts_with(title, mark)) {
      title = trim(title.substr(mark.size()));
      return true;
    }
    const auto at = title.rfind(mark);
    if (at == npos) continue;
    const auto tail = title.substr(at + mark.size());
    if (std::any_of(tail.begin(), tail.end(), is_lower) && !is_status(tail)) continue;
    // Such a mark written as UTF-16 cut to its low bytes leaves "=" and a broken character.
    title = trim(title.substr(0, at));
    if (mark == kStatusMarks.back() && ends_with(title, " =")) title.remove_suffix(2);
    return true;
  }
  return false;
}

// Cuts "(4h)", "(DONE)", "- DONE", "_Completed: 2024-01-15_".
bool cut_words(std::string_view& title) {
  const auto note = title.find(':') == npos ? npos : lower(title).rfind("_completed:");
  if (note != npos && note != 0) {
    title = trim(title.substr(0, note));
    return true;
  }
  const bool is_closed = ends_with(title, ")") || ends_with(title, "]");
  const auto open = is_closed ? title.rfind(title.back() == ')' ? '(' : '[') : npos;
  if (open != npos && open != 0) {
    const auto inside = title.substr(open + 1, title.size() - open - 2);
    if (is_estimate(inside) || is_status(inside)) {
      title = trim(title.substr(0, open));
      return true;
    }
  }
  const auto dash = title.rfind(" - ");
  if (dash != npos && dash != 0 && is_status(title.substr(dash + 3)) &&
      std::none_of(title.begin() + static_cast<std::ptrdiff_t>(dash), title.end(), is_lower)) {
    title = trim(title.substr(0, dash));
    return true;
  }
  return false;
}

bool cut_control(std::string_view& title) {
  const auto length = title.size();
  while (!title.empty() && static_cast<unsigned char>(title.back()) < ' ') title.remove_suffix(1);
  return title.size() != length;
}

}  // namespace

std::string plain_title(std::string_view text) {
  const auto plain = without_emphasis(trim(text));
  std::string_view title = trim(plain);
  // A line of nothing but marks must not take a search of the whole line for each of them.
  for (int cut = 0; cut < kMaxCuts && !title.empty(); ++cut) {
    if (!cut_mark(title) && !cut_words(title) && !cut_control(title)) break;
    title = trim(title);
  }
  std::string result;
  for (const char c : title) {
    const bool is_space = c == ' ' || c == '\t' || c == '\r';
    if (!is_space) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  return result;
}

}  // namespace chant::tasks
