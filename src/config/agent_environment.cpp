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

constexpr std::string_view kNameRule = "a name of letters, digits and '_'";

bool is_variable(std::string_view text) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::ranges::all_of(text, good);
}

// A name, a beginning of names with '*' behind it, or '*' alone.
bool is_pattern(std::string_view text) {
  if (text == "*") return true;
  return is_variable(text.ends_with('*') ? text.substr(0, text.size() - 1) : text);
}

// "<file>:<line>" of something that stands in the same file as `place`.
std::string at_line(const AgentPlace& place, int line) {
  return fmt::format("{}:{}", place.where.substr(0, place.where.rfind(':')), line);
}

// Who mistakes what is asked for writes the secret itself: it is not repeated.
[[noreturn]] void refuse_unseen(const AgentPlace& place, std::string_view expected) {
  fail("{}: bad value for 'parallel.agents.{}': expected {}", place.where, place.key, expected);
}
[[noreturn]] void refuse_unseen(const AgentPlace& place, const YamlNode::Entry& entry,
                                std::string_view expected) {
  fail("{}: bad value for '{}' in 'parallel.agents.{}': expected {}", at_line(place, entry.line),
       entry.key, place.key, expected);
}

void read_pass(AgentEnvironment& env, const YamlNode& value, const AgentPlace& place) {
  constexpr std::string_view kRule = "a list of names of variables, which may end in '*'";
  if (value.kind != YamlNode::Kind::list) place.refuse(kRule, value);
  for (const YamlNode& item : value.items) {
    if (!is_text(item) || !is_pattern(item.text)) refuse_unseen(place, kRule);
    env.pass.push_back(item.text);
  }
}

void require_variable(const YamlNode::Entry& entry, const AgentPlace& place) {
  const std::string where = at_line(place, entry.line);
  if (!is_variable(entry.key)) {
    fail("{}: bad variable '{}' in 'parallel.agents.{}': expected {}", where, entry.key, place.key,
         kNameRule);
  }
  if (entry.key.starts_with("CHANT_")) {
    fail("{}: bad variable '{}' in 'parallel.agents.{}': it is set by git chant itself", where,
         entry.key, place.key);
  }
}

void read_set(AgentEnvironment& env, const YamlNode& value, const AgentPlace& place) {
  if (is_text(value)) refuse_unseen(place, "a map from names to texts");
  if (value.kind != YamlNode::Kind::map) place.refuse("a map from names to texts", value);
  for (const auto& entry : value.entries) {
    require_variable(entry, place);
    const bool good = entry.value.kind == YamlNode::Kind::null || is_text(entry.value);
    if (!good || entry.value.text.find('\0') != std::string::npos) {
      refuse_unseen(place, entry, "a text");
    }
    env.set[entry.key] = entry.value.text;
  }
}

void read_files(AgentEnvironment& env, const YamlNode& value, const AgentPlace& place) {
  constexpr std::string_view kRule = "a map from names to absolute paths";
  if (place.origin == Origin::repository_file) {
    throw Error(fmt::format("{}: 'parallel.agents.{}' may not be set by a repository", place.where,
                            place.key),
                "set it in ~/.config/git-chant/config.yaml");
  }
  if (is_text(value)) refuse_unseen(place, kRule);
  if (value.kind != YamlNode::Kind::map) place.refuse(kRule, value);
  for (const auto& entry : value.entries) {
    require_variable(entry, place);
    const auto path = is_text(entry.value) ? absolute_path(entry.value.text) : std::nullopt;
    if (!path) refuse_unseen(place, entry, "the absolute path of a file that has the value");
    env.files[entry.key] = path->string();
  }
}

struct Part {
  std::string_view name, key;
  void (*read)(AgentEnvironment& env, const YamlNode& value, const AgentPlace& place);
};

constexpr std::array kParts = {
    Part{"pass", "env.pass", read_pass},
    Part{"set", "env.set", read_set},
    Part{"files", "env.files", read_files},
};

bool looks_secret(std::string_view name) {
  constexpr std::array<std::string_view, 5> kWords = {"key", "token", "secret", "passw", "auth"};
  const std::string folded = lower(name);
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

}  // namespace

void set_environment(Agent& agent, const YamlNode& value, const AgentPlace& place) {
  if (value.kind != YamlNode::Kind::map) place.refuse("a map", value);
  AgentEnvironment env;
  for (const auto& entry : value.entries) {
    const auto* part = std::ranges::find(kParts, entry.key, &Part::name);
    const std::string where = at_line(place, entry.line);
    if (part == kParts.end()) {
      throw Error(fmt::format("{}: unknown key 'parallel.agents.env.{}'", where, entry.key),
                  suggestion(entry.key, {"pass", "set", "files"}));
    }
    part->read(env, entry.value, {where, part->key, place.origin});
  }
  agent.env = std::move(env);
}

std::string shown_text(std::string_view key, const YamlNode& value) {
  if (key != "env") return flow_text(value);
  YamlNode shown = value;
  for (auto& part : shown.entries) {
    if (part.key != "set") continue;
    for (auto& variable : part.value.entries) {
      if (looks_secret(variable.key)) variable.value.text = "(hidden)";
    }
  }
  return flow_text(shown);
}

}  // namespace chant::config
