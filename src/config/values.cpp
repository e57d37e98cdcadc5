#include "config/values.h"

#include "util/text.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>

namespace chant::config {
namespace {

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

std::optional<int> parse_number(std::string_view text, int low, int high) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < low || number > high) return std::nullopt;
  return number;
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
