#include "config/config_file.h"

#include "config/settings.h"
#include "util/error.h"

#include <algorithm>

namespace chant::config {
namespace {

using spec::YamlNode;

[[noreturn]] void fail_unknown(const ConfigFile& file, const YamlNode::Entry& entry,
                               const std::string& key, const std::vector<std::string>& known) {
  throw Error(fmt::format("{}: unknown key '{}'", file.at(entry.line), key),
              suggestion(key, known));
}

void read_setting(Config& config, const Setting& setting, const YamlNode::Entry& entry,
                  const ConfigFile& file) {
  if (!is_text(entry.value)) {
    fail("{}: bad value for '{}': expected {}, not {}", file.at(entry.line), setting.key,
         setting.expected, kind_name(entry.value));
  }
  const int line = entry.value.line > 0 ? entry.value.line : entry.line;
  set(config, setting,
      {entry.value.text, file.at(line) + ": ", fmt::format("'{}'", setting.key), file.origin});
}

void read_section(Config& config, const YamlNode& map, const std::string& section,
                  const ConfigFile& file);

void read_entry(Config& config, const YamlNode::Entry& entry, const std::string& section,
                const ConfigFile& file) {
  const std::string key = section.empty() ? entry.key : section + "." + entry.key;
  const auto known = keys_under(section);
  if (entry.key.find('.') != std::string::npos) fail_unknown(file, entry, key, {});
  if (is_unsupported(key))
    fail("{}: '{}' is not supported by this version", file.at(entry.line), key);
  if (std::ranges::find(known, key) == known.end()) {
    if (section.empty() && file.unknown_keys == UnknownKeys::ignored) return;
    fail_unknown(file, entry, key, known);
  }
  if (const Setting* setting = find_setting(key)) {
    read_setting(config, *setting, entry, file);
  } else if (key == "parallel.agents") {
    read_agents(config, entry.value, file);
  } else {
    read_section(config, entry.value, key, file);
  }
}

void read_section(Config& config, const YamlNode& map, const std::string& section,
                  const ConfigFile& file) {
  if (map.kind == YamlNode::Kind::null) return;
  if (map.kind != YamlNode::Kind::map) {
    const std::string what = section.empty() ? "the configuration" : fmt::format("'{}'", section);
    fail("{}: {} must be a map, not {}", file.at(map.line), what, kind_name(map));
  }
  for (const auto& entry : map.entries) read_entry(config, entry, section, file);
}

}  // namespace

std::string ConfigFile::at(int line) const { return fmt::format("{}:{}", name, line); }

bool is_text(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar ||
         (node.kind == YamlNode::Kind::null && !node.text.empty());
}

std::string_view kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a text";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
  }
  return "";
}

void read_config_file(Config& config, const YamlNode& root, const ConfigFile& file) {
  read_section(config, root, "", file);
}

}  // namespace chant::config
