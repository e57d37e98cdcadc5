#include "config/config.h"

#include "config/config_file.h"
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

// A dangling link is there too, so that it is refused rather than overlooked.
bool is_there(const fs::path& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  return status.type() != fs::file_type::not_found;
}

void read_yaml(Config& config, const std::string& text, const ConfigFile& file) {
  spec::YamlSource source;
  source.name = file.name;
  source.max_bytes = kMaxBytes;
  read_config_file(config, spec::parse_yaml(text, source), file);
}

void read_user_file(Config& config) {
  const auto directory = find_user_directory("XDG_CONFIG_HOME", ".config");
  if (!directory) return;
  const fs::path path = *directory / "git-chant" / "config.yaml";
  if (const auto text = find_file(path, kMaxBytes)) {
    read_yaml(config, *text, {path.string(), Origin::user_file, UnknownKeys::refused});
  }
}

void read_repository_file(Config& config, const fs::path& top_level) {
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
    read_yaml(config, text, {shown, Origin::repository_file, UnknownKeys::refused});
  } else {
    const auto frontmatter = spec::read_frontmatter(text, shown);
    read_config_file(config, frontmatter.root,
                     {shown, Origin::repository_file, UnknownKeys::ignored});
  }
}

using MakeName = std::string (*)(std::string_view key);

// The setting that has this name in git config or in the environment.
const Setting& require_setting(const std::string& name, MakeName make_name, const char* kind) {
  std::vector<std::string> known;
  for (const Setting& setting : settings()) {
    known.push_back(make_name(setting.key));
    if (known.back() == name) return setting;
  }
  throw Error(fmt::format("unknown {} '{}'", kind, name), suggestion(name, known));
}

std::string key_of_git_config(std::string_view name) {
  std::string key{name.substr(std::min(name.size(), std::string_view{"chant."}.size()))};
  std::ranges::replace(key, '-', '_');
  return key;
}

void read_git_config(Config& config, const Sources& sources) {
  for (const auto& [name, value] : sources.git_config) {
    if (is_unsupported(key_of_git_config(name))) {
      fail("git config '{}' is not supported by this version", name);
    }
    const Setting& setting = require_setting(name, git_config_name, "git config name");
    set(config, setting, {value, "", fmt::format("git config '{}'", name), Origin::git_config});
  }
}

void read_environment(Config& config) {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable{*entry};
    if (!variable.starts_with(kEnvironmentPrefix) || variable.starts_with(kTestPrefix)) continue;
    const std::size_t equals = variable.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name{variable.substr(0, equals)};
    const Setting& setting = require_setting(name, environment_name, "environment variable");
    set(config, setting,
        {std::string{variable.substr(equals + 1)}, "", fmt::format("'{}'", name),
         Origin::environment});
  }
}

}  // namespace

Config load_config(const Sources& sources) {
  Config config;
  read_user_file(config);
  read_repository_file(config, sources.top_level);
  complete_agents(config);
  read_git_config(config, sources);
  read_environment(config);
  return config;
}

}  // namespace chant::config
