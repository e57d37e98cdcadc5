#include "support/catch.h"
#include "util/text.h"

#include <cstdint>
#include <random>
#include <string>

using namespace chant;

namespace {

// Random bytes with many that matter: escapes, their introducers, and UTF-8 of every length.
std::string random_text(std::mt19937& random) {
  static const std::string kPieces[] = {
      "\033",   "\033[",  "\033]0;", "\033P",      "\033\\",       "\a",
      "\r",     "\n",     "\t",      "\x7f",       "\x9b",         "\xC2\x9B",
      "é",      "日",     "🙂",    "m",          "31;1",         "\u202e",
      "\u200b", "\u2066", "\ufeff",  "\U000E0041", "\x80",         "\xF4\x90",
      "\u061c", "\033(",  "\\u{9b}", "^",          "\xED\xA0\x80", "plain text"};
  std::string text;
  std::uniform_int_distribution<int> length(0, 40);
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<std::size_t> piece(0, std::size(kPieces) - 1);
  for (int left = length(random); left > 0; --left) {
    if (byte(random) < 100) {
      text += static_cast<char>(byte(random));
    } else {
      text += kPieces[piece(random)];
    }
  }
  return text;
}

bool is_harmless(const std::string& text) {
  if (find_invalid_utf8(text) != std::string::npos) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte < 0x20 && byte != '\n' && byte != '\t') return false;
    if (byte == 0x7F) return false;
    const bool c1 = byte == 0xC2 && static_cast<std::uint8_t>(text[i + 1]) < 0xA0;
    if (c1) return false;
  }
  for (const char* hidden : {"\u061c", "\u200b", "\u202e", "\u2066", "\u2028", "\ufeff"}) {
    if (text.find(hidden) != std::string::npos) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("no bytes make printable text that acts on a terminal", "[util]") {
  std::mt19937 random(20261121);
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(random);
    const std::string shown = printable(text);
    INFO(Catch::StringMaker<std::string>::convert(text));
    REQUIRE(is_harmless(shown));
    REQUIRE(printable(shown) == shown);
    REQUIRE(shown.size() <= 8 * text.size());
    const std::string line = printable_line(text);
    REQUIRE(line.find_first_of("\n\t") == std::string::npos);
    REQUIRE(printable_line(line) == line);
  }
}

TEST_CASE("escape sequences are dropped whole", "[util]") {
  CHECK(printable("a\033[31;1mred\033[0mb") == "aredb");
  CHECK(printable("a\033]0;title\ab") == "ab");
  CHECK(printable("a\033]8;;http://x\033\\link\033]8;;\033\\b") == "alinkb");
  CHECK(printable("a\033Pq#0\033\\b") == "ab");
  CHECK(printable("a\033_apc\033\\b\033^pm\033\\c\033Xsos\033\\d") == "abcd");
  CHECK(printable("a\033cb") == "ab");
  CHECK(printable("a\033(Bb\033#8c") == "abc");  // as `tput sgr0` writes it
}

TEST_CASE("an escape sequence that does not end takes the rest of the text with it", "[util]") {
  CHECK(printable("a\033") == "a");
  CHECK(printable("a\033[31;") == "a");
  CHECK(printable("a\033]0;title") == "a");
  CHECK(printable("a\033Pdata\033") == "a");
  CHECK(printable("a\033(") == "a");
}

TEST_CASE("control characters and hidden characters are written visibly", "[util]") {
  CHECK(printable(std::string("a\0b", 3)) == "a^@b");
  CHECK(printable("a\rb\bc\x7f") == "a^Mb^Hc^?");
  CHECK(printable("a\xC2\x9B"
                  "31mb") == "a\\u{9b}31mb");
  CHECK(printable("a\u202eb") == "a\\u{202e}b");
  CHECK(printable("a\u061cb") == "a\\u{61c}b");
  CHECK(printable("a\u200bb\ufeff") == "a\\u{200b}b\\u{feff}");
  CHECK(printable("\U000E0041") == "\\u{e0041}");
  CHECK(printable("one\n\ttwo é 日 🙂") == "one\n\ttwo é 日 🙂");
}

TEST_CASE("what is not UTF-8 becomes the replacement character", "[util]") {
  CHECK(printable("a\xFFz") == "a\uFFFDz");
  CHECK(printable("a\x9B"
                  "31m") == "a\uFFFD31m");
  CHECK(printable("\xC3") == "\uFFFD");
  CHECK(printable("\xC0\x80") == "\uFFFD\uFFFD");            // overlong
  CHECK(printable("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // half a surrogate pair
  CHECK(find_invalid_utf8("é日🙂") == std::string::npos);
  CHECK(find_invalid_utf8("ab\xC3(") == 2);
  CHECK(find_invalid_utf8("\xF4\x90\x80\x80") == 0);
}

TEST_CASE("a line is cut to columns, not to bytes", "[util]") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("é日🙂") == 5);
  CHECK(display_width("e\u0301") == 1);
  CHECK(fit("short", 5) == "short");
  CHECK(fit("longer", 5) == "long…");
  CHECK(fit("日本語", 5) == "日本…");
  CHECK(fit("日本語", 4) == "日…");
  CHECK(fit("abc", 1) == "…");
  CHECK(fit("abc", 0).empty());
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const std::string text = printable_line(random_text(random));
    for (const std::size_t columns : {0U, 1U, 2U, 7U, 30U}) {
      REQUIRE(display_width(fit(text, columns)) <= columns);
      REQUIRE(find_invalid_utf8(fit(text, columns)) == std::string::npos);
    }
  }
}
