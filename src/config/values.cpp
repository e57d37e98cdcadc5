#include "config/values.h"

#include "util/text.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>

namespace chant::config {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool has_only(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_component(std::string_view text) {
  return !text.empty() && !text.starts_with('.') && !text.ends_with(".lock");
}

bool has_only_components(std::string_view path) {
  return std::ranges::all_of(split(path, '/'),
                             [](const std::string& part) { return is_component(part); });
}

}  // namespace

std::optional<std::int64_t> parse_count(std::string_view text, std::int64_t low,
                                        std::int64_t high) {
  if (!is_digits(text) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < low || number > high) return std::nullopt;
  return number;
}

std::optional<int> parse_number(std::string_view text, int low, int high) {
  const auto number = parse_count(text, low, high);
  return number ? std::optional<int>{static_cast<int>(*number)} : std::nullopt;
}

std::optional<double> parse_money(std::string_view text) {
  constexpr std::int64_t kMost = 1'000'000;
  constexpr std::size_t kDecimals = 6;
  const std::size_t point = text.find('.');
  const auto whole = parse_count(text.substr(0, point), 0, kMost);
  if (!whole) return std::nullopt;
  double amount = static_cast<double>(*whole);
  if (point != std::string_view::npos) {
    std::string decimals{text.substr(point + 1)};
    if (!is_digits(decimals) || decimals.size() > kDecimals) return std::nullopt;
    decimals.resize(kDecimals, '0');
    amount += std::stod(decimals) / 1e6;
  }
  if (amount <= 0 || amount > static_cast<double>(kMost)) return std::nullopt;
  return amount;
}

std::optional<Seconds> parse_limit(std::string_view text) {
  constexpr Seconds kMost{366L * 24 * 3600};
  if (text == "none") return Seconds{0};
  const auto duration = parse_duration(text);
  if (!duration || *duration < Seconds{1} || *duration > kMost) return std::nullopt;
  return duration;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.front() != '-' && has_only(text, "._-");
}

bool is_model(std::string_view text) {
  return !text.empty() && text.front() != '-' && is_printable_ascii(text);
}

bool is_branch_name(std::string_view text) {
  if (text.empty() || text.front() == '-' || text == "@" || text == "HEAD") return false;
  const bool plain = std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f || std::string_view{"~^:?*[\\"}.find(c) != std::string::npos;
  });
  return plain && text.find("..") == std::string_view::npos &&
         text.find("@{") == std::string_view::npos && !text.ends_with('.') &&
         has_only_components(text);
}

bool is_branch_prefix(std::string_view text) {
  if (text.empty() || text.front() == '-' || !has_only(text, "._/-")) return false;
  const bool ends_well = text.ends_with('/') || text.ends_with('-') || text.ends_with('_');
  return ends_well && is_branch_name(std::string{text} + "1");
}

std::optional<std::filesystem::path> absolute_path(std::string_view text) {
  if (text == "~" || text.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home != '/') return std::nullopt;
    return (std::filesystem::path{home} / text.substr(std::min<std::size_t>(2, text.size())))
        .lexically_normal();
  }
  if (!text.starts_with('/') || text.find('\0') != std::string_view::npos) return std::nullopt;
  return std::filesystem::path{text};
}

}  // namespace chant::config
