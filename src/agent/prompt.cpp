#include "agent/prompt.h"

#include "config/values.h"
#include "spec/frontmatter.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <algorithm>
#include <string_view>
#include <system_error>

namespace chant::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 1024UL * 1024;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

// The line that `offset` is on when the text begins on `first`.
int line_at(std::string_view text, std::size_t offset, int first) {
  const std::string_view before = text.substr(0, offset);
  return first + static_cast<int>(std::ranges::count(before, '\n'));
}

Prompt load_prompt_file(const std::string& name, const fs::path& prompts) {
  const UniqueFd directory = open_directory(prompts);
  const fs::path path = prompts / (name + ".md");
  const std::string text = load_file_at(directory, name + ".md", path, kMaxBytes);
  const std::size_t body = spec::read_frontmatter(text, path.string()).body;
  return {name, path.string(), text.substr(body), line_at(text, body, 1)};
}

[[noreturn]] void fail_unknown(const Prompt& prompt, std::size_t offset, std::string_view name,
                               const PromptValues& values) {
  std::vector<std::string> known;
  for (const auto& [key, value] : values) known.push_back("{{" + key + "}}");
  throw Error(fmt::format("{}:{}: unknown name '{{{{{}}}}}'", prompt.source,
                          line_at(prompt.text, offset, prompt.first_line), name),
              known.empty() ? "" : "known are " + join(known, ", "));
}

}  // namespace

Prompt load_prompt(const std::string& name, const fs::path& prompts) {
  if (!config::is_name(name)) fail("'{}' is not the name of a prompt", name);
  if (!prompts.empty() && is_there(prompts) && is_there(prompts / (name + ".md"))) {
    return load_prompt_file(name, prompts);
  }
  const auto found = std::ranges::find(built_in_prompts(), name, &Prompt::name);
  if (found != built_in_prompts().end()) return *found;
  std::vector<std::string> names;
  for (const Prompt& prompt : built_in_prompts()) names.push_back(prompt.name);
  throw Error(fmt::format("no prompt '{}'", name),
              fmt::format("write '{}.md' in '{}', or use one of '{}'", name, prompts.string(),
                          join(names, "', '")));
}

std::string fill(const Prompt& prompt, const PromptValues& values) {
  const std::string_view text = prompt.text;
  std::string filled;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find("{{", at);
    if (open == std::string_view::npos) break;
    const std::size_t end = text.find_first_of("{}\n", open + 2);
    filled += text.substr(at, open - at);
    if (end == std::string_view::npos || text.substr(end, 2) != "}}") {
      filled += text[open];
      at = open + 1;
      continue;
    }
    const std::string name{trim(text.substr(open + 2, end - open - 2))};
    const auto value = values.find(name);
    if (value == values.end()) fail_unknown(prompt, open, name, values);
    filled += value->second;
    at = end + 2;
  }
  filled += text.substr(at);
  return filled;
}

}  // namespace chant::agent
