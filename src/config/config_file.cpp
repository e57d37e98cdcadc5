#include "config/config_file.h"

#include "config/settings.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>

namespace chant::config {
namespace {

using spec::YamlNode;

[[noreturn]] void fail_unknown(const ConfigFile& file, const YamlNode::Entry& entry,
                               const std::string& key, const std::vector<std::string>& known) {
  throw Error(fmt::format("{}: unknown key '{}'", file.at(entry.line), key),
              suggestion(key, known));
}

[[noreturn]] void fail_kind(const Setting& setting, const std::string& where,
                            const YamlNode& value) {
  fail("{}: bad value for '{}': expected {}, not {}", where, setting.key, setting.expected,
       kind_name(value));
}

void read_list(Reading& reading, const Setting& setting, const YamlNode::Entry& entry,
               const ConfigFile& file) {
  if (entry.value.kind != YamlNode::Kind::list)
    fail_kind(setting, file.at(entry.line), entry.value);
  std::vector<std::string> texts;
  for (const YamlNode& item : entry.value.items) {
    const bool good = is_text(item) && !item.text.empty() &&
                      item.text.find_first_of(std::string_view{"\0\n\r", 3}) == std::string::npos;
    if (!good) {
      fail("{}: bad value in '{}': expected {}", file.at(std::max(item.line, entry.line)),
           setting.key, setting.expected);
    }
    texts.push_back(item.text);
  }
  setting.list(reading.config) = std::move(texts);
}

void read_setting(Reading& reading, const Setting& setting, const YamlNode::Entry& entry,
                  const ConfigFile& file) {
  const int line = entry.value.line > 0 ? entry.value.line : entry.line;
  if (setting.list != nullptr) {
    read_list(reading, setting, entry, file);
  } else {
    if (!is_text(entry.value)) fail_kind(setting, file.at(entry.line), entry.value);
    set(reading.config, setting,
        {entry.value.text, file.at(line) + ": ", fmt::format("'{}'", setting.key), file.origin});
  }
  reading.found(std::string{setting.key}, {flow_text(entry.value), file.at(line)});
}

void read_section(Reading& reading, const YamlNode& map, const std::string& section,
                  const ConfigFile& file);

void read_entry(Reading& reading, const YamlNode::Entry& entry, const std::string& section,
                const ConfigFile& file) {
  const std::string key = section.empty() ? entry.key : section + "." + entry.key;
  const auto known = keys_under(section);
  if (entry.key.find('.') != std::string::npos) fail_unknown(file, entry, key, {});
  if (std::ranges::find(known, key) == known.end()) {
    if (section.empty() && file.unknown_keys == UnknownKeys::ignored) return;
    fail_unknown(file, entry, key, known);
  }
  if (const Setting* setting = find_setting(key)) {
    read_setting(reading, *setting, entry, file);
  } else if (key == "parallel.agents") {
    read_agents(reading, entry.value, file);
  } else {
    read_section(reading, entry.value, key, file);
  }
}

void read_section(Reading& reading, const YamlNode& map, const std::string& section,
                  const ConfigFile& file) {
  if (map.kind == YamlNode::Kind::null) return;
  if (map.kind != YamlNode::Kind::map) {
    const std::string what = section.empty() ? "the configuration" : fmt::format("'{}'", section);
    fail("{}: {} must be a map, not {}", file.at(map.line), what, kind_name(map));
  }
  for (const auto& entry : map.entries) {
    reading.step([&] { read_entry(reading, entry, section, file); });
  }
}

std::string flow_part(const YamlNode& node) {
  return is_text(node) ? spec::yaml_scalar(node.text) : flow_text(node);
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

std::string flow_text(const YamlNode& node) {
  std::vector<std::string> parts;
  switch (node.kind) {
    case YamlNode::Kind::null:
    case YamlNode::Kind::scalar:
      return node.text;
    case YamlNode::Kind::list:
      for (const YamlNode& item : node.items) parts.push_back(flow_part(item));
      return "[" + join(parts, ", ") + "]";
    case YamlNode::Kind::map:
      for (const auto& entry : node.entries) {
        parts.push_back(spec::yaml_scalar(entry.key) + ": " + flow_part(entry.value));
      }
      return "{" + join(parts, ", ") + "}";
  }
  return "";
}

void read_config_file(Reading& reading, const YamlNode& root, const ConfigFile& file) {
  read_section(reading, root, "", file);
}

}  // namespace chant::config
