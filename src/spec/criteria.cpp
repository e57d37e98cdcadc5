#include "spec/criteria_section.h"
#include "spec/lines.h"
#include "spec/markdown.h"
#include "spec/spec.h"
#include "util/text.h"

#include <algorithm>

namespace chant::spec {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_criteria_heading(const Heading& heading) {
  if (heading.level != 2 && heading.level != 3) return false;
  static constexpr std::string_view kFirst = "acceptance", kSecond = "criteria";
  const auto text = lower(heading.text);
  if (text.compare(0, kFirst.size(), kFirst) != 0) return false;
  const auto second = text.find_first_not_of(" \t", kFirst.size());
  if (second == npos || second == kFirst.size()) return false;
  if (text.compare(second, kSecond.size(), kSecond) != 0) return false;
  const auto end = second + kSecond.size();
  return end == text.size() || !is_alphanumeric(text[end]);
}

// Offset after the list marker (`-`, `*`, `+`, `1.`, `1)`) and the blanks behind it, or npos.
std::size_t find_item_text(std::string_view line) {
  const auto start = line.find_first_not_of(" \t");
  if (start == npos) return npos;
  auto end = start;
  if (std::string_view{"-*+"}.find(line[start]) != npos) {
    end = start + 1;
  } else {
    end = line.find_first_not_of("0123456789", start);
    if (end == npos || end == start || end - start > 9) return npos;
    if (line[end] != '.' && line[end] != ')') return npos;
    ++end;
  }
  const auto text = line.find_first_not_of(" \t", end);
  return text == end ? npos : text;
}

}  // namespace

std::optional<Criterion> find_box(const MarkdownLine& line) {
  const auto at = find_item_text(line.text);
  if (at == npos || at + 2 >= line.text.size()) return std::nullopt;
  const auto box = line.text.substr(at, 3);
  const bool is_box =
      box[0] == '[' && std::string_view{" xX"}.find(box[1]) != npos && box[2] == ']';
  const auto rest = line.text.substr(at + 3);
  // `[x](url)` and `[x][ref]` are links.
  const bool is_link = !rest.empty() && (rest.front() == '(' || rest.front() == '[');
  if (!is_box || is_link) return std::nullopt;
  return Criterion{std::string{trim(rest)}, box[1] != ' ', line.line, line.offset + at + 1};
}

std::size_t Spec::unticked() const {
  return static_cast<std::size_t>(
      std::count_if(criteria.begin(), criteria.end(), [](const auto& c) { return !c.ticked; }));
}

void each_criteria_line(std::string_view text, std::size_t body,
                        const std::function<void(const MarkdownLine&)>& see) {
  std::size_t section = 0;  // level of the criteria heading that lines belong to
  MarkdownReader reader{text, body};
  while (const auto line = reader.next()) {
    if (line->kind != MarkdownLine::Kind::text) continue;
    if (const auto heading = find_heading(line->text)) {
      if (is_criteria_heading(*heading)) {
        section = heading->level;
      } else if (heading->level <= section) {
        section = 0;
      }
    } else if (section != 0) {
      see(*line);
    }
  }
}

std::vector<Criterion> find_criteria(std::string_view text, std::size_t body) {
  std::vector<Criterion> found;
  each_criteria_line(text, body, [&](const MarkdownLine& line) {
    if (auto box = find_box(line)) found.push_back(std::move(*box));
  });
  return found;
}

std::vector<RunBlock> find_run_blocks(const Spec& spec) {
  std::vector<RunBlock> blocks;
  bool in_block = false;
  MarkdownReader reader{spec.text, spec.body};
  while (const auto line = reader.next()) {
    if (line->kind == MarkdownLine::Kind::fence_open) {
      in_block = reader.info() == "sh run";
      if (in_block) blocks.push_back({{}, line->line});
    } else if (line->kind == MarkdownLine::Kind::code && in_block) {
      const auto indent = std::min(indent_of(line->text), reader.indent());
      blocks.back().script += line->text.substr(indent);
      blocks.back().script += '\n';
    }
  }
  return blocks;
}

std::string with_all_ticked(const Spec& spec) {
  auto text = spec.text;
  for (const auto& criterion : spec.criteria) {
    if (!criterion.ticked) text[criterion.box] = 'x';
  }
  return text;
}

}  // namespace chant::spec
