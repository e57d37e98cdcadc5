#include "spec/yaml.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace chant::spec {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words that some YAML reader takes for null, a boolean, a merge key or a default.
bool is_special_word(std::string_view value) {
  static constexpr std::array<std::string_view, 13> kWords = {
      "null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=", ""};
  return std::find(kWords.begin(), kWords.end(), lower(value)) != kWords.end();
}

bool is_date_like(std::string_view value) {
  const auto date = value.substr(0, value.find_first_of("Tt "));
  if (date.size() < 8 || std::count(date.begin(), date.end(), '-') != 2) return false;
  return std::all_of(date.begin(), date.end(), [](char c) { return c == '-' || is_digit(c); });
}

// Anything that a YAML 1.1 or 1.2 reader could take for a number or a date; more than that is
// quoted without need, which harms nobody.
bool is_number_like(std::string_view value) {
  const auto rest = value.substr(value.front() == '+' || value.front() == '-' ? 1 : 0);
  if (rest.empty()) return true;
  const auto folded = lower(rest);
  if (folded == ".inf" || folded == ".nan") return true;
  if (!is_digit(rest.front()) && rest.front() != '.') return false;
  const auto prefix = folded.substr(0, 2);
  if (prefix == "0x" || prefix == "0o" || prefix == "0b") return true;
  auto stop = folded.find_first_not_of("0123456789_.:");
  if (stop == std::string::npos) return true;
  if (folded[stop] == 'e') {
    ++stop;
    if (stop < folded.size() && (folded[stop] == '+' || folded[stop] == '-')) ++stop;
    if (folded.find_first_not_of("0123456789_", stop) == std::string::npos) return true;
  }
  return is_date_like(value);
}

// The escape for a character that must not stand in the text, and its length in bytes; nothing
// when the character can stand as it is.
std::pair<std::string, std::size_t> find_escape(std::string_view value, std::size_t at) {
  const auto byte = static_cast<unsigned char>(value[at]);
  const auto next = value.substr(at, 3);
  if (byte == '"' || byte == '\\') return {fmt::format("\\{}", value[at]), 1};
  if (byte == '\n') return {"\\n", 1};
  if (byte == '\t') return {"\\t", 1};
  if (byte == '\r') return {"\\r", 1};
  if (byte < 0x20 || byte == 0x7F) return {fmt::format("\\x{:02x}", byte), 1};
  if (byte == 0xC2 && next.size() > 1 && static_cast<unsigned char>(next[1]) <= 0xA0) {
    return {fmt::format("\\x{:02x}", static_cast<unsigned char>(next[1])), 2};
  }
  if (next == "\xE2\x80\xA8") return {"\\u2028", 3};
  if (next == "\xE2\x80\xA9") return {"\\u2029", 3};
  if (next == "\xEF\xBB\xBF") return {"\\ufeff", 3};
  if (next == "\xEF\xBF\xBE") return {"\\ufffe", 3};
  if (next == "\xEF\xBF\xBF") return {"\\uffff", 3};
  return {{}, 1};
}

bool is_plain_safe(std::string_view value) {
  if (is_special_word(value) || is_number_like(value)) return false;
  static constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
  if (kIndicators.find(value.front()) != std::string_view::npos) return false;
  if (value.front() == ' ' || value.back() == ' ' || value.back() == ':') return false;
  if (value.find(": ") != std::string_view::npos) return false;
  if (value.find(" #") != std::string_view::npos) return false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (std::string_view{",[]{}"}.find(value[at]) != std::string_view::npos) return false;
    const bool stands_in_plain = value[at] == '"' || value[at] == '\\';
    if (!stands_in_plain && !find_escape(value, at).first.empty()) return false;
  }
  return true;
}

std::string double_quoted(std::string_view value) {
  std::string quoted = "\"";
  for (std::size_t at = 0; at < value.size();) {
    const auto [escape, length] = find_escape(value, at);
    quoted += escape.empty() ? std::string{value.substr(at, length)} : escape;
    at += length;
  }
  return quoted + '"';
}

}  // namespace

std::string yaml_scalar(std::string_view value) {
  return is_plain_safe(value) ? std::string{value} : double_quoted(value);
}

}  // namespace chant::spec
