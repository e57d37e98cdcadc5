#include "config/settings.h"

#include "config/values.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <algorithm>
#include <array>
#include <optional>

namespace chant::config {
namespace {

constexpr int kMaxTotal = 1024;
constexpr int kMaxJobs = 256;
constexpr Seconds kMaxTimeout{366L * 24 * 3600};
constexpr Seconds kMaxGrace{3600};

constexpr std::string_view kPrefixRule =
    "letters, digits and '._/-', ending in '/', '-' or '_', that git takes in a branch name";

bool assign_if(bool accepted, std::string& field, std::string_view text) {
  if (accepted) field = text;
  return accepted;
}

bool set_mode(Config& config, std::string_view text) {
  if (text != "direct" && text != "branch") return false;
  config.mode = text == "direct" ? BranchMode::direct : BranchMode::branch;
  return true;
}

bool set_root(Config& config, std::string_view text) {
  const auto path = absolute_path(text);
  if (path) config.worktree_root = *path;
  return path.has_value();
}

bool set_total(Config& config, std::string_view text) {
  const auto number = parse_number(text, 0, kMaxTotal);
  if (number) config.total_max = *number;
  return number.has_value();
}

bool set_limit(std::optional<Seconds>& limit, std::string_view text) {
  if (text == "none") {
    limit.reset();
    return true;
  }
  const auto duration = parse_duration(text);
  if (!duration || *duration < Seconds{1} || *duration > kMaxTimeout) return false;
  limit = *duration;
  return true;
}

bool set_grace(Config& config, std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration < Seconds{0} || *duration > kMaxGrace) return false;
  config.grace = *duration;
  return true;
}

bool set_jobs(Config& config, std::string_view text) {
  const auto number = parse_number(text, 0, kMaxJobs);
  if (number) config.reconcile.jobs = *number;
  return number.has_value();
}

bool set_strategy(Config& config, std::string_view text) {
  constexpr std::array<std::string_view, 3> kNames = {"merge", "rebase", "squash"};
  const auto* found = std::ranges::find(kNames, text);
  if (found == kNames.end()) return false;
  config.reconcile.strategy = static_cast<Strategy>(found - kNames.begin());
  return true;
}

bool set_land(Config& config, std::string_view text) {
  if (text != "group" && text != "each") return false;
  config.reconcile.land_each = text == "each";
  return true;
}

constexpr std::string_view kLimitRule = "a duration like '90s', '15m' or '2h', or 'none'";

constexpr std::array kSettings = {
    Setting{"target", "a branch name",
            [](Config& config, std::string_view text) {
              return assign_if(text.empty() || is_branch_name(text), config.target, text);
            }},
    Setting{"branch.mode", "'direct' or 'branch'", set_mode},
    Setting{"branch.direct", kPrefixRule,
            [](Config& config, std::string_view text) {
              return assign_if(is_branch_prefix(text), config.direct_prefix, text);
            }},
    Setting{"branch.prefix", kPrefixRule,
            [](Config& config, std::string_view text) {
              return assign_if(is_branch_prefix(text), config.branch_prefix, text);
            }},
    Setting{"worktree.root", "an absolute path, or '~/…' when HOME is set", set_root},
    Setting{"agent", "the name of an agent",
            [](Config& config, std::string_view text) {
              return assign_if(text.empty() || is_name(text), config.agent, text);
            }},
    Setting{"prompt", "the name of a prompt",
            [](Config& config, std::string_view text) {
              return assign_if(is_name(text), config.prompt, text);
            }},
    Setting{"model", "the name of a model",
            [](Config& config, std::string_view text) {
              return assign_if(text.empty() || is_model(text), config.model, text);
            }},
    Setting{"parallel.total_max", "a number from 0 to 1024", set_total},
    Setting{"parallel.timeout", kLimitRule,
            [](Config& config, std::string_view text) { return set_limit(config.timeout, text); }},
    Setting{"parallel.grace", "a duration of at most '1h'", set_grace},
    Setting{"reconcile.gate", "a shell command",
            [](Config& config, std::string_view text) {
              const bool good = text.find('\0') == std::string_view::npos;
              return assign_if(good, config.reconcile.gate.line, trim(text));
            },
            [](Config& config) -> ShellLine& { return config.reconcile.gate; }},
    Setting{"reconcile.gate_timeout", kLimitRule,
            [](Config& config, std::string_view text) {
              return set_limit(config.reconcile.gate_timeout, text);
            }},
    Setting{"reconcile.jobs", "a number from 0 to 256", set_jobs},
    Setting{"reconcile.strategy", "'merge', 'rebase' or 'squash'", set_strategy},
    Setting{"reconcile.land", "'group' or 'each'", set_land},
};

constexpr std::array<std::string_view, 9> kUnsupported = {
    "check",
    "commit_leftovers",
    "criteria",
    "parallel.cleanup",
    "parallel.distribution",
    "parallel.idle_timeout",
    "parallel.retries",
    "worktree.copy",
    "worktree.setup",
};

}  // namespace

std::span<const Setting> settings() { return kSettings; }

const Setting* find_setting(std::string_view key) {
  const auto* found = std::ranges::find(kSettings, key, &Setting::key);
  return found == kSettings.end() ? nullptr : found;
}

void set(Config& config, const Setting& setting, const Value& value) {
  if (setting.set(config, value.text)) {
    if (setting.shell_line == nullptr) return;
    ShellLine& line = setting.shell_line(config);
    line.origin = value.origin;
    const bool in_file = !value.where.empty();  // "file:3: "
    line.source = in_file ? value.where.substr(0, value.where.size() - 2) : value.name;
    return;
  }
  fail("{}bad value '{}' for {}: expected {}", value.where, value.text, value.name,
       setting.expected);
}

std::vector<std::string> keys_under(std::string_view section) {
  std::vector<std::string> keys;
  const auto add = [&](std::string_view key) {
    const std::size_t skip = section.empty() ? 0 : section.size() + 1;
    if (!section.empty() && !(key.starts_with(section) && key.substr(section.size(), 1) == ".")) {
      return;
    }
    const std::string child{key.substr(0, key.find('.', skip))};
    if (std::ranges::find(keys, child) == keys.end()) keys.push_back(child);
  };
  for (const Setting& setting : kSettings) add(setting.key);
  add("parallel.agents");
  return keys;
}

bool is_unsupported(std::string_view key) {
  return std::ranges::any_of(kUnsupported, [key](std::string_view known) {
    return key.starts_with(known) && (key.size() == known.size() || key[known.size()] == '.');
  });
}

std::string git_config_name(std::string_view key) {
  std::string name = "chant." + std::string{key};
  std::ranges::replace(name, '_', '-');
  return name;
}

std::string environment_name(std::string_view key) {
  std::string name = "GIT_CHANT_";
  for (const char c : key) {
    name += c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() || near == word ? "" : fmt::format("did you mean '{}'?", near);
}

std::vector<SettingName> setting_names() {
  std::vector<SettingName> names;
  for (const Setting& setting : kSettings) {
    names.push_back(
        {std::string{setting.key}, git_config_name(setting.key), environment_name(setting.key)});
  }
  return names;
}

}  // namespace chant::config
