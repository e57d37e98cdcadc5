#include "config/agent_keys.h"
#include "config/config_file.h"
#include "config/values.h"
#include "util/error.h"

#include <unistd.h>

#include <algorithm>
#include <set>

namespace chant::config {
namespace {

using spec::YamlNode;

std::string require_name(const YamlNode& map, const ConfigFile& file) {
  if (map.kind != YamlNode::Kind::map) {
    fail("{}: an agent must be a map, not {}", file.at(map.line), kind_name(map));
  }
  const YamlNode* name = map.find("name");
  if (name == nullptr) fail("{}: an agent has no 'name'", file.at(map.line));
  if (!is_name(name->text)) {
    AgentPlace{file.at(map.line), "name"}.refuse("letters, digits and '._-'", *name);
  }
  return name->text;
}

Agent& agent_named(Config& config, const std::string& name, const std::string& where) {
  const auto found = std::ranges::find(config.agents, name, &Agent::name);
  if (found != config.agents.end()) return *found;
  Agent fresh;
  fresh.name = name;
  fresh.source = where;
  config.agents.push_back(std::move(fresh));
  return config.agents.back();
}

std::string key_of(const Agent& agent, std::string_view key) {
  return fmt::format("parallel.agents.{}.{}", agent.name, key);
}

void read_key(Reading& reading, Agent& agent, const YamlNode::Entry& entry,
              const ConfigFile& file) {
  const AgentKey& key = require_agent_key(entry, file);
  const std::string where = file.at(entry.line);
  key.set(agent, entry.value, {where, key.name, file.origin});
  reading.found(key_of(agent, key.name), {shown_text(key.name, entry.value), where});
  if (key.executes == Executes::no) return;
  if (agent.command_origin != file.origin || key.name == "command") agent.source = where;
  agent.command_origin = file.origin;
}

void read_agent(Reading& reading, Agent& agent, const YamlNode& map, const ConfigFile& file) {
  for (const auto& entry : map.entries) {
    const bool good = reading.step([&] { read_key(reading, agent, entry, file); });
    if (!good) reading.broken_agents.insert(agent.name);
  }
}

// The profiles that are named after the tool they call.
std::string default_profile(const Agent& agent) {
  const std::string program = program_of(agent);
  if (program.empty() && agent.name == "script") return "script";
  const std::string base = program.substr(program.rfind('/') + 1);
  const auto is_tool = [&base](const std::string& profile) {
    return profile != "script" && profile != "command" && base.starts_with(profile);
  };
  const auto found = std::ranges::find_if(profile_names(), is_tool);
  return found == profile_names().end() ? "command" : *found;
}

void complete_agent(Agent& agent) {
  if (agent.profile.empty()) agent.profile = default_profile(agent);
  const bool has_command = !program_of(agent).empty();
  if (agent.profile == "script") {
    if (has_command || !agent.args.empty()) {
      fail("{}: agent '{}' has profile 'script', which takes no command and no args", agent.source,
           agent.name);
    }
    const bool bare = agent.env.pass.empty() && agent.env.set.empty() && agent.env.files.empty();
    if (bare) agent.command_origin = Origin::built_in;
  } else if (!has_command) {
    fail("{}: agent '{}' has no command", agent.source, agent.name);
  }
}

void require_slots(const Reading& reading) {
  const auto& agents = reading.config.agents;
  const auto is_off = [](const Agent& agent) { return agent.max_concurrent == 0; };
  if (!std::ranges::all_of(agents, is_off)) return;
  const Reading::Found* cap = reading.find(key_of(agents.back(), "max_concurrent"));
  fail("{}: the 'max_concurrent' of all agents together is 0: nothing could be worked on",
       cap == nullptr ? agents.back().source : cap->place);
}

}  // namespace

const std::vector<std::string>& profile_names() {
  static const std::vector<std::string> names = {"script", "claude",  "codex", "opencode", "qwen",
                                                 "gemini", "copilot", "cline", "command"};
  return names;
}

std::string program_of(const Agent& agent) {
  if (!agent.argv.empty()) return agent.argv.front();
  return agent.command.substr(0, agent.command.find_first_of(" \t\n"));
}

void read_agents(Reading& reading, const YamlNode& list, const ConfigFile& file) {
  if (list.kind == YamlNode::Kind::null) return;
  if (list.kind != YamlNode::Kind::list) {
    fail("{}: 'parallel.agents' must be a list, not {}", file.at(list.line), kind_name(list));
  }
  std::set<std::string> seen;
  for (const YamlNode& item : list.items) {
    reading.step([&] {
      const std::string name = require_name(item, file);
      if (!seen.insert(name).second) {
        fail("{}: agent '{}' is there twice", file.at(item.line), name);
      }
      read_agent(reading, agent_named(reading.config, name, file.at(item.line)), item, file);
    });
  }
}

void complete_agents(Reading& reading) {
  auto& agents = reading.config.agents;
  for (Agent& agent : agents) {
    if (reading.broken_agents.count(agent.name) > 0) continue;
    reading.step([&] { complete_agent(agent); });
  }
  if (agents.empty()) {
    agents.push_back(script_agent());
  } else if (reading.broken_agents.empty()) {
    reading.step([&] { require_slots(reading); });
  }
}

Agent script_agent() {
  Agent script;
  script.name = "script";
  script.profile = "script";
  script.max_concurrent =
      static_cast<int>(std::clamp(sysconf(_SC_NPROCESSORS_ONLN), 2L, long{kMaxConcurrent}));
  return script;
}

}  // namespace chant::config
