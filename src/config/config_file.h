// The content of one configuration file, read strictly into a Reading.
#pragma once

#include "config/reading.h"
#include "spec/yaml.h"

#include <string>
#include <string_view>
#include <vector>

namespace chant::config {

// Top-level keys that are not ours: an error, or those of other tools that share the file.
enum class UnknownKeys { refused, ignored };

struct ConfigFile {
  std::string name;  // for messages
  Origin origin = Origin::user_file;
  UnknownKeys unknown_keys = UnknownKeys::refused;

  // "<name>:<line>"
  [[nodiscard]] std::string at(int line) const;
};

// Sets what the file sets. Faults are those of Reading::step, with file and line.
void read_config_file(Reading& reading, const spec::YamlNode& root, const ConfigFile& file);

// Merges the list `parallel.agents` into the agents, by name and key by key.
void read_agents(Reading& reading, const spec::YamlNode& list, const ConfigFile& file);

// Fills in what follows from other keys (the profile, the built-in agent), once all files are
// read. A fault is an agent that cannot be run, or caps that leave no slot.
void complete_agents(Reading& reading);

// A text, also one that other YAML readers take as null: `~`, `null`.
[[nodiscard]] bool is_text(const spec::YamlNode& node);

// "a list" …: what stands in the file, for messages.
[[nodiscard]] std::string_view kind_name(const spec::YamlNode& node);

// A value on one line, as YAML in flow form; a text as it is when it is the whole value.
[[nodiscard]] std::string flow_text(const spec::YamlNode& node);

}  // namespace chant::config
