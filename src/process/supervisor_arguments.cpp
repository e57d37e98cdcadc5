#include "process/marked.h"
#include "process/supervisor.h"
#include "util/error.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace chant::process {
namespace {

constexpr std::string_view kInput = "--input=";
constexpr std::string_view kLog = "--log=";
constexpr std::string_view kTimeLimit = "--time-limit=";
constexpr std::string_view kGrace = "--grace=";
constexpr std::string_view kMark = "--mark=";

Seconds seconds(std::string_view argument, std::string_view text) {
  Seconds::rep count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr Seconds::rep kMost = 100L * 366 * 24 * 3600;
  if (error != std::errc() || end != text.data() + text.size() || count < 0 || count > kMost) {
    fail_usage("not a number of seconds: '{}'", argument);
  }
  return Seconds(count);
}

void take_option(std::string_view argument, SupervisorOptions& options) {
  const auto value = argument.substr(argument.find('=') + 1);
  if (argument.starts_with(kInput)) {
    options.input = value;
  } else if (argument.starts_with(kLog)) {
    options.log = value;
  } else if (argument.starts_with(kTimeLimit)) {
    options.time_limit = seconds(argument, value);
  } else if (argument.starts_with(kGrace)) {
    options.grace = seconds(argument, value);
  } else if (argument.starts_with(kMark)) {
    options.mark = value;
    if (!is_mark(options.mark)) fail_usage("not a mark: '{}'", argument);
  } else {
    fail_usage("unknown argument '{}'", argument);
  }
}

}  // namespace

std::vector<std::string> supervisor_arguments(const SupervisorOptions& options) {
  std::vector<std::string> result;
  if (!options.input.empty()) result.push_back(std::string(kInput) + options.input.string());
  result.push_back(std::string(kLog) + options.log.string());
  if (options.time_limit) {
    result.push_back(std::string(kTimeLimit) + std::to_string(options.time_limit->count()));
  }
  result.push_back(std::string(kGrace) + std::to_string(options.grace.count()));
  if (!options.mark.empty()) result.push_back(std::string(kMark) + options.mark);
  result.emplace_back("--");
  result.insert(result.end(), options.argv.begin(), options.argv.end());
  return result;
}

SupervisorOptions parse_supervisor_arguments(const std::vector<std::string>& args) {
  SupervisorOptions options;
  auto argument = args.begin();
  for (; argument != args.end() && *argument != "--"; ++argument) take_option(*argument, options);
  if (argument != args.end()) options.argv.assign(argument + 1, args.end());
  if (options.argv.empty()) fail_usage("no command after '--'");
  if (options.log.empty()) fail_usage("no log file: give '--log=<file>'");
  return options;
}

}  // namespace chant::process
