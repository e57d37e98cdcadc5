#include "tasks/words.h"

#include "util/text.h"

#include <algorithm>
#include <cstddef>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '-' || c == '#' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Of the character of more than one byte that `text` begins with; 0 when it is broken.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  const bool is_whole = text.size() >= length && find_invalid_utf8(text.substr(0, length)) == npos;
  return is_whole ? length : 0;
}

// The number of bytes of the character at `at`, and what it stands for here: a blank for what is
// only decoration, such as an emoji or what a broken write left of one; nothing when it stays.
struct Plain {
  std::size_t length = 1;
  std::optional<std::string_view> as;
};

Plain plain_of(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return {1, " "};
  if (std::string_view("*`\"'[]").find(text[at]) != npos) return {1, " "};
  const bool is_half = text[at] == '=' || text[at] == '<';
  const bool is_broken = byte(1) == 0xEF && byte(2) == 0xBF && byte(3) == 0xBD;
  if (is_half && ((byte(1) < 0x20 && at + 1 < text.size()) || is_broken)) return {1, " "};
  if (byte(0) < 0x80) return {};
  const auto length = sequence_length(text.substr(at));
  if (length == 0) return {1, " "};
  if (byte(0) == 0xF0 && byte(1) == 0x9F) return {4, " "};
  if (byte(0) == 0xC2 && byte(1) == 0xA0) return {2, " "};
  if (byte(0) == 0xEF && byte(1) == 0xBC) {
    if (byte(2) == 0x8C) return {3, ","};
    if (byte(2) == 0x88) return {3, "("};
    if (byte(2) == 0x89) return {3, ")"};
    if (byte(2) == 0x9A) return {3, ":"};
  }
  if (byte(0) == 0xEF && (byte(1) == 0xB8 || byte(1) == 0xBF)) return {3, " "};
  if (byte(0) == 0xE3 && byte(1) == 0x80 && byte(2) == 0x81) return {3, ","};
  if (byte(0) != 0xE2) return {length, std::nullopt};
  if (byte(1) == 0x86 || byte(1) == 0x87) return {3, ">"};  // an arrow says something
  if (byte(1) == 0x80 && byte(2) == 0xA6) return {3, ".."};
  const bool is_line = byte(1) == 0x80 && byte(2) >= 0x90 && byte(2) <= 0x95;
  return {3, is_line || (byte(1) == 0x88 && byte(2) == 0x92) ? "-" : " "};
}

}  // namespace

std::string plain_text(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = plain_of(text, at);
    plain += character.as.value_or(text.substr(at, character.length));
    at += character.length;
  }
  return plain;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    auto end = at + 1;
    Token token;
    if (c == ' ') {
      at = end;
      continue;
    }
    if (c == ',' || c == '+' || c == '&' || c == '/' || c == ';') {
      token.kind = Token::Kind::separator;
    } else if (c == '(' || c == ')') {
      token.kind = c == '(' ? Token::Kind::open : Token::Kind::close;
    } else if (is_word(c)) {
      while (end < text.size() && is_word(text[end])) ++end;
      token.kind = Token::Kind::word;
    }
    token.text = text.substr(at, end - at);
    at = end;
    if (token.kind == Token::Kind::word) {
      if (token.text == ".") continue;
      // The full stop of a sentence, and the underscore that closes emphasis; "3.." stays.
      while (token.text.size() > 1 && token.text.back() == '_') token.text.remove_suffix(1);
      if (token.text.back() == '.') token.text.remove_suffix(1);
      const bool is_dash =
          token.text.find_first_not_of('-') == npos || token.text == "." || token.text == "..";
      if (is_dash) token.kind = Token::Kind::dash;
      token.lowered = lower(token.text);
      const bool joins = token.lowered == "and" || token.lowered == "or" || token.lowered == "plus";
      if (joins) token.kind = Token::Kind::separator;
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

// Without the dash a letter would make a word of it.
bool is_review_id(std::string_view word) {
  if (word.size() < 3 || !is_letter(word.front())) return false;
  const auto lowered = lower(word);
  const auto kind = lowered.substr(0, 2);
  if (kind != "cr" && kind != "pr" && kind != "rw") return false;
  const auto rest = std::string_view(lowered).substr(2);
  if (rest.front() == '-') return rest.size() > 1 && rest.find('-', 1) == npos;
  return rest == "final" || std::all_of(rest.begin(), rest.end(), is_digit);
}

bool is_task_id(std::string_view word) {
  if (is_review_id(word)) return true;
  if (word.empty() || word.find("..") != npos) return false;
  const bool is_plain = std::all_of(word.begin(), word.end(), [](char c) {
    return is_word(c) && static_cast<unsigned char>(c) < 0x80;
  });
  if (!is_plain) return false;
  if (is_letter(word.front())) return std::any_of(word.begin(), word.end(), is_digit);
  if (word.front() == '#') word.remove_prefix(1);
  if (word.empty() || !is_digit(word.front()) || word.find('-') != npos) return false;
  const auto rest = word.substr(std::min(word.find_first_not_of("0123456789"), word.size()));
  return rest.empty() || rest.front() == '.' || rest.front() == '_' || rest.size() == 1;
}

std::optional<std::pair<std::string_view, std::string_view>> find_id_range(std::string_view word) {
  auto middle = word.find("..");
  std::size_t length = 2;
  if (middle == npos) {
    middle = word.find('-');
    length = 1;
  }
  if (middle == npos || middle == 0) return std::nullopt;
  const auto first = word.substr(0, middle);
  const auto last = word.substr(middle + length);
  if (!is_task_id(first) || !is_digit(first.back()) || last.find('-') != npos) return std::nullopt;
  if (!is_task_id(last)) return std::nullopt;
  return std::pair{first, last};
}

}  // namespace chant::tasks
