#include "spec/key_line.h"

#include "spec/lines.h"

namespace chant::spec {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Offset after the quoted scalar at `at`; the end of the text when it is not closed there.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
      if (!doubled) return at + 1;
      ++at;
    }
  }
  return text.size();
}

// Offset of the first `#` from `at` on that has a blank before it; the end when there is none.
std::size_t find_comment(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] == '#' && (at == 0 || is_blank(text[at - 1]))) return at;
  }
  return text.size();
}

// As find_comment, for a flow list or map: `#` inside its quoted scalars is no comment.
std::size_t find_comment_in_flow(std::string_view text) {
  char before = '[';
  for (std::size_t at = 0; at < text.size();) {
    const bool starts_scalar = std::string_view{"[{,:"}.find(before) != npos;
    if (starts_scalar && (text[at] == '"' || text[at] == '\'')) {
      at = skip_quoted(text, at);
      before = '"';
      continue;
    }
    if (text[at] == '#' && at > 0 && is_blank(text[at - 1])) return at;
    if (!is_blank(text[at])) before = text[at];
    ++at;
  }
  return text.size();
}

// Length of the value at the start of `text`, without what follows it on the line.
std::size_t value_length(std::string_view text) {
  if (text.empty() || text.front() == '#') return 0;
  std::size_t end = 0;
  if (text.front() == '"' || text.front() == '\'') {
    end = skip_quoted(text, 0);
  } else if (text.front() == '[' || text.front() == '{') {
    end = find_comment_in_flow(text);
  } else {
    end = find_comment(text, 0);
  }
  return without_trailing_blanks(text.substr(0, end)).size();
}

std::size_t find_colon(std::string_view line) {
  auto at = indent_of(line);
  if (at < line.size() && (line[at] == '"' || line[at] == '\'')) at = skip_quoted(line, at);
  for (; at < line.size(); ++at) {
    if (line[at] == ':' && (at + 1 == line.size() || is_blank(line[at + 1]))) return at;
  }
  return npos;
}

}  // namespace

std::optional<KeyLine> split_key_line(std::string_view line) {
  const auto colon = find_colon(line);
  if (colon == npos) return std::nullopt;
  const auto rest = line.substr(colon + 1);
  const auto start = rest.find_first_not_of(" \t");
  const auto value = start == npos ? std::string_view{} : rest.substr(start);
  const auto length = value_length(value);
  KeyLine parts{line.substr(0, colon + 1), {}, {}, rest};
  if (length == 0) return parts;
  parts.gap = rest.substr(0, start);
  parts.value = value.substr(0, length);
  parts.tail = value.substr(length);
  return parts;
}

bool opens_block_scalar(std::string_view line) {
  const auto parts = split_key_line(line);
  return parts && !parts->value.empty() &&
         (parts->value.front() == '|' || parts->value.front() == '>');
}

}  // namespace chant::spec
