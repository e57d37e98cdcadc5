#include "spec/parts.h"

#include "spec/key_line.h"
#include "util/error.h"

namespace chant::spec {

namespace {

bool is_comment_or_blank(std::string_view line) {
  const auto first = line.find_first_not_of(" \t");
  return first == std::string_view::npos || line[first] == '#';
}

Span span_of(const std::vector<Line>& lines, std::size_t first, std::size_t limit) {
  const bool is_block = opens_block_scalar(lines[first].text);
  const auto indent = indent_of(lines[first].text);
  auto last = limit;
  for (; last > first + 1; --last) {
    const auto line = lines[last - 1].text;
    const bool is_content = is_block && indent_of(line) > indent && indent_of(line) < line.size();
    if (is_content || !is_comment_or_blank(line)) break;
  }
  return {lines[first].begin, lines[last - 1].end};
}

}  // namespace

Parts take_apart(std::string_view text, const std::string& shown) {
  Parts parts{text, read_frontmatter(text, shown), {}, {}};
  const auto& frontmatter = parts.frontmatter;
  for (auto at = frontmatter.yaml; at < frontmatter.close;) {
    parts.lines.push_back(line_at(text, at));
    at = parts.lines.back().end;
  }
  const auto& entries = frontmatter.root.entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto index = [&](int line) {
      return static_cast<std::size_t>(line - frontmatter.first_line);
    };
    const auto limit = i + 1 < entries.size() ? index(entries[i + 1].line) : parts.lines.size();
    const auto first = index(entries[i].line);
    if (first >= limit) {
      fail("{}:{}: cannot edit frontmatter with several keys on one line", shown, entries[i].line);
    }
    parts.spans.push_back(span_of(parts.lines, first, limit));
  }
  return parts;
}

std::string line_end_of(const Parts& parts, std::size_t begin) {
  const auto line = line_at(parts.text, begin);
  const auto end = line.begin + line.text.size();
  return end == line.end ? "\n" : std::string{parts.text.substr(end, line.end - end)};
}

}  // namespace chant::spec
