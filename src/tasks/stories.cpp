#include "tasks/stories.h"

#include "tasks/words.h"
#include "util/text.h"

#include <algorithm>
#include <array>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMaxDigits = 3;
constexpr std::size_t kMaxSaid = 256;  // bytes behind "depends on" that may name stories

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

std::optional<int> number_of(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0 || end > kMaxDigits) return std::nullopt;
  if (end < text.size() && is_letter(text[end])) return std::nullopt;
  return std::stoi(std::string(text.substr(0, end)));
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The stories that are named at the beginning of `text`, beside words that name none.
std::vector<int> stories_at_start(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kBeside = {
      "foundational", "foundation", "setup", "both", "completion",
      "completing",   "the",        "user",  "of"};
  std::vector<int> stories;
  bool is_story = false, is_phase = false;  // what a number is of
  for (const auto& token : tokens_of(text)) {
    if (token.kind == Token::Kind::separator) continue;
    if (token.kind != Token::Kind::word) break;
    const auto& word = token.lowered;
    const bool is_number = word.find_first_not_of("0123456789") == std::string::npos;
    if (word == "story" || word == "stories" || word == "phase" || word == "phases") {
      is_story = word.front() == 's';
      is_phase = !is_story;
    } else if (word.substr(0, 2) == "us" && number_of(std::string_view(word).substr(2))) {
      stories.push_back(*number_of(std::string_view(word).substr(2)));
    } else if (is_number && (is_story || is_phase)) {
      if (is_story && number_of(word)) stories.push_back(*number_of(word));
    } else if (!contains(kBeside, word)) {
      break;
    }
  }
  return stories;
}

// The story that a line is about, when it begins with one; `rest` is what it says.
std::optional<int> subject_of(std::string_view line, std::string_view& rest) {
  constexpr std::string_view kLead = " \t|-*>#";
  auto text = line.substr(std::min(line.find_first_not_of(kLead), line.size()));
  const auto lowered = lower(text.substr(0, 16));
  const bool has_phase = lowered.substr(0, 6) == "phase ";
  if (has_phase || (!text.empty() && is_digit(text.front()))) {
    const auto end = text.find_first_of(":-");
    if (end == npos || end > 12) return std::nullopt;
    text = trim(text.substr(end + 1));
  }
  rest = text;
  return find_story(text);
}

}  // namespace

std::optional<int> find_story(std::string_view text) {
  const auto lowered = lower(text.substr(0, 32));
  for (const std::string_view word : {"user story ", "story ", "us"}) {
    if (lowered.substr(0, word.size()) == word) {
      return number_of(std::string_view(lowered).substr(word.size()));
    }
  }
  return std::nullopt;
}

std::map<int, std::map<int, int>> find_story_needs(const Scan& scan) {
  static constexpr std::array<std::string_view, 6> kWords = {
      "depends on ", "after ", "requires ", "needs ", "builds on ", "blocked by "};
  std::map<int, std::map<int, int>> needs;
  for (const auto& line : scan.lines) {
    if (line.kind != Line::Kind::text && line.kind != Line::Kind::heading) continue;
    const auto plain = plain_text(line.text);
    std::string_view rest;
    const auto story = subject_of(plain, rest);
    if (!story) continue;
    const auto lowered = lower(rest);
    for (const auto word : kWords) {
      for (auto at = lowered.find(word); at != std::string::npos; at = lowered.find(word, at + 1)) {
        if (at == 0 || is_letter(lowered[at - 1])) continue;
        for (const auto other : stories_at_start(rest.substr(at + word.size(), kMaxSaid))) {
          if (other != *story) needs[*story].emplace(other, line.number);
        }
      }
    }
  }
  return needs;
}

}  // namespace chant::tasks
