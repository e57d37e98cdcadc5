// Prompts: the text that an agent gets on stdin.
//
// A prompt is .chant/prompts/<name>.md, or the built-in of that name; frontmatter is not part of
// it. `{{name}}` is replaced in one pass, so text that is filled in is never expanded again; an
// unknown name is an Error with file and line.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace chant::agent {

// Values by name: spec (the file's text), spec_id, title, spec_file, branch, worktree, target; for
// a task of a list also task_id, task_description, requirements, list, feature_name, feature_dir,
// documents; for a conflict: conflict (what is known of it); for a cleanup: facts (of the run),
// worktree, target.
using PromptValues = std::map<std::string, std::string>;

struct Prompt {
  std::string name;
  std::string source;  // the file, or "built-in"
  std::string text;    // frontmatter removed
  int first_line = 1;  // of `text` in the file
};

// The names of the built-in prompts and their text, as `init` writes them.
[[nodiscard]] const std::vector<Prompt>& built_in_prompts();

// Throws Error when there is neither a file nor a built-in, or when the file cannot be read.
[[nodiscard]] Prompt load_prompt(const std::string& name, const std::filesystem::path& prompts);

// `prompt.text` with every `{{name}}` replaced. Throws Error for a name that has no value.
[[nodiscard]] std::string fill(const Prompt& prompt, const PromptValues& values);

}  // namespace chant::agent
