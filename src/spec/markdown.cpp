#include "spec/markdown.h"

#include "spec/lines.h"
#include "util/text.h"

#include <algorithm>

namespace chant::spec {

namespace {

constexpr std::size_t kMaxIndent = 3;
constexpr auto npos = std::string_view::npos;

std::size_t run_length(std::string_view text, char mark) {
  return std::min(text.find_first_not_of(mark), text.size());
}

}  // namespace

MarkdownReader::MarkdownReader(std::string_view text, std::size_t body)
    : text_(text),
      at_(body),
      line_(1 + static_cast<int>(std::count(
                    text.begin(), text.begin() + static_cast<std::ptrdiff_t>(body), '\n'))) {}

std::optional<MarkdownLine> MarkdownReader::next() {
  if (at_ >= text_.size()) return std::nullopt;
  const auto line = line_at(text_, at_);
  if (without_trailing_blanks(line.text) == "## Agent Output") {
    at_ = text_.size();
    return std::nullopt;
  }
  at_ = line.end;
  return MarkdownLine{classify(line.text), line.text, line.begin, line_++};
}

std::optional<MarkdownReader::Fence> MarkdownReader::find_fence(std::string_view line) {
  const auto indent = indent_of(line);
  if (indent > kMaxIndent || indent == line.size()) return std::nullopt;
  const char mark = line[indent];
  if (mark != '`' && mark != '~') return std::nullopt;
  const auto length = run_length(line.substr(indent), mark);
  const auto info = trim(line.substr(indent + length));
  if (length < 3 || (mark == '`' && info.find('`') != npos)) return std::nullopt;
  return Fence{mark, length, indent, info};
}

MarkdownLine::Kind MarkdownReader::classify(std::string_view line) {
  using Kind = MarkdownLine::Kind;
  const auto fence = find_fence(line);
  if (!in_fence_) {
    if (!fence) return Kind::text;
    fence_ = *fence;
    in_fence_ = true;
    return Kind::fence_open;
  }
  const bool closes =
      fence && fence->mark == fence_.mark && fence->length >= fence_.length && fence->info.empty();
  if (!closes) return Kind::code;
  in_fence_ = false;
  return Kind::fence_close;
}

std::optional<Heading> find_heading(std::string_view line) {
  const auto indent = indent_of(line);
  if (indent > kMaxIndent) return std::nullopt;
  const auto level = run_length(line.substr(indent), '#');
  auto rest = line.substr(indent + level);
  if (level < 1 || level > 6 || (!rest.empty() && rest.front() != ' ' && rest.front() != '\t')) {
    return std::nullopt;
  }
  rest = trim(rest);
  const auto last = rest.find_last_not_of('#');
  if (last == npos) return Heading{level, {}};
  const bool closed = last + 1 < rest.size() && (rest[last] == ' ' || rest[last] == '\t');
  return Heading{level, closed ? trim(rest.substr(0, last)) : rest};
}

}  // namespace chant::spec
