// The content of one configuration file, read strictly into a Config.
#pragma once

#include "config/config.h"
#include "spec/yaml.h"

#include <string>
#include <string_view>

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

// Sets what the file sets. Throws Error with file and line.
void read_config_file(Config& config, const spec::YamlNode& root, const ConfigFile& file);

// Merges the list `parallel.agents` into the agents of `config`, by name and key by key.
void read_agents(Config& config, const spec::YamlNode& list, const ConfigFile& file);

// Fills in what follows from other keys (the profile, the built-in agent), once all files are
// read. Throws Error for an agent that cannot be run.
void complete_agents(Config& config);

// A text, also one that other YAML readers take as null: `~`, `null`.
[[nodiscard]] bool is_text(const spec::YamlNode& node);

// "a list" …: what stands in the file, for messages.
[[nodiscard]] std::string_view kind_name(const spec::YamlNode& node);

}  // namespace chant::config
