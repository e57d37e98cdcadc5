#include "git/trailers.h"

#include "util/text.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace chant::git {
namespace {

constexpr std::string_view kScissors = "------------------------ >8 ------------------------";
constexpr std::string_view kSignOff = "Signed-off-by: ";
constexpr std::string_view kPicked = "(cherry picked from commit ";

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_blank(std::string_view line) { return std::all_of(line.begin(), line.end(), is_space); }
bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
bool is_comment(std::string_view line, std::string_view comment) {
  return !comment.empty() && starts_with(line, comment);
}

// With their line ends, so that together they are the text again.
using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string text_of(const Lines& lines, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += lines[i];
  return text;
}

// Length of the key of a line that may be a trailer, 0 when it is none.
std::size_t key_length(std::string_view line) {
  bool blank_seen = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ':') return i;
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!blank_seen && (word || c == '-')) continue;
    if (i == 0 || (c != ' ' && c != '\t')) return 0;
    blank_seen = true;
  }
  return 0;
}

std::optional<Trailer> trailer_of(std::string_view line) {
  const std::size_t length = key_length(line);
  if (length == 0) return std::nullopt;
  return Trailer{std::string(trim(line.substr(0, length))),
                 std::string(trim(line.substr(length + 1)))};
}

// The number of lines that are the message: without the scissors line and what follows it, and
// without comments, blank lines and an old list of conflicts at the end.
std::size_t message_size(const Lines& lines, std::string_view comment) {
  std::size_t size = 0;
  bool in_conflicts = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (is_comment(line, comment)) {
      const std::string_view rest = line.substr(comment.size());
      if (starts_with(rest, " ") && trim(rest) == kScissors) break;
      continue;
    }
    if (is_blank(line)) continue;
    if (line == "Conflicts:\n") in_conflicts = true;
    if (in_conflicts && (line == "Conflicts:\n" || line[0] == '\t')) continue;
    in_conflicts = false;
    size = i + 1;
  }
  return size;
}

// True for the lines of a paragraph that git takes for trailers: all of them are, or one is of
// git's own making and a quarter are.
bool is_trailer_block(const Lines& lines, std::size_t from, std::size_t to,
                      std::string_view comment) {
  std::size_t trailers = 0;
  std::size_t others = 0;
  bool of_git = false;
  bool in_trailer = false;
  for (std::size_t i = from; i < to; ++i) {
    const std::string_view line = lines[i];
    if (is_comment(line, comment)) {
      in_trailer = false;
    } else if (is_space(line[0])) {
      if (!in_trailer) ++others;
    } else {
      const bool known = starts_with(line, kSignOff) || starts_with(line, kPicked);
      in_trailer = known || key_length(line) > 0;
      ++(in_trailer ? trailers : others);
      of_git = of_git || known;
    }
  }
  return of_git ? trailers * 3 >= others : trailers > 0 && others == 0;
}

// The line after the title paragraph of a message that ends at `size`.
std::size_t title_end(const Lines& lines, std::size_t size, std::string_view comment) {
  std::size_t i = 0;
  while (i < size && (is_blank(lines[i]) || is_comment(lines[i], comment))) ++i;
  while (i < size && (is_comment(lines[i], comment) || !is_blank(lines[i]))) ++i;
  return i;
}

// The first line of the trailer block of a message that ends at `size`; `size` when it has none.
std::size_t block_start(const Lines& lines, std::size_t size, std::string_view comment) {
  const std::size_t least = title_end(lines, size, comment);
  std::size_t start = size;
  while (start > 0 && (is_comment(lines[start - 1], comment) || !is_blank(lines[start - 1]))) {
    --start;
  }
  return start > least && is_trailer_block(lines, start, size, comment) ? start : size;
}

bool has(const std::vector<Trailer>& trailers, const Trailer& wanted) {
  return std::any_of(trailers.begin(), trailers.end(), [&](const Trailer& one) {
    return lower(one.key) == lower(wanted.key) && one.value == wanted.value;
  });
}

bool is_key(const std::vector<std::string>& keys, const std::string& key) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& one) { return lower(one) == lower(key); });
}

// `lines` up to `size` without the trailers with these keys that stand in trailer blocks of other
// messages. A block of nothing else goes with the blank lines after it.
Lines without_inner_trailers(const Lines& lines, std::size_t size,
                             const std::vector<std::string>& keys, std::string_view comment) {
  const std::size_t title = title_end(lines, size, comment);
  Lines kept;
  for (std::size_t from = 0; from < size;) {
    std::size_t to = from;
    while (to < size && !is_blank(lines[to])) ++to;
    std::size_t next = to;
    while (next < size && is_blank(lines[next])) ++next;
    const bool inner = from >= title && next < size && is_trailer_block(lines, from, to, comment);
    Lines rest;
    for (std::size_t i = from; i < to; ++i) {
      const auto trailer = inner ? trailer_of(lines[i]) : std::nullopt;
      if (!trailer || !is_key(keys, trailer->key)) rest.push_back(lines[i]);
    }
    if (!inner || !rest.empty()) {
      kept.insert(kept.end(), rest.begin(), rest.end());
      for (std::size_t i = to; i < next; ++i) kept.push_back(lines[i]);
    }
    from = next;
  }
  return kept;
}

}  // namespace

