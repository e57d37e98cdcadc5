#include "spec/yaml.h"

#include "spec/lines.h"
#include "spec/plain_yaml.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_set>

namespace chant::spec {

namespace {

constexpr std::size_t kMaxDepth = 32;
// yaml-cpp queues everything behind an open bracket before it reports the first event, so
// nesting is bounded by a plain count before it sees the text. Far above what is written by hand.
constexpr std::ptrdiff_t kMaxBrackets = 4096;
constexpr auto npos = std::string_view::npos;

[[noreturn]] void refuse(const YamlSource& source, int line, std::string_view what) {
  fail("{}:{}: {}", source.name, line, what);
}

int line_of(std::string_view text, std::size_t offset, const YamlSource& source) {
  const auto before = text.substr(0, offset);
  return source.first_line + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
}

// The code point at `at` when it is one that YAML readers disagree about. `text` is UTF-8.
std::optional<unsigned> forbidden_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at), second = byte(at + 1), third = byte(at + 2);
  const bool lone_return = first == '\r' && second != '\n';
  const bool is_break = first == '\t' || first == '\n' || first == '\r';
  if (lone_return || (first < 0x20 && !is_break) || first == 0x7F) return first;
  if (first == 0xC2 && second < 0xA0) return second;
  if (first == 0xE2 && second == 0x80 && (third == 0xA8 || third == 0xA9)) return 0x1F80 + third;
  if (first == 0xEF && second == 0xBF && third >= 0xBE) return 0xFF40 + third;
  return std::nullopt;
}

std::size_t find_forbidden(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool harmless = byte >= 0x20 && byte < 0x7F;
    if (!harmless && forbidden_at(text, at)) return at;
  }
  return npos;
}

std::string describe_forbidden(std::string_view text, std::size_t at) {
  if (text[at] == '\r') return "a carriage return without a newline is not allowed";
  return fmt::format("the control character U+{:04X} is not allowed",
                     forbidden_at(text, at).value_or(0));
}

void check_bytes(std::string_view text, const YamlSource& source) {
  if (text.size() > source.max_bytes) {
    refuse(source, source.first_line, fmt::format("larger than {} bytes", source.max_bytes));
  }
  if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF") {
    refuse(source, source.first_line, "this is UTF-16 or UTF-32; save the file as UTF-8");
  }
  if (const auto at = find_invalid_utf8(text); at != npos) {
    refuse(source, line_of(text, at, source), fmt::format("not UTF-8 at byte {}", at));
  }
  if (const auto at = find_forbidden(text); at != npos) {
    refuse(source, line_of(text, at, source), describe_forbidden(text, at));
  }
  const auto is_bracket = [](char c) { return c == '[' || c == '{'; };
  if (std::count_if(text.begin(), text.end(), is_bracket) > kMaxBrackets) {
    refuse(source, source.first_line, fmt::format("more than {} brackets", kMaxBrackets));
  }
}

bool is_marker(std::string_view line, std::string_view marker) {
  return line.substr(0, 3) == marker && (line.size() == 3 || line[3] == ' ' || line[3] == '\t');
}

void check_lines(std::string_view text, const YamlSource& source) {
  int number = source.first_line;
  bool content = false;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const auto line = line_at(text, at);
    at = line.end;
    const auto rest = trim(line.text);
    if (rest.empty()) continue;
    if (line.text.front() == '\t') refuse(source, number, "a tab is used as indentation");
    if (line.text.front() == '%') refuse(source, number, "directives are not allowed");
    if (is_marker(line.text, "...") || (content && is_marker(line.text, "---"))) {
      refuse(source, number, "a second document is not allowed");
    }
    if (rest.front() != '#') content = true;
  }
}

