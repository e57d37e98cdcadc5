#include "work/executables.h"

#include "agent/profile.h"
#include "record/names.h"
#include "util/text.h"
#include "work/check.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::work {
namespace {

// The call as a shell would read it; what else the agent gets stands behind it as comments.
std::string content_of(const config::Agent& agent) {
  std::vector<std::string> words;
  for (const auto& [name, value] : agent.env.set) words.push_back(name + "=" + shell_quoted(value));
  for (const std::string& word : agent::make_command(agent, {}).argv) {
    words.push_back(shell_quoted(word));
  }
  std::string content = join(words, " ");
  if (!agent::variables_of(agent.profile).empty()) content += "\n# as " + agent.profile;
  for (const std::string& name : agent.env.pass) content += "\n# with your " + name;
  for (const auto& [name, path] : agent.env.files) {
    content += fmt::format("\n# with {} from {}", name, shell_quoted(path));
  }
  return content;
}

// Where something stands in a spec; a task has no file that could be looked into.
std::string place_of(const spec::Spec& spec, int line) {
  if (!spec.source) return fmt::format("{}:{}", record::spec_path(spec.id), line);
  const std::string& task = spec.source->task.empty() ? spec.source->key : spec.source->task;
  return fmt::format("task {} of {}", printable_line(task), printable_line(spec.source->list));
}

void append(Executables& all, Executables more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

Executables executables_of(const config::Agent& agent) {
  if (agent.command_origin != config::Origin::repository_file) return {};
  return {{fmt::format("agent '{}' in {}", agent.name, agent.source), content_of(agent),
           config::Executable::Use::agent}};
}

Executables executables_of(const config::ShellLine& line, std::string_view what) {
  if (line.origin != config::Origin::repository_file || line.line.empty()) return {};
  return {{fmt::format("{} in {}", what, line.source), line.line}};
}

Executables executables_of(const config::Config& config) {
  Executables all = executables_of(config.setup, "setup");
  append(all, executables_of(config.check, "check"));
  append(all, executables_of(config.notify, "notify command"));
  return all;
}

Executables executables_of(const spec::Spec& spec) {
  Executables all;
  for (const spec::RunBlock& block : spec::find_run_blocks(spec)) {
    all.push_back({"script in " + place_of(spec, block.line), block.script});
  }
  return all;
}

Executables checks_of(const spec::Spec& spec) {
  const std::string path = record::spec_path(spec.id);
  Executables all;
  if (!spec.check.empty()) all.push_back({fmt::format("check in {}", path), spec.check});
  for (const RunCriterion& criterion : run_criteria(spec)) {
    all.push_back({"criterion in " + place_of(spec, criterion.line), criterion.command});
  }
  return all;
}

Executables executables_of(const agent::Prompt& prompt) {
  const auto& own = agent::built_in_prompts();
  if (std::ranges::find(own, prompt.text, &agent::Prompt::text) != own.end()) return {};
  return {{fmt::format("prompt '{}' in {}", prompt.name, prompt.source), prompt.text,
           config::Executable::Use::prompt}};
}

}  // namespace chant::work
