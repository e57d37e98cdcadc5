#include "config/config.h"

#include "config/agent_keys.h"
#include "config/config_file.h"
#include "config/inspect.h"
#include "config/settings.h"
#include "spec/frontmatter.h"
#include "util/error.h"
#include "util/file.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace chant::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 256UL * 1024;
constexpr std::string_view kEnvironmentPrefix = "GIT_CHANT_";
constexpr std::string_view kTestPrefix = "GIT_CHANT_TEST_";
constexpr const char* kBuiltIn = "built-in";

// A dangling link is there too, so that it is refused rather than overlooked.
bool is_there(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  return status.type() != fs::file_type::not_found;
}

void read_yaml(Reading& reading, const std::string& text, const ConfigFile& file) {
  spec::YamlSource source;
  source.name = file.name;
  source.max_bytes = kMaxBytes;
  read_config_file(reading, spec::parse_yaml(text, source), file);
}

void read_user_file(Reading& reading) {
  const auto directory = find_user_directory("XDG_CONFIG_HOME", ".config");
  if (!directory) return;
  const fs::path path = *directory / "git-chant" / "config.yaml";
  if (const auto text = find_file(path, kMaxBytes)) {
    read_yaml(reading, *text, {path.string(), Origin::user_file, UnknownKeys::refused});
  }
}

void read_repository_file(Reading& reading, const fs::path& top_level) {
  const fs::path chant = top_level / ".chant";
  if (top_level.empty() || !is_there(chant)) return;
  const UniqueFd directory = open_directory(chant);
  const bool yaml = is_there(chant / "config.yaml");
  const bool markdown = is_there(chant / "config.md");
  if (yaml && markdown) {
    throw Error("both '.chant/config.yaml' and '.chant/config.md' exist", "keep one of them");
  }
  if (!yaml && !markdown) return;
  const std::string name = yaml ? "config.yaml" : "config.md";
  const std::string shown = ".chant/" + name;
  const std::string text = load_file_at(directory, name, shown, kMaxBytes);
  if (yaml) {
    read_yaml(reading, text, {shown, Origin::repository_file, UnknownKeys::refused});
  } else {
    const auto frontmatter = spec::read_frontmatter(text, shown);
    read_config_file(reading, frontmatter.root,
                     {shown, Origin::repository_file, UnknownKeys::ignored});
  }
}

using MakeName = std::string (*)(std::string_view key);

// The setting that has this name in git config or in the environment.
const Setting& require_setting(const std::string& name, MakeName make_name, const char* kind) {
  std::vector<std::string> known;
  for (const Setting& setting : settings()) {
    if (setting.set == nullptr) continue;
    known.push_back(make_name(setting.key));
    if (known.back() == name) return setting;
  }
  throw Error(fmt::format("unknown {} '{}'", kind, name), suggestion(name, known));
}

void read_scalar(Reading& reading, const Setting& setting, const Value& value) {
  set(reading.config, setting, value);
  reading.found(std::string{setting.key}, {value.text, value.name});
}

void read_git_config(Reading& reading, const Sources& sources) {
  for (const auto& [name, value] : sources.git_config) {
    reading.step([&reading, &name = name, &value = value] {
      const Setting& setting = require_setting(name, git_config_name, "git config name");
      read_scalar(reading, setting,
                  {value, "", fmt::format("git config '{}'", name), Origin::git_config});
    });
  }
}

void read_environment(Reading& reading) {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable{*entry};
    if (!variable.starts_with(kEnvironmentPrefix) || variable.starts_with(kTestPrefix)) continue;
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name{variable.substr(0, equals)};
    reading.step([&] {
      const Setting& setting = require_setting(name, environment_name, "environment variable");
      read_scalar(reading, setting,
                  {std::string{variable.substr(equals + 1)}, "", fmt::format("'{}'", name),
                   Origin::environment});
    });
  }
}

Reading read_all(const Sources& sources, OnFault on_fault) {
  Reading reading(on_fault);
  reading.step([&] { read_user_file(reading); });
  reading.step([&] { read_repository_file(reading, sources.top_level); });
  complete_agents(reading);
  read_git_config(reading, sources);
  read_environment(reading);
  return reading;
}

EffectiveValue value_of(const Reading& reading, std::string key, std::string_view otherwise) {
  const Reading::Found* found = reading.find(key);
  if (found == nullptr) return {std::move(key), std::string{otherwise}, kBuiltIn};
  return {std::move(key), found->text, found->place};
}

// What is not set of an agent follows the run, except these.
std::string built_in_value(const Agent& agent, std::string_view key) {
  if (key == "profile") return agent.profile;
  if (key == "max_concurrent") return std::to_string(agent.max_concurrent);
  if (key == "weight") return std::to_string(agent.weight);
  return "";
}

void add_agents(const Reading& reading, std::vector<EffectiveValue>& values) {
  for (const Agent& agent : reading.config.agents) {
    for (const AgentKey& key : agent_keys()) {
      if (key.name == "name") continue;
      EffectiveValue value =
          value_of(reading, fmt::format("parallel.agents.{}.{}", agent.name, key.name),
                   built_in_value(agent, key.name));
      if (value.origin != kBuiltIn || !value.value.empty()) values.push_back(std::move(value));
    }
  }
}

}  // namespace

Config load_config(const Sources& sources) {
  return std::move(read_all(sources, OnFault::fail).config);
}

Inspection inspect(const Sources& sources) {
  Reading reading = read_all(sources, OnFault::collect);
  Inspection inspection;
  for (const Setting& setting : settings()) {
    inspection.values.push_back(value_of(reading, std::string{setting.key}, setting.built_in));
  }
  add_agents(reading, inspection.values);
  inspection.faults = reading.faults();
  inspection.config = std::move(reading.config);
  return inspection;
}

std::string origin_of(const Inspection& inspection, const std::string& key) {
  const auto found = std::ranges::find(inspection.values, key, &EffectiveValue::key);
  return found == inspection.values.end() ? kBuiltIn : found->origin;
}

}  // namespace chant::config
