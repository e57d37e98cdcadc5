#include "spec/frontmatter.h"

#include "spec/lines.h"
#include "util/error.h"

#include <array>

namespace chant::spec {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_fence(std::string_view line) { return without_trailing_blanks(line) == "---"; }

bool is_conflict_marker(std::string_view line) {
  static constexpr std::array<std::string_view, 4> kMarkers = {"<<<<<<<", "|||||||",
                                                               "=======", ">>>>>>>"};
  for (const auto marker : kMarkers) {
    if (line.substr(0, 7) == marker && (line.size() == 7 || line[7] == ' ')) return true;
  }
  return false;
}

void check_conflict(std::string_view line, int number, const std::string& shown) {
  if (is_conflict_marker(line)) fail("{}:{}: unresolved merge conflict", shown, number);
}

// Finds the closing line of the frontmatter that opens at line `opened`.
void find_close(std::string_view text, Frontmatter& found, int opened, const std::string& shown) {
  int number = opened;
  for (auto at = found.yaml; at < text.size();) {
    const auto line = line_at(text, at);
    ++number;
    if (is_fence(line.text)) {
      found.close = line.begin;
      found.body = line.end;
      return;
    }
    check_conflict(line.text, number, shown);
    at = line.end;
  }
  fail("{}:{}: the frontmatter is not closed: there is no second '---' line", shown, opened);
}

Frontmatter find_frontmatter(std::string_view text, const std::string& shown) {
  Frontmatter found;
  found.open = text.substr(0, 3) == kByteOrderMark ? 3 : 0;
  found.yaml = found.close = found.body = found.open;
  int number = 1;
  for (auto at = found.open; at < text.size(); ++number) {
    const auto line = line_at(text, at);
    at = line.end;
    if (without_trailing_blanks(line.text).empty()) continue;
    if (line.text.substr(0, 7) == "<<<<<<<") check_conflict(line.text, number, shown);
    if (!is_fence(line.text)) break;
    found.present = true;
    found.open = line.begin;
    found.yaml = line.end;
    found.first_line = number + 1;
    find_close(text, found, number, shown);
    break;
  }
  return found;
}

}  // namespace

Frontmatter read_frontmatter(std::string_view text, const std::string& shown) {
  auto found = find_frontmatter(text, shown);
  if (!found.present) return found;
  const YamlSource source{shown, found.first_line, YamlSource{}.max_bytes};
  found.root = parse_yaml(text.substr(found.yaml, found.close - found.yaml), source);
  const auto kind = found.root.kind;
  if (kind != YamlNode::Kind::map && (kind != YamlNode::Kind::null || !found.root.text.empty())) {
    fail("{}:{}: the frontmatter is not a list of keys and values", shown, found.root.line);
  }
  return found;
}

}  // namespace chant::spec
