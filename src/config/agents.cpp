#include "config/config_file.h"
#include "config/settings.h"
#include "config/values.h"
#include "util/error.h"
#include "util/text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

namespace chant::config {
namespace {

using spec::YamlNode;

constexpr int kMaxConcurrent = 256;

// One key of one agent, and the place it stands at.
struct Place {
  std::string where;
  std::string_view key;

  [[noreturn]] void refuse(std::string_view expected, const YamlNode& value) const {
    const bool shown = is_text(value);
    fail("{}: bad value {}for 'parallel.agents.{}': expected {}{}", where,
         shown ? fmt::format("'{}' ", value.text) : "", key, expected,
         shown ? "" : fmt::format(", not {}", kind_name(value)));
  }
};

std::vector<std::string> texts_of(const YamlNode& value, const Place& place) {
  if (value.kind != YamlNode::Kind::list) place.refuse("a list of texts", value);
  std::vector<std::string> texts;
  for (const YamlNode& item : value.items) {
    if (!is_text(item)) place.refuse("a list of texts", item);
    texts.push_back(item.text);
  }
  return texts;
}

void set_name(Agent&, const YamlNode&, const Place&) {}  // read before the agent is known

void set_command(Agent& agent, const YamlNode& value, const Place& place) {
  agent.command.clear();
  agent.argv.clear();
  if (is_text(value)) {
    agent.command = trim(value.text);
    if (agent.command.empty()) place.refuse("a command", value);
  } else {
    agent.argv = texts_of(value, place);
    if (agent.argv.empty() || agent.argv.front().empty()) place.refuse("a command", value);
  }
}

void set_profile(Agent& agent, const YamlNode& value, const Place& place) {
  const auto& known = profile_names();
  if (!is_text(value) || std::ranges::find(known, value.text) == known.end()) {
    place.refuse(fmt::format("one of '{}'", join(known, "', '")), value);
  }
  agent.profile = value.text;
}

void set_args(Agent& agent, const YamlNode& value, const Place& place) {
  agent.args = texts_of(value, place);
}

void set_model(Agent& agent, const YamlNode& value, const Place& place) {
  const bool good = is_text(value) && (value.text.empty() || is_model(value.text));
  if (!good) place.refuse("the name of a model", value);
  agent.model = value.text;
}

void set_max_concurrent(Agent& agent, const YamlNode& value, const Place& place) {
  const auto number = parse_number(value.text, 1, kMaxConcurrent);
  if (!number) place.refuse("a number from 1 to 256", value);
  agent.max_concurrent = *number;
}

// A key that has a say in what is executed makes its file the origin of the command.
enum class Executes { no, yes };

struct AgentKey {
  std::string_view name;
  Executes executes;
  void (*set)(Agent& agent, const YamlNode& value, const Place& place);
};

constexpr std::array kAgentKeys = {
    AgentKey{"name", Executes::no, set_name},
    AgentKey{"command", Executes::yes, set_command},
    AgentKey{"profile", Executes::yes, set_profile},
    AgentKey{"args", Executes::yes, set_args},
    AgentKey{"model", Executes::no, set_model},
    AgentKey{"max_concurrent", Executes::no, set_max_concurrent},
};

const AgentKey& require_key(const YamlNode::Entry& entry, const ConfigFile& file) {
  const auto* found = std::ranges::find(kAgentKeys, entry.key, &AgentKey::name);
  if (found != kAgentKeys.end()) return *found;
  std::vector<std::string> known;
  for (const AgentKey& key : kAgentKeys) known.emplace_back(key.name);
  throw Error(fmt::format("{}: unknown key 'parallel.agents.{}'", file.at(entry.line), entry.key),
              suggestion(entry.key, known));
}

std::string require_name(const YamlNode& map, const ConfigFile& file) {
  if (map.kind != YamlNode::Kind::map) {
    fail("{}: an agent must be a map, not {}", file.at(map.line), kind_name(map));
  }
  const YamlNode* name = map.find("name");
  if (name == nullptr) fail("{}: an agent has no 'name'", file.at(map.line));
  if (!is_name(name->text)) {
    Place{file.at(map.line), "name"}.refuse("letters, digits and '._-'", *name);
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

void read_agent(Agent& agent, const YamlNode& map, const ConfigFile& file) {
  for (const auto& entry : map.entries) {
    const AgentKey& key = require_key(entry, file);
    const std::string where = file.at(entry.line);
    key.set(agent, entry.value, {where, key.name});
    if (key.executes == Executes::no) continue;
    if (agent.command_origin != file.origin || key.name == "command") agent.source = where;
    agent.command_origin = file.origin;
  }
}

std::string default_profile(const Agent& agent) {
  const std::string program = program_of(agent);
  if (program.empty() && agent.name == "script") return "script";
  const std::string base = program.substr(program.rfind('/') + 1);
  return base.starts_with("claude") ? "claude" : "command";
}

void complete_agent(Agent& agent) {
  if (agent.profile.empty()) agent.profile = default_profile(agent);
  const bool has_command = !program_of(agent).empty();
  if (agent.profile == "script") {
    if (has_command || !agent.args.empty()) {
      fail("{}: agent '{}' has profile 'script', which takes no command and no args", agent.source,
           agent.name);
    }
    agent.command_origin = Origin::built_in;
  } else if (!has_command) {
    fail("{}: agent '{}' has no command", agent.source, agent.name);
  }
}

}  // namespace

const std::vector<std::string>& profile_names() {
  static const std::vector<std::string> names = {"script", "claude", "command"};
  return names;
}

std::string program_of(const Agent& agent) {
  if (!agent.argv.empty()) return agent.argv.front();
  return agent.command.substr(0, agent.command.find_first_of(" \t\n"));
}

void read_agents(Config& config, const YamlNode& list, const ConfigFile& file) {
  if (list.kind == YamlNode::Kind::null) return;
  if (list.kind != YamlNode::Kind::list) {
    fail("{}: 'parallel.agents' must be a list, not {}", file.at(list.line), kind_name(list));
  }
  std::set<std::string> seen;
  for (const YamlNode& item : list.items) {
    const std::string name = require_name(item, file);
    if (!seen.insert(name).second) fail("{}: agent '{}' is there twice", file.at(item.line), name);
    read_agent(agent_named(config, name, file.at(item.line)), item, file);
  }
}

void complete_agents(Config& config) {
  for (Agent& agent : config.agents) complete_agent(agent);
  if (config.agents.empty()) config.agents.push_back(script_agent());
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