// Offset of the closing quote of the quoted scalar that starts at `open`, or npos.
std::size_t find_closing_quote(std::string_view text, std::size_t open) {
  const char quote = text[open];
  for (auto at = open + 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at;
      ++at;
    }
  }
  return npos;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const YamlSource& source) : text_(text), source_(source) {}

  [[nodiscard]] YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) refuse(source_, line(mark), "unexpected text after the end of the document");
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_properties(mark, "", anchor);
    place({YamlNode::Kind::null, null_word(mark), false, line(mark), {}, {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    refuse(source_, line(mark), "aliases are not allowed");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    if (const auto at = find_forbidden(value); at != npos) {
      refuse(source_, line(mark), describe_forbidden(value, at));
    }
    const bool quoted = first_byte(mark) == '"' || first_byte(mark) == '\'';
    // yaml-cpp takes a quote that is never closed as closed by the end of the text.
    if (quoted && find_closing_quote(text_, offset(mark)) == npos) {
      refuse(source_, line(mark), "a quote is not closed");
    }
    place({YamlNode::Kind::scalar, value, quoted, line(mark), {}, {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(YamlNode::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    YamlNode node;
    std::optional<YamlNode> key;  // of a map, when its value comes next
    std::unordered_set<std::string> keys;
  };

  [[nodiscard]] int line(const YAML::Mark& mark) const { return source_.first_line + mark.line; }
  [[nodiscard]] static std::size_t offset(const YAML::Mark& mark) {
    return static_cast<std::size_t>(mark.pos);
  }
  [[nodiscard]] char first_byte(const YAML::Mark& mark) const {
    return mark.pos >= 0 && offset(mark) < text_.size() ? text_[offset(mark)] : '\0';
  }

  // The word that yaml-cpp took for null; empty when there is none.
  [[nodiscard]] std::string null_word(const YAML::Mark& mark) const {
    if (first_byte(mark) == '~') return "~";
    const auto word = text_.substr(std::min(offset(mark), text_.size()), 4);
    return word == "null" || word == "Null" || word == "NULL" ? std::string{word} : std::string{};
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    // "?" and "!" are what yaml-cpp reports for a node without a tag; a written `!` is seen in
    // the text only.
    const bool tagged = !tag.empty() && tag != "?" && tag != "!";
    if (tagged || first_byte(mark) == '!') refuse(source_, line(mark), "tags are not allowed");
    if (anchor != 0) refuse(source_, line(mark), "anchors are not allowed");
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    check_properties(mark, tag, anchor);
    if (stack_.size() >= kMaxDepth) {
      refuse(source_, line(mark), fmt::format("nested deeper than {} levels", kMaxDepth));
    }
    stack_.push_back({{kind, {}, false, line(mark), {}, {}}, {}, {}});
  }

  void close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    place(std::move(node));
  }

  void place(YamlNode node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& top = stack_.back();
    if (top.node.kind == YamlNode::Kind::list) {
      top.node.items.push_back(std::move(node));
    } else if (!top.key) {
      start_entry(top, std::move(node));
    } else {
      // The mark of a value that is not there is that of the next token.
      if (node.kind == YamlNode::Kind::null && node.text.empty()) node.line = top.key->line;
      top.node.entries.push_back({std::move(top.key->text), top.key->line, std::move(node)});
      top.key.reset();
    }
  }

  void start_entry(Frame& map, YamlNode key) {
    const bool is_text = key.kind == YamlNode::Kind::scalar || !key.text.empty();
    if (!is_text) refuse(source_, key.line, "a key must be text");
    if (key.text == "<<" && !key.quoted) {
      refuse(source_, key.line, "merge keys ('<<') are not allowed");
    }
    if (!map.keys.insert(key.text).second) {
      refuse(source_, key.line, fmt::format("duplicate key '{}'", key.text));
    }
    map.key = std::move(key);
  }

  std::string_view text_;
  const YamlSource& source_;
  std::vector<Frame> stack_;
  YamlNode root_;
  bool started_ = false;
};

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

bool same_value(const YamlNode& a, const YamlNode& b) {
  const auto same_entry = [](const YamlNode::Entry& x, const YamlNode::Entry& y) {
    return x.key == y.key && same_value(x.value, y.value);
  };
  return a.kind == b.kind && a.text == b.text &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_value) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    same_entry);
}

YamlNode parse_yaml(std::string_view text, const YamlSource& source) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (text.size() <= source.max_bytes) {
    if (auto plain = parse_plain_yaml(text, source.first_line)) return std::move(*plain);
  }
  return parse_any_yaml(text, source);
}

YamlNode parse_any_yaml(std::string_view text, const YamlSource& source) {
  check_bytes(text, source);
  check_lines(text, source);
  TreeBuilder builder{text, source};
  try {
    std::istringstream input{std::string{text}};
    YAML::Parser parser{input};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    refuse(source, source.first_line + std::max(error.mark.line, 0), error.msg);
  }
  return builder.take();
}

}  // namespace chant::spec
