#include "config/settings.h"

#include "config/values.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace chant::config {
namespace {

constexpr int kMaxTotal = 1024;
constexpr int kMaxJobs = 256;
constexpr int kMaxRetries = 100;
constexpr int kFirstPort = 1024;
constexpr int kLastPort = 60000;
constexpr std::int64_t kMaxTokens = 1'000'000'000'000'000;
constexpr Seconds kMaxGrace{3600};

constexpr std::string_view kPrefixRule =
    "letters, digits and '._/-', ending in '/', '-' or '_', that git takes in a branch name";
constexpr std::string_view kShellRule = "a shell command";
constexpr std::string_view kFlagRule = "'true' or 'false'";

constexpr std::array<std::string_view, 2> kModes = {"direct", "branch"};
constexpr std::array<std::string_view, 2> kCriteria = {"require", "ignore"};
constexpr std::array<std::string_view, 2> kDistributions = {"least-loaded", "round-robin"};
constexpr std::array<std::string_view, 3> kStrategies = {"merge", "rebase", "squash"};
constexpr std::array<std::string_view, 2> kLands = {"group", "each"};

// A field of the configuration, or of a part of it.
template <auto... Path>
auto& field(Config& config) {
  return (config.*....*Path);
}

template <bool (*Accepts)(std::string_view)>
bool is_empty_or(std::string_view text) {
  return text.empty() || Accepts(text);
}

template <bool (*Accepts)(std::string_view), auto... Path>
bool set_text(Config& config, std::string_view text) {
  if (!Accepts(text)) return false;
  field<Path...>(config) = text;
  return true;
}

template <auto... Path>
bool set_shell_line(Config& config, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  field<Path...>(config).line = trim(text);
  return true;
}

template <int Low, int High, auto... Path>
bool set_number(Config& config, std::string_view text) {
  const auto number = parse_number(text, Low, High);
  if (number) field<Path...>(config) = *number;
  return number.has_value();
}

template <auto... Path>
bool set_flag(Config& config, std::string_view text) {
  if (text != "true" && text != "false") return false;
  field<Path...>(config) = text == "true";
  return true;
}

// `Names` are those of the enumerators, in their order.
template <const auto& Names, auto... Path>
bool set_choice(Config& config, std::string_view text) {
  const auto* found = std::ranges::find(Names, text);
  if (found == Names.end()) return false;
  auto& value = field<Path...>(config);
  value = static_cast<std::remove_reference_t<decltype(value)>>(found - Names.begin());
  return true;
}

// `Parse` gives nothing for what is no such value; "none" takes the limit away.
template <auto Parse, auto... Path>
bool set_or_none(Config& config, std::string_view text) {
  auto& value = field<Path...>(config);
  if (text == "none") {
    value.reset();
    return true;
  }
  const auto parsed = Parse(text);
  if (parsed) value = parsed;
  return parsed.has_value();
}

std::optional<std::int64_t> parse_tokens(std::string_view text) {
  return parse_count(text, 1, kMaxTokens);
}

bool set_root(Config& config, std::string_view text) {
  const auto path = absolute_path(text);
  if (path) config.worktree_root = *path;
  return path.has_value();
}

bool set_grace(Config& config, std::string_view text) {
  const auto duration = parse_duration(text);
  if (!duration || *duration < Seconds{0} || *duration > kMaxGrace) return false;
  config.grace = *duration;
  return true;
}

using C = Config;
using R = Reconcile;

constexpr std::array kSettings = {
    Setting{"target", "a branch name", "", set_text<is_empty_or<is_branch_name>, &C::target>},
    Setting{"branch.mode", "'direct' or 'branch'", "direct", set_choice<kModes, &C::mode>},
    Setting{"branch.direct", kPrefixRule, "spec/", set_text<is_branch_prefix, &C::direct_prefix>},
    Setting{"branch.prefix", kPrefixRule, "chant/", set_text<is_branch_prefix, &C::branch_prefix>},
    Setting{"worktree.root", "an absolute path, or '~/…' when HOME is set", "/tmp", set_root},
    Setting{"worktree.setup", kShellRule, "", set_shell_line<&C::setup>, field<&C::setup>},
    Setting{"worktree.setup_timeout", kLimitRule, "10m",
            set_or_none<parse_limit, &C::setup_timeout>},
    Setting{"worktree.copy", "a list of patterns", "[]", nullptr, nullptr, field<&C::copy>},
    Setting{"worktree.port_base", "a number from 1024 to 60000", "20000",
            set_number<kFirstPort, kLastPort, &C::port_base>},
    Setting{"agent", "the name of an agent", "", set_text<is_empty_or<is_name>, &C::agent>},
    Setting{"prompt", "the name of a prompt", "standard", set_text<is_name, &C::prompt>},
    Setting{"model", "the name of a model", "", set_text<is_empty_or<is_model>, &C::model>},
    Setting{"criteria", "'require' or 'ignore'", "require", set_choice<kCriteria, &C::criteria>},
    Setting{"check", kShellRule, "", set_shell_line<&C::check>, field<&C::check>},
    Setting{"check_timeout", kLimitRule, "30m", set_or_none<parse_limit, &C::check_timeout>},
    Setting{"commit_leftovers", kFlagRule, "false", set_flag<&C::commit_leftovers>},
    Setting{"parallel.total_max", "a number from 0 to 1024", "0",
            set_number<0, kMaxTotal, &C::total_max>},
    Setting{"parallel.distribution", "'least-loaded' or 'round-robin'", "least-loaded",
            set_choice<kDistributions, &C::distribution>},
    Setting{"parallel.retries", "a number from 0 to 100", "1",
            set_number<0, kMaxRetries, &C::retries>},
    Setting{"parallel.timeout", kLimitRule, "none", set_or_none<parse_limit, &C::timeout>},
    Setting{"parallel.idle_timeout", kLimitRule, "30m", set_or_none<parse_limit, &C::idle_timeout>},
    Setting{"parallel.grace", "a duration of at most '1h'", "10s", set_grace},
    Setting{"parallel.max_cost", "an amount in US dollars like '2.50', or 'none'", "none",
            set_or_none<parse_money, &C::max_cost>},
    Setting{"parallel.max_tokens", "a number of tokens, or 'none'", "none",
            set_or_none<parse_tokens, &C::max_tokens>},
    Setting{"parallel.cleanup.enabled", kFlagRule, "true",
            set_flag<&C::cleanup, &Cleanup::enabled>},
    Setting{"parallel.cleanup.prompt", "the name of a prompt", "parallel-cleanup",
            set_text<is_name, &C::cleanup, &Cleanup::prompt>},
    Setting{"parallel.cleanup.auto_run", kFlagRule, "false",
            set_flag<&C::cleanup, &Cleanup::auto_run>},
    Setting{"reconcile.gate", kShellRule, "", set_shell_line<&C::reconcile, &R::gate>,
            field<&C::reconcile, &R::gate>},
    Setting{"reconcile.gate_timeout", kLimitRule, "1h",
            set_or_none<parse_limit, &C::reconcile, &R::gate_timeout>},
    Setting{"reconcile.jobs", "a number from 0 to 256", "0",
            set_number<0, kMaxJobs, &C::reconcile, &R::jobs>},
    Setting{"reconcile.strategy", "'merge', 'rebase' or 'squash'", "merge",
            set_choice<kStrategies, &C::reconcile, &R::strategy>},
    Setting{"reconcile.land", "'group' or 'each'", "group",
            set_choice<kLands, &C::reconcile, &R::land_each>},
    Setting{"notify.command", kShellRule, "", set_shell_line<&C::notify>, field<&C::notify>},
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
    if (setting.set == nullptr) continue;
    names.push_back(
        {std::string{setting.key}, git_config_name(setting.key), environment_name(setting.key)});
  }
  return names;
}

}  // namespace chant::config