std::vector<Trailer> find_trailers(std::string_view message, std::string_view comment) {
  const Lines lines = lines_of(message);
  const std::size_t size = message_size(lines, comment);
  std::vector<Trailer> trailers;
  bool in_trailer = false;
  for (std::size_t i = block_start(lines, size, comment); i < size; ++i) {
    if (is_comment(lines[i], comment)) continue;
    if (is_space(lines[i][0])) {
      if (in_trailer) trailers.back().value += " " + std::string(trim(lines[i]));
      continue;
    }
    auto trailer = trailer_of(lines[i]);
    in_trailer = trailer.has_value();
    if (trailer) trailers.push_back(std::move(*trailer));
  }
  return trailers;
}

std::string with_trailers(std::string_view message, const std::vector<Trailer>& trailers,
                          std::string_view comment) {
  std::vector<Trailer> known = find_trailers(message, comment);
  std::string added;
  const Lines lines = lines_of(message);
  const std::size_t size = message_size(lines, comment);
  if (size == 0 || is_blank_message(message, comment)) return std::string(message);
  const bool crlf =
      lines[size - 1].size() > 1 && lines[size - 1].substr(lines[size - 1].size() - 2) == "\r\n";
  const std::string end = crlf ? "\r\n" : "\n";
  for (const Trailer& trailer : trailers) {
    if (has(known, trailer)) continue;
    known.push_back(trailer);
    added += trailer.key + ": " + trailer.value + end;
  }
  if (added.empty()) return std::string(message);
  std::string text = text_of(lines, 0, size);
  if (text.back() != '\n') text += end;
  if (block_start(lines, size, comment) == size) text += end;
  text += added;
  if (size < lines.size() && !is_blank(lines[size])) text += end;
  return text + text_of(lines, size, lines.size());
}

bool is_blank_message(std::string_view message, std::string_view comment) {
  const Lines lines = lines_of(message);
  const std::size_t size = message_size(lines, comment);
  return std::all_of(
      lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(size), [&](std::string_view line) {
        return is_blank(line) || is_comment(line, comment) || starts_with(line, kSignOff);
      });
}

bool same_message(std::string_view a, std::string_view b, std::string_view comment) {
  const auto words_of = [&](std::string_view message) {
    const Lines lines = lines_of(message);
    const std::size_t size = message_size(lines, comment);
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < size; ++i) {
      if (!is_blank(lines[i]) && !is_comment(lines[i], comment)) words.push_back(trim(lines[i]));
    }
    return words;
  };
  return words_of(a) == words_of(b);
}

std::vector<Trailer> find_listed_trailers(std::string_view message,
                                          const std::vector<std::string>& keys,
                                          std::string_view comment) {
  const Lines lines = lines_of(message);
  const std::size_t size = message_size(lines, comment);
  std::vector<Trailer> found;
  for (std::size_t i = 0; i < size; ++i) {
    if (is_comment(lines[i], comment)) continue;
    auto trailer = trailer_of(trim(lines[i]));
    if (!trailer || trailer->value.empty() || !is_key(keys, trailer->key)) continue;
    if (!has(found, *trailer)) found.push_back(std::move(*trailer));
  }
  return found;
}

std::string hoist_trailers(std::string_view message, const std::vector<std::string>& keys,
                           std::string_view comment) {
  const std::vector<Trailer> found = find_listed_trailers(message, keys, comment);
  if (found.empty()) return std::string(message);
  const Lines lines = lines_of(message);
  const std::size_t size = message_size(lines, comment);
  const Lines kept = without_inner_trailers(lines, size, keys, comment);
  return with_trailers(text_of(kept, 0, kept.size()) + text_of(lines, size, lines.size()), found,
                       comment);
}

std::string comment_prefix(std::string_view message, std::string_view configured) {
  if (configured.empty()) return "#";
  if (configured != "auto") return std::string(configured);
  constexpr std::string_view kCandidates = "#;@!$%^&|:";
  std::string_view last;
  for (const std::string_view line : lines_of(message)) {
    if (is_blank(line)) continue;
    const bool candidate = kCandidates.find(line[0]) != std::string_view::npos;
    if (candidate && trim(line.substr(1)) == kScissors) return std::string(line.substr(0, 1));
    last = line;
  }
  const bool template_line = !last.empty() && kCandidates.find(last[0]) != std::string_view::npos &&
                             (last.size() == 1 || is_space(last[1]));
  return template_line ? std::string(last.substr(0, 1)) : "#";
}

}  // namespace chant::git
