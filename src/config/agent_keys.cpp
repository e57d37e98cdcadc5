#include "config/agent_keys.h"

#include "config/settings.h"
#include "config/values.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>
#include <array>

namespace chant::config {
namespace {

using spec::YamlNode;

constexpr int kMaxWeight = 1000;
constexpr int kMaxRetries = 100;

std::vector<std::string> texts_of(const YamlNode& value, const AgentPlace& place) {
  if (value.kind != YamlNode::Kind::list) place.refuse("a list of texts", value);
  std::vector<std::string> texts;
  for (const YamlNode& item : value.items) {
    if (!is_text(item)) place.refuse("a list of texts", item);
    texts.push_back(item.text);
  }
  return texts;
}

int number_of(const YamlNode& value, const AgentPlace& place, int low, int high) {
  const auto number = is_text(value) ? parse_number(value.text, low, high) : std::nullopt;
  if (!number) place.refuse(fmt::format("a number from {} to {}", low, high), value);
  return *number;
}

// 0 stands for none.
Seconds limit_of(const YamlNode& value, const AgentPlace& place) {
  const auto limit = is_text(value) ? parse_limit(value.text) : std::nullopt;
  if (!limit) place.refuse(kLimitRule, value);
  return *limit;
}

void set_name(Agent&, const YamlNode&, const AgentPlace&) {}  // read before the agent is known

void set_command(Agent& agent, const YamlNode& value, const AgentPlace& place) {
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

void set_profile(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  const auto& known = profile_names();
  if (!is_text(value) || std::ranges::find(known, value.text) == known.end()) {
    place.refuse(fmt::format("one of '{}'", join(known, "', '")), value);
  }
  agent.profile = value.text;
}

void set_args(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.args = texts_of(value, place);
}

void set_model(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  const bool good = is_text(value) && (value.text.empty() || is_model(value.text));
  if (!good) place.refuse("the name of a model", value);
  agent.model = value.text;
}

void set_max_concurrent(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.max_concurrent = number_of(value, place, 0, kMaxConcurrent);
}

void set_weight(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.weight = number_of(value, place, 1, kMaxWeight);
}

void set_labels(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.labels = texts_of(value, place);
  if (std::ranges::find(agent.labels, "") != agent.labels.end()) {
    place.refuse("a list of labels", value);
  }
}

void set_timeout(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.timeout = limit_of(value, place);
}

void set_idle_timeout(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.idle_timeout = limit_of(value, place);
}

void set_retries(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  agent.retries = number_of(value, place, 0, kMaxRetries);
}

constexpr std::array kAgentKeys = {
    AgentKey{"name", Executes::no, set_name},
    AgentKey{"command", Executes::yes, set_command},
    AgentKey{"profile", Executes::yes, set_profile},
    AgentKey{"args", Executes::yes, set_args},
    AgentKey{"model", Executes::no, set_model},
    AgentKey{"max_concurrent", Executes::no, set_max_concurrent},
    AgentKey{"weight", Executes::no, set_weight},
    AgentKey{"labels", Executes::no, set_labels},
    AgentKey{"timeout", Executes::no, set_timeout},
    AgentKey{"idle_timeout", Executes::no, set_idle_timeout},
    AgentKey{"retries", Executes::no, set_retries},
    AgentKey{"env", Executes::yes, set_environment},
};

}  // namespace

void AgentPlace::refuse(std::string_view expected, const YamlNode& value) const {
  const bool shown = is_text(value);
  fail("{}: bad value {}for 'parallel.agents.{}': expected {}{}", where,
       shown ? fmt::format("'{}' ", value.text) : "", key, expected,
       shown ? "" : fmt::format(", not {}", kind_name(value)));
}

std::span<const AgentKey> agent_keys() { return kAgentKeys; }

const AgentKey& require_agent_key(const YamlNode::Entry& entry, const ConfigFile& file) {
  const auto* found = std::ranges::find(kAgentKeys, entry.key, &AgentKey::name);
  if (found != kAgentKeys.end()) return *found;
  std::vector<std::string> known;
  for (const AgentKey& key : kAgentKeys) known.emplace_back(key.name);
  throw Error(fmt::format("{}: unknown key 'parallel.agents.{}'", file.at(entry.line), entry.key),
              suggestion(entry.key, known));
}

}  // namespace chant::config
