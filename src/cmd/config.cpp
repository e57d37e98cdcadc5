// git chant config
#include "config/config.h"

#include "agent/profile.h"
#include "agent/prompt.h"
#include "cmd/json_value.h"
#include "cmd/verbs.h"
#include "config/inspect.h"
#include "git/repository.h"
#include "process/command.h"
#include "util/error.h"
#include "util/text.h"

#include <memory>

namespace chant::cmd {
namespace {

struct ConfigOptions {
  bool show_origin = false;
  bool check = false;
  bool json = false;
};

// A command that could not be started. Agents start at the top of a checkout.
void find_missing_programs(const config::Config& config, const std::filesystem::path& top_level,
                           std::vector<std::string>& faults) {
  for (const config::Agent& agent : config.agents) {
    if (agent.profile.empty()) continue;  // it could not be read
    const std::string program = agent::required_program(agent);
    const bool is_path = program.find('/') != std::string::npos;
    const std::string seen = is_path ? (top_level / program).string() : program;
    if (program.empty() || process::find_program(seen)) continue;
    faults.push_back(fmt::format("{}: agent '{}': command '{}' is not on PATH", agent.source,
                                 agent.name, program));
  }
}

void find_missing_prompt(const config::Inspection& inspection, const std::string& key,
                         const std::string& name, const std::filesystem::path& top_level,
                         std::vector<std::string>& faults) {
  try {
    (void)agent::load_prompt(name, top_level / ".chant/prompts");
  } catch (const Error& error) {
    faults.push_back(fmt::format("{}: {}", config::origin_of(inspection, key), error.what()));
  }
}

void find_missing_agent(const config::Inspection& inspection, std::vector<std::string>& faults) {
  const std::string& name = inspection.config.agent;
  if (name.empty() || name == config::script_agent().name) return;
  for (const config::Agent& agent : inspection.config.agents) {
    if (agent.name == name) return;
  }
  faults.push_back(
      fmt::format("{}: there is no agent '{}'", config::origin_of(inspection, "agent"), name));
}

// What is wrong with the values, and what only shows when they are used.
std::vector<std::string> all_faults(const config::Inspection& inspection,
                                    const std::filesystem::path& top_level) {
  std::vector<std::string> faults = inspection.faults;
  const config::Config& config = inspection.config;
  find_missing_agent(inspection, faults);
  find_missing_programs(config, top_level, faults);
  find_missing_prompt(inspection, "prompt", config.prompt, top_level, faults);
  if (config.cleanup.enabled) {
    find_missing_prompt(inspection, "parallel.cleanup.prompt", config.cleanup.prompt, top_level,
                        faults);
  }
  return faults;
}

int check(Context& context, const std::vector<std::string>& faults, bool json) {
  if (json) {
    context.out.write(text_of(Json{{"version", 1}, {"faults", faults}}));
  } else {
    for (const std::string& fault : faults) context.out.print("{}\n", printable_line(fault));
    context.out.flush();
    context.err.print("{}\n", counted(faults.size(), "fault"));
  }
  return static_cast<int>(faults.empty() ? Exit::done : Exit::no);
}

std::string json_values(const std::vector<config::EffectiveValue>& values) {
  Json list = Json::array();
  for (const config::EffectiveValue& value : values) {
    list.push_back({{"key", value.key}, {"value", value.value}, {"origin", value.origin}});
  }
  return text_of(Json{{"version", 1}, {"values", std::move(list)}});
}

int show(Context& context, const ConfigOptions& options,
         const std::vector<config::EffectiveValue>& values) {
  if (options.json) {
    context.out.write(json_values(values));
    return 0;
  }
  for (const config::EffectiveValue& value : values) {
    if (options.show_origin) context.out.print("{}\t", printable_line(value.origin));
    context.out.print("{}={}\n", value.key, printable_line(value.value));
  }
  return 0;
}

int configuration(const ConfigOptions& options, Context& context) {
  if (options.check && options.show_origin) {
    fail_usage("--check and --show-origin exclude each other");
  }
  const git::Repository repository = git::discover(context.directory);
  const config::Sources sources{repository.top_level, git::chant_settings(repository.top_level)};
  if (!options.check) (void)config::load_config(sources);
  const config::Inspection inspection = config::inspect(sources);
  if (!options.check) return show(context, options, inspection.values);
  return check(context, all_faults(inspection, repository.top_level), options.json);
}

}  // namespace

Handler add_config(Options& options) {
  auto chosen = std::make_shared<ConfigOptions>();
  options.flag("--show-origin", chosen->show_origin, "say where each value is from");
  options.flag("--check", chosen->check, "say all that is wrong instead");
  options.flag("--json", chosen->json, "as JSON");
  return [chosen](Context& context) { return configuration(*chosen, context); };
}

}  // namespace chant::cmd
