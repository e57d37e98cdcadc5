#include "tasks/boxes.h"
#include "util/text.h"

#include <algorithm>
#include <array>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::size_t kMaxExtension = 12;

bool is_extension(std::string_view text, bool is_known_only) {
  static constexpr std::array<std::string_view, 52> kKnown = {
      "ts",    "tsx",  "js",   "jsx",     "mjs",     "cjs",    "json", "md",  "mdx",
      "yml",   "yaml", "toml", "py",      "rs",      "go",     "java", "kt",  "swift",
      "c",     "h",    "cc",   "cpp",     "hpp",     "cs",     "rb",   "php", "sh",
      "sql",   "html", "css",  "scss",    "vue",     "svelte", "xml",  "txt", "lock",
      "ini",   "cfg",  "conf", "env",     "example", "tf",     "dart", "ex",  "exs",
      "proto", "lua",  "zig",  "graphql", "prisma",  "gradle", "snap"};
  const bool is_word =
      !text.empty() && text.size() <= kMaxExtension && is_letter(text.front()) &&
      std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
  return is_word && (!is_known_only || contains(kKnown, text));
}

bool is_file(std::string_view word, bool is_quoted) {
  const auto slash = word.rfind('/');
  if (slash == npos && !is_quoted) return false;
  constexpr std::string_view kAllowed = "._/-+@()[]$~";
  const bool is_plain = std::all_of(word.begin(), word.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || kAllowed.find(c) != npos;
  });
  if (!is_plain || word.find("//") != npos || word.find("()") != npos) return false;
  const auto name = slash == npos ? word : word.substr(slash + 1);
  static constexpr std::array<std::string_view, 3> kNames = {"Dockerfile", "Makefile", "Gemfile"};
  if (contains(kNames, name)) return true;
  const auto dot = name.rfind('.');
  if (dot == npos) return false;
  if (dot == 0) return is_quoted && name.size() > 3 && is_extension(name.substr(1), false);
  return is_extension(name.substr(dot + 1), slash == npos);
}

}  // namespace

std::optional<Numbered> find_number(std::string_view text) {
  constexpr std::size_t kMaxParts = 8;
  constexpr std::size_t kMaxDigits = 6;
  while (!text.empty() && text.front() == '*') text.remove_prefix(1);
  if (starts_with(text, "Task ")) text = trim(text.substr(5));
  std::size_t at = 0, parts = 0;
  for (;;) {
    const auto first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == first || at - first > kMaxDigits || ++parts > kMaxParts) return std::nullopt;
    if (at + 1 >= text.size() || text[at] != '.' || !is_digit(text[at + 1])) break;
    ++at;
  }
  if (parts > 1 && at < text.size() && is_letter(text[at])) ++at;
  Numbered found;
  found.id = std::string(text.substr(0, at));
  found.is_plain = parts == 1;
  if (at < text.size() && (text[at] == '.' || text[at] == ':' || text[at] == ')')) {
    found.is_plain = false;
    ++at;
  }
  while (at < text.size() && text[at] == '*') ++at;
  if (at < text.size() && !is_blank(text[at])) return std::nullopt;
  found.title = trim(text.substr(at));
  return found;
}

std::vector<std::string> files_in_title(std::string_view title) {
  std::vector<std::string> files;
  const auto add = [&](std::string_view word, bool is_quoted) {
    if (starts_with(word, "./")) word.remove_prefix(2);
    if (!is_file(word, is_quoted)) return;
    if (std::find(files.begin(), files.end(), word) == files.end()) files.emplace_back(word);
  };
  for (std::size_t at = 0; at < title.size();) {
    if (title[at] == '`') {
      const auto close = title.find('`', at + 1);
      if (close == npos) break;
      add(title.substr(at + 1, close - at - 1), true);
      at = close + 1;
    } else if (is_blank(title[at]) || title[at] == ',' || title[at] == '(') {
      ++at;
    } else {
      auto end = at;
      while (end < title.size() && !is_blank(title[end]) && title[end] != ',' &&
             title[end] != '`') {
        ++end;
      }
      auto word = title.substr(at, end - at);
      while (!word.empty() && std::string_view(".:;)").find(word.back()) != npos) {
        word.remove_suffix(1);
      }
      add(word, false);
      at = end;
    }
  }
  return files;
}

}  // namespace chant::tasks
