#include "work/executables.h"

#include "agent/profile.h"
#include "record/names.h"
#include "util/text.h"

#include <fmt/format.h>

namespace chant::work {

std::vector<config::Executable> executables_of(const config::Agent& agent) {
  if (agent.command_origin != config::Origin::repository_file) return {};
  const process::Command command = agent::make_command(agent, {});
  std::string content = join(command.argv, "\n");
  for (const auto& [name, value] : command.env)
    content += fmt::format("\n{}={}", name, value.value_or(""));
  return {{fmt::format("agent '{}' in {}", agent.name, agent.source), content}};
}

std::vector<config::Executable> executables_of(const config::ShellLine& line) {
  if (line.origin != config::Origin::repository_file || line.line.empty()) return {};
  return {{fmt::format("gate in {}", line.source), line.line}};
}

std::vector<config::Executable> executables_of(const spec::Spec& spec) {
  std::vector<config::Executable> executables;
  for (const spec::RunBlock& block : spec::find_run_blocks(spec)) {
    executables.push_back(
        {fmt::format("script in {}:{}", record::spec_path(spec.id), block.line), block.script});
  }
  return executables;
}

}  // namespace chant::work
