// The keys of one agent: what each takes and where it goes. For this module only.
#pragma once

#include "config/config_file.h"

#include <span>
#include <string>
#include <string_view>

namespace chant::config {

inline constexpr int kMaxConcurrent = 256;

// One key of one agent, and the place it stands at.
struct AgentPlace {
  std::string where;
  std::string_view key;
  Origin origin = Origin::user_file;

  // Throws Error: the value of the key, or a part of it, is none that it takes.
  [[noreturn]] void refuse(std::string_view expected, const spec::YamlNode& value) const;
};

// A key that has a say in what is executed makes its file the origin of the command.
enum class Executes { no, yes };

struct AgentKey {
  std::string_view name;
  Executes executes;
  void (*set)(Agent& agent, const spec::YamlNode& value, const AgentPlace& place);
};

[[nodiscard]] std::span<const AgentKey> agent_keys();

// Throws Error for an entry that is none of them.
[[nodiscard]] const AgentKey& require_agent_key(const spec::YamlNode::Entry& entry,
                                                const ConfigFile& file);

// The key `env`. Throws Error.
void set_environment(Agent& agent, const spec::YamlNode& value, const AgentPlace& place);

// The value of a key for people: without what looks like a secret.
[[nodiscard]] std::string shown_text(std::string_view key, const spec::YamlNode& value);

}  // namespace chant::config
