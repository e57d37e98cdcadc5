// What a configuration value may look like. Each check is strict: a value is accepted as it is or
// refused, never repaired. Throws nothing.
#pragma once

#include "util/time.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace chant::config {

// A decimal number without sign, leading zero or blank, within [low, high].
[[nodiscard]] std::optional<int> parse_number(std::string_view text, int low, int high);

[[nodiscard]] std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t low,
                                                      std::int64_t high);

// "2", "0.5": US dollars, more than 0 and at most a million, with at most six decimals.
[[nodiscard]] std::optional<double> parse_money(std::string_view text);

// A duration from one second to a year; "none" is 0.
[[nodiscard]] std::optional<Seconds> parse_limit(std::string_view text);

// [A-Za-z0-9._-]+ that begins with none of `.` and `-`: names of agents and prompts.
[[nodiscard]] bool is_name(std::string_view text);

// Printable ASCII without blanks, not an option.
[[nodiscard]] bool is_model(std::string_view text);

// A branch name that git accepts and that cannot be taken for an option.
[[nodiscard]] bool is_branch_name(std::string_view text);

// [A-Za-z0-9._/-]+ that makes a branch name when an id follows; ends in `/`, `-` or `_`.
[[nodiscard]] bool is_branch_prefix(std::string_view text);

// `text` as an absolute path, with `~/` replaced by $HOME.
[[nodiscard]] std::optional<std::filesystem::path> absolute_path(std::string_view text);

}  // namespace chant::config
