// The table of scalar settings: the one place that knows their keys, what values they take and
// where they go. Files, git config and the environment all set them through here.
#pragma once

#include "config/config.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chant::config {

inline constexpr std::string_view kLimitRule = "a duration like '90s', '15m' or '2h', or 'none'";

struct Setting {
  std::string_view key;       // "worktree.root"
  std::string_view expected;  // "an absolute path"
  std::string_view built_in;  // the value when nobody sets it
  // False: not such a value. Null for a list, which only files can set.
  bool (*set)(Config& config, std::string_view text);
  // Of a command that would be run: where its place is kept.
  ShellLine& (*shell_line)(Config& config) = nullptr;
  std::vector<std::string>& (*list)(Config& config) = nullptr;
};

[[nodiscard]] std::span<const Setting> settings();
[[nodiscard]] const Setting* find_setting(std::string_view key);

// A value and the place it was found at.
struct Value {
  std::string text;
  std::string where;  // "file:3: " or ""
  std::string name;   // what the user wrote: "'worktree.root'", "git config 'chant.target'"
  Origin origin = Origin::built_in;
};

// Throws Error when the setting does not take the value.
void set(Config& config, const Setting& setting, const Value& value);

// The names that may stand under `section` ("" for the top level), as whole keys.
[[nodiscard]] std::vector<std::string> keys_under(std::string_view section);

[[nodiscard]] std::string git_config_name(std::string_view key);
[[nodiscard]] std::string environment_name(std::string_view key);

// "did you mean 'x'?", or "" when nothing is near.
[[nodiscard]] std::string suggestion(std::string_view word,
                                     const std::vector<std::string>& candidates);

}  // namespace chant::config
