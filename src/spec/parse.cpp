#include "spec/frontmatter.h"
#include "spec/markdown.h"
#include "spec/spec.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace chant::spec {

namespace {

constexpr auto npos = std::string_view::npos;

// Typed access to the keys that have a meaning; everything else is left alone.
class Keys {
 public:
  Keys(const YamlNode& root, const std::string& shown) : root_(root), shown_(shown) {}

  [[nodiscard]] std::string text(std::string_view key, std::string fallback = {}) const {
    const auto* node = root_.find(key);
    if (node == nullptr || node->kind == YamlNode::Kind::null) return fallback;
    if (node->kind != YamlNode::Kind::scalar) {
      fail("{}:{}: '{}' must be text, not a {}", shown_, node->line, key,
           node->kind == YamlNode::Kind::list ? "list" : "map");
    }
    return node->text.empty() ? fallback : node->text;
  }

  [[nodiscard]] std::optional<std::vector<std::string>> find_list(std::string_view key) const {
    const auto* node = root_.find(key);
    if (node == nullptr || node->kind == YamlNode::Kind::null) return std::nullopt;
    std::vector<std::string> items;
    if (node->kind == YamlNode::Kind::list) {
      for (const auto& item : node->items) add_item(items, item, key);
    } else {
      add_item(items, *node, key);
    }
    return items;
  }

  [[nodiscard]] std::vector<std::string> list(std::string_view key) const {
    return find_list(key).value_or(std::vector<std::string>{});
  }

  // A decimal number; what YAML readers disagree about (octal, exponents) is refused.
  [[nodiscard]] long number(std::string_view key) const {
    const auto word = text(key);
    if (word.empty()) return 0;
    const auto digits = std::string_view{word}.substr(word.front() == '-' ? 1 : 0);
    const bool octal = digits.size() > 1 && digits.front() == '0';
    int value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (octal || error != std::errc{} || end != word.data() + word.size()) {
      fail("{}:{}: '{}' must be a decimal number, not '{}'", shown_, root_.find(key)->line, key,
           word);
    }
    return value;
  }

  [[nodiscard]] std::optional<Source> find_source() const {
    Source source;
    const std::array<std::pair<std::string_view, std::string*>, 5> keys = {
        {{"list", &source.list},
         {"dialect", &source.dialect},
         {"task", &source.task},
         {"key", &source.key},
         {"fingerprint", &source.fingerprint}}};
    for (const auto& [key, value] : keys) {
      const auto* node = root_.find(key);
      if (node == nullptr || node->kind != YamlNode::Kind::scalar) return std::nullopt;
      if (node->text.empty() && key != "task") return std::nullopt;
      *value = node->text;
    }
    return source;
  }

 private:
  void add_item(std::vector<std::string>& items, const YamlNode& item, std::string_view key) const {
    if (item.kind == YamlNode::Kind::list || item.kind == YamlNode::Kind::map) {
      fail("{}:{}: '{}' must be a list of text", shown_, item.line, key);
    }
    if (!item.text.empty()) items.push_back(item.text);
  }

  const YamlNode& root_;
  const std::string& shown_;
};

void check_bytes(std::string_view text, const std::string& shown) {
  if (text.size() > kMaxSpecBytes) fail("{}:1: larger than {} bytes", shown, kMaxSpecBytes);
  if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF") {
    fail("{}:1: this is UTF-16 or UTF-32; save the file as UTF-8", shown);
  }
  const auto line_of = [&](std::size_t at) {
    return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  };
  if (const auto at = find_invalid_utf8(text); at != npos) {
    fail("{}:{}: not UTF-8 at byte {}", shown, line_of(at), at);
  }
  if (const auto at = text.find('\0'); at != npos) {
    fail("{}:{}: a NUL byte is not allowed", shown, line_of(at));
  }
}

void read_keys(const Keys& keys, Spec& spec) {
  spec.type = keys.text("type", spec.type);
  spec.status = keys.text("status", spec.status);
  spec.depends_on = keys.find_list("depends_on");
  spec.labels = keys.list("labels");
  spec.target_files = keys.list("target_files");
  spec.commits = keys.list("commits");
  if (spec.commits.empty()) spec.commits = keys.list("commit");
  spec.agent = keys.text("agent");
  spec.prompt = keys.text("prompt");
  spec.model = keys.text("model");
  spec.branch = keys.text("branch");
  spec.completed_at = keys.text("completed_at");
  spec.criteria_policy = keys.text("criteria");
  spec.timeout = keys.text("timeout");
  spec.check = keys.text("check");
  spec.priority = keys.number("priority");
  spec.source = keys.find_source();
}

std::optional<std::string> find_title(const Spec& spec) {
  MarkdownReader reader{spec.text, spec.body};
  while (const auto line = reader.next()) {
    if (line->kind != MarkdownLine::Kind::text) continue;
    const auto heading = find_heading(line->text);
    if (heading && heading->level == 1 && !heading->text.empty()) return std::string{heading->text};
  }
  return std::nullopt;
}

}  // namespace

Spec parse_spec(std::string id, std::string text, const std::string& shown) {
  check_bytes(text, shown);
  const auto frontmatter = read_frontmatter(text, shown);
  Spec spec;
  spec.id = std::move(id);
  spec.text = std::move(text);
  spec.body = frontmatter.body;
  read_keys(Keys{frontmatter.root, shown}, spec);
  const auto title = find_title(spec);
  spec.has_title = title.has_value();
  spec.title = title.value_or(spec.id);
  spec.criteria = find_criteria(spec.text, spec.body);
  return spec;
}

}  // namespace chant::spec
