#include "spec/plain_yaml.h"

#include <algorithm>
#include <utility>

namespace chant::spec {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A plain scalar that is text for every reader: it begins with a letter or digit, and nothing
// in it has a meaning in YAML.
std::optional<YamlNode> plain_scalar(std::string_view text, int line) {
  constexpr std::string_view kInside = " ./_-+()@=~;<>$^";
  if (text.empty() || !is_word(text.front())) return std::nullopt;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    const bool inner_colon = c == ':' && i + 1 < text.size() && text[i + 1] != ' ';
    if (!is_word(c) && !inner_colon && kInside.find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (text.size() == 4 && (text == "null" || text == "Null" || text == "NULL")) {
    return std::nullopt;
  }
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = text;
  node.line = line;
  return node;
}

std::optional<YamlNode> flow_list(std::string_view text, int line) {
  YamlNode node;
  node.kind = YamlNode::Kind::list;
  node.line = line;
  text = without_blanks(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto item = plain_scalar(without_blanks(text.substr(0, comma)), line);
    // A colon would make it a map here.
    if (!item || item->text.find(':') != std::string::npos) return std::nullopt;
    node.items.push_back(std::move(*item));
    if (comma == std::string_view::npos) break;
    text = without_blanks(text.substr(comma + 1));
    if (text.empty()) return std::nullopt;
  }
  return node;
}

class Reader {
 public:
  Reader(std::string_view text, int first_line) : rest_(text), line_(first_line - 1) {
    root_.kind = YamlNode::Kind::map;
  }

  std::optional<YamlNode> read() {
    while (!rest_.empty()) {
      const std::string_view line = next_line();
      if (!take(line)) return std::nullopt;
    }
    if (root_.entries.empty()) return std::nullopt;
    root_.line = root_.entries.front().line;
    return std::move(root_);
  }

 private:
  std::string_view next_line() {
    const auto end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    return line;
  }

  bool take(std::string_view line) {
    if (line.empty()) return true;
    if (line.front() == '#') {
      return std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
    }
    const auto dash = line.find_first_not_of(' ');
    if (dash == std::string_view::npos) return true;
    if (line[dash] == '-') return take_item(line, dash);
    return dash == 0 && take_key(line);
  }

  bool take_key(std::string_view line) {
    // Looking for a key twice is quadratic; real frontmatter has a dozen.
    if (root_.entries.size() >= 100) return false;
    std::size_t end = 0;
    while (end < line.size() && (is_word(line[end]) || (end > 0 && line[end] == '-'))) ++end;
    if (end == 0 || end >= line.size() || line[end] != ':') return false;
    const std::string_view key = line.substr(0, end);
    if (root_.find(key) != nullptr || key == "null" || key == "Null" || key == "NULL") return false;
    const std::string_view rest = line.substr(end + 1);
    if (!rest.empty() && rest.front() != ' ') return false;
    const std::string_view value = without_blanks(rest);
    YamlNode::Entry entry{std::string(key), line_, {}};
    entry.value.line = line_;
    if (value.size() >= 2 && value.front() == '[' && value.back() == ']') {
      auto list = flow_list(value, line_);
      if (!list) return false;
      entry.value = std::move(*list);
    } else if (!value.empty()) {
      auto scalar = plain_scalar(value, line_);
      if (!scalar) return false;
      entry.value = std::move(*scalar);
    } else {
      return take_list_key(std::move(entry));
    }
    indent_.reset();
    root_.entries.push_back(std::move(entry));
    return true;
  }

  // A key without a value is only plain when a list follows; what null is, the parser says.
  bool take_list_key(YamlNode::Entry entry) {
    const auto dash = rest_.find_first_not_of(' ');
    if (dash == std::string_view::npos || rest_.substr(dash, 2) != "- ") return false;
    entry.value.kind = YamlNode::Kind::list;
    entry.value.line = line_ + 1;
    indent_ = dash;
    root_.entries.push_back(std::move(entry));
    return true;
  }

  bool take_item(std::string_view line, std::size_t dash) {
    if (indent_ != dash || line.substr(dash, 2) != "- ") return false;
    auto item = plain_scalar(without_blanks(line.substr(dash + 2)), line_);
    if (!item) return false;
    root_.entries.back().value.items.push_back(std::move(*item));
    return true;
  }

  std::string_view rest_;
  int line_;
  YamlNode root_;
  std::optional<std::size_t> indent_;  // of the list that may go on
};

}  // namespace

std::optional<YamlNode> parse_plain_yaml(std::string_view text, int first_line) {
  return Reader(text, first_line).read();
}

}  // namespace chant::spec
