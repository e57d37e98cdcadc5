// The sanitizer for text that is not ours, and widths on a terminal.
#include "util/text.h"

#include <fmt/format.h>

#include <cstdint>

namespace chant {
namespace {

struct Decoded {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: not valid UTF-8 here
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  char32_t code = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, size};
}

bool is_hidden(char32_t c) {
  return (c >= 0x80 && c <= 0x9F) || c == 0x61C || (c >= 0x200B && c <= 0x200F) || c == 0x2028 ||
         c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
         c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

bool is_plain(char c) { return c >= ' ' && c <= '~'; }

// Length of the escape sequence at the start of `text` (which begins with ESC).
std::size_t escape_length(std::string_view text) {
  const auto is_final = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '~';
  };
  std::size_t i = 1;
  while (i < text.size() && text[i] >= ' ' && text[i] <= '/') ++i;  // "ESC ( B" of a charset
  if (i > 1 || !is_final(i)) return is_final(i) ? i + 1 : i;
  const char kind = text[i++];
  if (kind == '[') {
    while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
    return i < text.size() ? i + 1 : text.size();
  }
  if (std::string_view("]PX^_").find(kind) == std::string_view::npos) return 2;
  for (; i < text.size(); ++i) {  // OSC, DCS, SOS, PM, APC: up to BEL or ST
    if (text[i] == '\a') return i + 1;
    if (text[i] == '\033' && i + 1 < text.size() && text[i + 1] == '\\') return i + 2;
  }
  return text.size();
}

// Appends one code point in a form that does nothing to a terminal.
void append_visible(std::string& out, char32_t c, std::string_view bytes) {
  if (c == '\n' || c == '\t') {
    out += static_cast<char>(c);
  } else if (c < 0x20) {
    out += '^';
    out += static_cast<char>(c + '@');
  } else if (c == 0x7F) {
    out += "^?";
  } else if (is_hidden(c)) {
    out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(c));
  } else {
    out += bytes;
  }
}

std::size_t width_of(char32_t c) {
  if (c < 0x20) return 0;
  if (c < 0x300) return 1;
  if (c <= 0x36F || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x20D0 && c <= 0x20FF)) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
                    (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
                    (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
                    (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<std::uint8_t>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    const Decoded next = decode(text.substr(i));
    if (next.bytes == 0) return i;
    i += next.bytes;
  }
  return std::string_view::npos;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    // Most of what agents print is plain: taken in runs, for it can be hundreds of megabytes.
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (text[0] == '\033') {
      text.remove_prefix(escape_length(text));
      continue;
    }
    const Decoded next = decode(text);
    if (next.bytes == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    append_visible(out, next.code, text.substr(0, next.bytes));
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string printable_line(std::string_view text) {
  std::string line = printable(text);
  for (const char blank : {'\n', '\t'}) {
    for (auto at = line.find(blank); at != std::string::npos; at = line.find(blank, at)) {
      line[at] = ' ';
    }
  }
  return line;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Decoded next = decode(text);
    width += next.bytes == 0 ? 1 : width_of(next.code);
    text.remove_prefix(next.bytes == 0 ? 1 : next.bytes);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::size_t width = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Decoded next = decode(text.substr(end));
    const std::size_t wide = next.bytes == 0 ? 1 : width_of(next.code);
    if (width + wide + 1 > columns) break;
    width += wide;
    end += next.bytes == 0 ? 1 : next.bytes;
  }
  return std::string(text.substr(0, end)) + (columns > 0 ? "…" : "");
}

}  // namespace chant
