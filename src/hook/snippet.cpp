#include "hook/snippet.h"

#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace chant::hook {
namespace {

constexpr std::string_view kBegin = "# >>> git-chant hooks >>>";
constexpr std::string_view kEnd = "# <<< git-chant hooks <<<";

std::string marked(std::string_view block, std::size_t indent) {
  const std::string blanks(indent, ' ');
  return fmt::format("{0}{1}\n{2}{0}{3}\n", blanks, kBegin, block, kEnd);
}

// Lines with their line-feeds.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::string with_last_line_ended(std::string text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_content(std::string_view line) {
  const std::string_view text = trim(line);
  return !text.empty() && text.front() != '#';
}

// The lines of a block-style YAML map, addressed by indentation.
class YamlLines {
 public:
  explicit YamlLines(std::string_view text) : lines_(lines_of(text)) {}

  static constexpr std::size_t kNone = std::string_view::npos;

  // One map of plain lines: no tabs, no second document.
  [[nodiscard]] bool is_plain() const {
    bool content = false;
    for (const std::string_view line : lines_) {
      if (line.substr(0, line.find_first_not_of(" \t")).find('\t') != kNone) return false;
      const bool separator = line.substr(0, 3) == "---" || line.substr(0, 3) == "...";
      if (separator && content) return false;
      if (!separator && is_content(line)) {
        if (!content && indent_of(line) != 0) return false;
        content = true;
        if (line.front() == '{' || line.front() == '[') return false;
      }
    }
    return true;
  }

  // The line `<key>:` of the map whose keys are indented by `indent`, from line `from` on.
  [[nodiscard]] std::size_t find(const std::string& key, std::size_t from,
                                 std::size_t indent) const {
    for (std::size_t at = from; at < lines_.size(); ++at) {
      if (!is_content(lines_[at])) continue;
      if (indent_of(lines_[at]) < indent) return kNone;
      if (indent_of(lines_[at]) == indent && key_of(lines_[at]) == key) return at;
    }
    return kNone;
  }

  // True when nothing but a comment follows the key on its line.
  [[nodiscard]] bool opens_map(std::size_t at) const {
    const std::string_view line = lines_[at];
    return !is_content(trim(line.substr(line.find(':') + 1)));
  }

  // How far the children of the line are indented; `usual` when it has none.
  [[nodiscard]] std::size_t child_indent(std::size_t at, std::size_t usual) const {
    for (std::size_t next = at + 1; next < lines_.size(); ++next) {
      if (!is_content(lines_[next])) continue;
      const std::size_t indent = indent_of(lines_[next]);
      return indent > indent_of(lines_[at]) ? indent : usual;
    }
    return usual;
  }

  [[nodiscard]] std::string with_after(std::size_t at, const std::string& block) const {
    std::string text;
    for (std::size_t line = 0; line < lines_.size(); ++line) {
      text += lines_[line];
      if (line == at) text = with_last_line_ended(std::move(text)) + block;
    }
    return text;
  }

 private:
  static std::string_view key_of(std::string_view line) {
    std::string_view key = trim(line.substr(0, line.find(':')));
    if (key.size() > 1 && (key.front() == '"' || key.front() == '\'')) {
      key = key.substr(1, key.size() - 2);
    }
    return key;
  }

  std::vector<std::string_view> lines_;
};

// lefthook puts the arguments into the text unquoted, and leaves "{3}" where there is no third.
std::string lefthook_run(const std::string& event) {
  const std::string check = "command -v git-chant >/dev/null || exit 0; ";
  if (event == "pre-commit") return check + "git-chant hook pre-commit; test $? -ne 1";
  if (event == "commit-msg") return check + "git-chant hook commit-msg \"{1}\" || true";
  if (event != "prepare-commit-msg") return check + "git-chant hook " + event + " {0} || true";
  return check +
         "set -- \"{1}\" \"{2}\" \"{3}\"; "
         "case $3 in \"{\"?\"}\") set -- \"$1\" \"$2\";; esac; "
         "case $2 in \"{\"?\"}\") set -- \"$1\";; esac; "
         "git-chant hook prepare-commit-msg \"$@\" || true";
}

std::string lefthook_command(const std::string& event, std::size_t indent) {
  const std::string blanks(indent, ' ');
  std::string text = fmt::format("{0}git-chant:\n{0}  run: '{1}'\n", blanks, lefthook_run(event));
  if (event == "post-rewrite") text += blanks + "  use_stdin: true\n";
  return text;
}

}  // namespace

std::string with_block_at_end(std::string text, std::string_view block) {
  return with_last_line_ended(std::move(text)) + marked(block, 0);
}

std::string with_block_at_start(const std::string& text, std::string_view block) {
  std::size_t at = 0;
  if (text.compare(0, 2, "#!") == 0) at = std::min(text.find('\n'), text.size() - 1) + 1;
  return with_last_line_ended(text.substr(0, at)) + marked(block, 0) + text.substr(at);
}

std::optional<std::string> with_lefthook_command(const std::string& text,
                                                 const std::string& event) {
  const YamlLines yaml(text);
  if (!yaml.is_plain()) return std::nullopt;
  const std::size_t hook = yaml.find(event, 0, 0);
  if (hook == YamlLines::kNone) {
    return with_block_at_end(text, event + ":\n  commands:\n" + lefthook_command(event, 4));
  }
  if (!yaml.opens_map(hook)) return std::nullopt;
  const std::size_t indent = yaml.child_indent(hook, 2);
  const std::size_t commands = yaml.find("commands", hook + 1, indent);
  if (commands == YamlLines::kNone) {
    const std::string block = std::string(indent, ' ') + "commands:\n";
    return yaml.with_after(hook, marked(block + lefthook_command(event, indent + 2), indent));
  }
  if (!yaml.opens_map(commands)) return std::nullopt;
  const std::size_t deeper = yaml.child_indent(commands, indent + 2);
  if (yaml.find("git-chant", commands + 1, deeper) != YamlLines::kNone) return std::nullopt;
  return yaml.with_after(commands, marked(lefthook_command(event, deeper), deeper));
}

std::string husky_block(const std::string& event) {
  const std::string check = "if command -v git-chant >/dev/null 2>&1; then ";
  const std::string call = "git-chant hook " + event + " \"$@\"";
  if (event == "pre-commit") return check + call + " || [ $? -ne 1 ] || exit 1; fi\n";
  if (event != "post-rewrite") return check + call + " || :; fi\n";
  const std::string both = " <<CHANT_INPUT\n$chant_input\nCHANT_INPUT\n";
  return "chant_input=$(cat)\n" + check + call + " || :; fi" + both + "exec" + both;
}

bool has_block(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

bool has_block_for(std::string_view text, const std::string& event) {
  for (std::size_t begin = text.find(kBegin); begin != std::string_view::npos;
       begin = text.find(kBegin, begin + 1)) {
    const std::string_view block = text.substr(begin, text.find(kEnd, begin) - begin);
    for (const char* end : {" ", ";"}) {
      if (block.find("git-chant hook " + event + end) != std::string_view::npos) return true;
    }
  }
  return false;
}

std::optional<std::string> without_blocks(std::string_view text) {
  std::string rest;
  bool inside = false;
  for (const std::string_view line : lines_of(text)) {
    if (trim(line) == kBegin) {
      if (inside) return std::nullopt;
      inside = true;
    } else if (trim(line) == kEnd) {
      if (!inside) return std::nullopt;
      inside = false;
    } else if (!inside) {
      rest += line;
    }
  }
  if (inside) return std::nullopt;
  return rest;
}

}  // namespace chant::hook
