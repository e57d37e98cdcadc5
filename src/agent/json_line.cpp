#include "agent/json_line.h"

#include <cmath>
#include <limits>

namespace chant::agent {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 64;

Json parse(std::string_view line) {
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxDepth; };
  return Json::parse(line.begin(), line.end(), keep, false);
}

// The code unit of `\uXXXX` at `at`, or -1.
int code_unit(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const std::size_t digit = std::string_view{"0123456789abcdef"}.find(
        (c >= 'A' && c <= 'F') ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) return -1;
    unit = unit * 16 + static_cast<int>(digit);
  }
  return unit;
}

bool is_high(int unit) { return unit >= 0xd800 && unit <= 0xdbff; }
bool is_low(int unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

std::string without_lone_surrogates(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const int unit = code_unit(text, at);
    std::size_t length = text[at] == '\\' ? 2 : 1;
    if (unit >= 0) length = is_high(unit) && is_low(code_unit(text, at + 6)) ? 12 : 6;
    const bool lone = length == 6 && (is_high(unit) || is_low(unit));
    clean += lone ? std::string_view{"\\ufffd"} : text.substr(at, length);
    at += length;
  }
  return clean;
}

}  // namespace

std::optional<Json> find_object(std::string_view line) {
  Json value = parse(line);
  if (value.is_discarded() && line.find("\\u") != std::string_view::npos) {
    value = parse(without_lone_surrogates(line));
  }
  if (!value.is_object()) return std::nullopt;
  return value;
}

const Json& member_of(const Json& object, const char* key) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

std::string text_of(const Json& object, const char* key) {
  const Json& value = member_of(object, key);
  return value.is_string() ? value.get_ref<const std::string&>() : std::string{};
}

std::optional<std::int64_t> integer_of(const Json& object, const char* key) {
  constexpr double kLimit = 9e15;
  const Json& value = member_of(object, key);
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return std::nullopt;
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float() || !(std::abs(value.get<double>()) < kLimit)) return std::nullopt;
  return static_cast<std::int64_t>(value.get<double>());
}

bool flag_of(const Json& object, const char* key) {
  const Json& value = member_of(object, key);
  return value.is_boolean() && value.get<bool>();
}

}  // namespace chant::agent
