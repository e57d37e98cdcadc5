#include "tasks/dialects.h"
#include "tasks/words.h"
#include "util/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace chant::tasks {

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMaxLabels = 100;  // of one range of tracks or groups
constexpr int kMaxDepth = 3;             // of parentheses

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 8> kTaskWords = {"task", "tasks",   "item",     "items",
                                                        "step", "subtask", "subtasks", "steps"};
constexpr std::array<std::string_view, 11> kFillers = {
    "after", "the", "of", "both", "depends", "on", "needs", "requires", "completion", "need", "in"};
// What may be said of something that is waited for without changing what is.
constexpr std::array<std::string_view, 25> kQualifiers = {
    "approved", "approval", "complete", "completed", "completion", "done",    "finished",
    "passed",   "passes",   "pass",     "merged",    "partial",    "reviews", "reviewed",
    "review",   "failed",   "fails",    "if",        "needed",     "is",      "are",
    "be",       "must",     "been",     "has"};
constexpr std::array<std::string_view, 29> kAllWords = {
    "previous", "prior",    "earlier", "preceding", "above",       "other",    "tasks",
    "task",     "tracks",   "track",   "phases",    "groups",      "work",     "implementation",
    "code",     "product",  "review",  "reviews",   "development", "dev",      "pr",
    "cr",       "complete", "done",    "completed", "finished",    "approved", "of",
    "the"};
// A remark in parentheses with one of these may change what is waited for.
constexpr std::array<std::string_view, 24> kTelling = {
    "task",   "tasks", "track",  "tracks", "group",   "groups", "phase",    "phases",
    "not",    "no",    "except", "unless", "without", "if",     "only",     "when",
    "before", "after", "until",  "wait",   "waits",   "needs",  "requires", "depends"};

bool is_number(std::string_view word) {
  return !word.empty() && is_digit(word.front()) && word.find_first_not_of("0123456789.") == npos;
}

bool is_short_label(std::string_view word) {
  return (word.size() == 1 && is_letter(word.front())) || is_number(word);
}

// Many tasks, which a list in parentheses tells more exactly.
bool is_set(const Reference& reference) {
  return reference.kind != Reference::Kind::task && reference.kind != Reference::Kind::range;
}

class Parser {
 public:
  Parser(std::string_view text, int line, int depth)
      : text_(text), tokens_(tokens_of(text)), line_(line), depth_(depth) {}

  Expression run();

 private:
  using Kind = Token::Kind;
  using Pair = std::pair<std::string_view, std::string_view>;

  [[nodiscard]] const Token* peek(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  [[nodiscard]] bool is_connector(std::size_t ahead) const;
  bool parse_item();
  bool parse_word(const Token& token);
  bool parse_none(const Token& token);
  bool parse_id(const Token& token);
  bool parse_all();
  bool parse_labels(Reference::Kind kind);
  bool parse_named_track();
  void parse_parentheses();
  bool apply_qualifiers(const std::vector<Token>& words);
  bool add_label(Reference::Kind kind, const Token& token);
  void add_labels(Reference::Kind kind, std::string_view first, std::string_view last);
  void add(Reference::Kind kind, std::string_view first, std::string_view last = {});
  void leave(std::string_view text);
  void begin_item() { item_ = result_.references.size(); }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t item_ = 0;       // first reference of the last item
  std::size_t told_ = 0;       // references before this one have qualifiers of their own
  bool is_qualified_ = false;  // the last reference has one
  std::size_t unread_at_ = 0;  // token behind the last one that was left
  int line_ = 0;
  int depth_ = 0;
  Expression result_;
};

Expression Parser::run() {
  while (at_ < tokens_.size()) {
    if (parse_item()) continue;
    leave(tokens_[at_].text);
    unread_at_ = ++at_;
  }
  const bool says_nothing = result_.references.empty() && !result_.is_none;
  const bool says_both = result_.is_none && !result_.references.empty();
  if (result_.unread.empty() && (says_nothing || says_both)) leave(trim(text_));
  return std::move(result_);
}

// Words that stand together are left together.
void Parser::leave(std::string_view text) {
  if (!result_.unread.empty() && unread_at_ == at_ && at_ != 0) {
    result_.unread.back().text += ' ' + std::string(text);
  } else {
    result_.unread.push_back({std::string(text), line_});
  }
}

void Parser::add(Reference::Kind kind, std::string_view first, std::string_view last) {
  if (is_qualified_) told_ = result_.references.size();
  is_qualified_ = false;
  Reference reference;
  reference.kind = kind;
  reference.first = std::string(first);
  reference.last = std::string(last);
  reference.line = line_;
  result_.references.push_back(std::move(reference));
}

bool Parser::parse_item() {
  const auto& token = *peek();
  switch (token.kind) {
    case Kind::separator:
      ++at_;
      return true;
    case Kind::open:
      parse_parentheses();
      return true;
    case Kind::close:
      ++at_;
      return true;
    case Kind::dash:
      if (tokens_.size() != 1) return false;
      result_.is_none = true;
      ++at_;
      return true;
    case Kind::word:
      return parse_word(token);
    case Kind::other:
      break;
  }
  // The colon of "after: Task 3", and one at the end.
  const bool is_after_filler = at_ != 0 && contains(kFillers, tokens_[at_ - 1].lowered);
  const bool is_last = at_ != 0 && at_ + 1 == tokens_.size();
  if (token.text != ":" || !(is_after_filler || is_last)) return false;
  ++at_;
  return true;
}

bool Parser::parse_word(const Token& token) {
  const auto& word = token.lowered;
  if (parse_none(token)) return true;
  if (word == "all" || word == "every" || word == "everything") return parse_all();
  if (word == "track" || word == "tracks") return parse_labels(Reference::Kind::track);
  if (word == "group" || word == "groups") return parse_labels(Reference::Kind::group);
  if (word == "phase" || word == "phases") return parse_labels(Reference::Kind::phase);
  if (contains(kTaskWords, word)) {
    const auto* next = peek(1);
    if (next == nullptr || !(is_task_id(next->text) || find_id_range(next->text))) return false;
    ++at_;
    return true;
  }
  if (parse_id(token)) return true;
  if (!result_.references.empty() && contains(kQualifiers, word)) {
    ++at_;
    return apply_qualifiers({token});
  }
  if (contains(kFillers, word) && at_ + 1 < tokens_.size()) {
    ++at_;
    return true;
  }
  return parse_named_track();
}

bool Parser::parse_none(const Token& token) {
  if (at_ != 0) return false;
  const auto* next = peek(1);
  std::size_t length = 0;
  if (token.lowered == "none" || token.lowered == "nothing") length = 1;
  if (token.lowered == "no" && next != nullptr && next->lowered.substr(0, 3) == "dep") length = 2;
  const bool is_na = token.lowered == "n" && next != nullptr && next->text == "/";
  if (is_na && peek(2) != nullptr && peek(2)->lowered == "a") length = 3;
  if (length == 0) return false;
  result_.is_none = true;
  at_ += length;
  return true;
}

bool Parser::is_connector(std::size_t ahead) const {
  const auto* token = peek(ahead);
  if (token == nullptr) return false;
  const auto& word = token->lowered;
  return token->kind == Kind::dash || word == "through" || word == "thru" || word == "to";
}

bool Parser::parse_id(const Token& token) {
  const auto range = find_id_range(token.text);
  if (!range && !is_task_id(token.text)) return false;
  begin_item();
  if (range) {
    add(Reference::Kind::range, range->first, range->second);
    ++at_;
    return true;
  }
  if (is_connector(1) && peek(2) != nullptr && is_task_id(peek(2)->text)) {
    add(Reference::Kind::range, token.text, peek(2)->text);
    at_ += 3;
    return true;
  }
  add(Reference::Kind::task, token.text);
  ++at_;
  return true;
}

// "All tracks complete" is everything before; of "all tasks in Track A" the track is what counts.
bool Parser::parse_all() {
  const auto names_some = [&] {
    const auto* next = peek(1);
    const auto& word = tokens_[at_].lowered;
    const bool is_keyword = contains(kTaskWords, word) || word == "track" || word == "tracks" ||
                            word == "group" || word == "groups" || word == "phase" ||
                            word == "phases";
    return is_keyword && next != nullptr && next->kind == Kind::word &&
           (is_short_label(next->text) || is_task_id(next->text) || find_id_range(next->text) ||
            (next->text.size() == 3 && next->text[1] == '-'));
  };
  ++at_;
  while (at_ < tokens_.size()) {
    if (names_some()) return true;
    const auto& token = tokens_[at_];
    const bool joins = token.lowered == "and" && peek(1) != nullptr &&
                       contains(kAllWords, peek(1)->lowered) && !is_task_id(peek(1)->text);
    if (token.lowered == "in" && peek(1) != nullptr) {
      ++at_;
      if (names_some()) return true;
      --at_;
      break;
    }
    if (!joins && !contains(kAllWords, token.lowered)) break;
    ++at_;
    if (joins && names_some()) break;
  }
  begin_item();
  add(Reference::Kind::all_before, {});
  return true;
}

bool Parser::add_label(Reference::Kind kind, const Token& token) {
  const auto dash = token.text.find('-');
  if (dash != npos && dash != 0) {
    const auto first = token.text.substr(0, dash), last = token.text.substr(dash + 1);
    if (is_short_label(first) && is_short_label(last)) {
      add_labels(kind, first, last);
      return true;
    }
  }
  if (!is_short_label(token.text)) return false;
  if (is_connector(1) && peek(2) != nullptr && is_short_label(peek(2)->text)) {
    add_labels(kind, token.text, peek(2)->text);
    at_ += 2;
  } else {
    add(kind, token.text);
  }
  return true;
}

// "A-F", "1-3": one reference for each.
void Parser::add_labels(Reference::Kind kind, std::string_view first, std::string_view last) {
  const bool are_letters = first.size() == 1 && last.size() == 1 && is_letter(first.front());
  if (are_letters && is_letter(last.front())) {
    const char from = lower(first).front(), to = lower(last).front();
    for (char c = from; c <= to; ++c) add(kind, std::string(1, static_cast<char>(c - 'a' + 'A')));
    if (from <= to) return;
  }
  constexpr std::size_t kMaxDigits = 4;
  const auto is_whole = [](std::string_view text) {
    return text.size() <= kMaxDigits && std::all_of(text.begin(), text.end(), is_digit);
  };
  if (is_whole(first) && is_whole(last)) {
    const auto from = std::stoul(std::string(first)), to = std::stoul(std::string(last));
    if (from <= to && to - from < kMaxLabels) {
      for (auto n = from; n <= to; ++n) add(kind, std::to_string(n));
      return;
    }
  }
  leave(std::string(first) + "-" + std::string(last));
}

bool Parser::parse_labels(Reference::Kind kind) {
  const auto* first = peek(1);
  if (first == nullptr || first->kind != Kind::word || contains(kQualifiers, first->lowered)) {
    return false;
  }
  begin_item();
  ++at_;
  const bool are_numbers = is_digit(first->text.front());
  if (!add_label(kind, *first)) add(kind, first->text);  // "Track Foundation"
  ++at_;
  while (at_ < tokens_.size()) {
    std::size_t ahead = 0;
    while (peek(ahead) != nullptr && peek(ahead)->kind == Kind::separator) ++ahead;
    const auto* next = peek(ahead);
    if (ahead == 0 || next == nullptr || next->kind != Kind::word) break;
    if (is_digit(next->text.front()) != are_numbers) break;
    at_ += ahead;
    if (!add_label(kind, *next)) {
      at_ -= ahead;
      break;
    }
    ++at_;
  }
  return true;
}

// "Testing Track", "Code Review Track 2": the words before it are its label.
bool Parser::parse_named_track() {
  constexpr std::size_t kMaxWords = 4;
  std::string label;
  for (std::size_t ahead = 0; ahead <= kMaxWords; ++ahead) {
    const auto* token = peek(ahead);
    if (token == nullptr || token->kind != Kind::word) return false;
    if (token->lowered == "track" && ahead != 0) {
      at_ += ahead + 1;
      const bool is_numbered = peek() != nullptr && is_number(peek()->text);
      if (is_numbered) label += ' ' + std::string(tokens_[at_++].text);
      begin_item();
      add(Reference::Kind::track, label);
      return true;
    }
    if (is_task_id(token->text)) return false;
    label += (ahead == 0 ? "" : " ") + std::string(token->text);
  }
  return false;
}

// True when all words are of that kind; what they say is noted, of all that was named since the
// last such words: "CR-A and/or PR-A (failed)".
bool Parser::apply_qualifiers(const std::vector<Token>& words) {
  bool is_failed = false, is_reviewed = false;
  for (const auto& token : words) {
    const auto& word = token.lowered;
    const bool is_known = contains(kQualifiers, word) || word == "all" || word == "both" ||
                          word == "each" || token.kind == Kind::separator;
    if (!is_known) return false;
    is_failed = is_failed || word == "failed" || word == "fails";
    is_reviewed = is_reviewed || word.substr(0, 6) == "review" || word.substr(0, 6) == "approv";
  }
  auto& references = result_.references;
  for (auto i = references.size(); i > told_; --i) {
    auto& reference = references[i - 1];
    const bool is_track = reference.kind == Reference::Kind::track;
    if (reference.kind != references.back().kind) break;
    if (!is_track && !is_review_id(reference.first)) break;
    if (is_track && is_reviewed) reference.reviews = true;
    if (!is_track && is_failed) reference.conditional = true;
  }
  is_qualified_ = true;
  return true;
}

void Parser::parse_parentheses() {
  const auto open = at_;
  std::size_t depth = 0;
  for (; at_ < tokens_.size(); ++at_) {
    if (tokens_[at_].kind == Kind::open) ++depth;
    if (tokens_[at_].kind == Kind::close && --depth == 0) break;
  }
  const auto close = std::min(at_, tokens_.size());
  at_ = std::min(at_ + 1, tokens_.size());
  const std::vector<Token> inside(tokens_.begin() + static_cast<std::ptrdiff_t>(open) + 1,
                                  tokens_.begin() + static_cast<std::ptrdiff_t>(close));
  if (inside.empty()) return;
  auto& references = result_.references;
  if (!references.empty() && apply_qualifiers(inside)) return;
  const auto* end = inside.back().text.data() + inside.back().text.size();
  const std::string_view text(inside.front().text.data(),
                              static_cast<std::size_t>(end - inside.front().text.data()));
  const bool is_remark = std::none_of(inside.begin(), inside.end(), [](const Token& token) {
    return contains(kTelling, token.lowered) || is_review_id(token.text) ||
           std::any_of(token.text.begin(), token.text.end(), is_digit);
  });
  if ((!references.empty() || result_.is_none) && is_remark) return;
  if (depth_ < kMaxDepth && !result_.is_none && (references.empty() || is_set(references[item_]))) {
    auto list = Parser(text, line_, depth_ + 1).run();
    if (list.unread.empty() && !list.is_none) {
      if (!references.empty()) references.resize(item_);
      references.insert(references.end(), list.references.begin(), list.references.end());
      return;
    }
  }
  leave(text);
}

}  // namespace

Expression parse_expression(std::string_view text, int line) {
  const auto plain = plain_text(text);
  auto expression = Parser(plain, line, 0).run();
  // Pieces tell nobody what was meant.
  if (!expression.unread.empty()) expression.unread = {{std::string(trim(text)), line}};
  return expression;
}

NeedsKey needs_key(std::string_view key) {
  static constexpr std::array<std::string_view, 16> kYes = {
      "dependencies", "dependency", "depends",    "depends on",    "depends_on", "depends-on",
      "depends upon", "deps",       "blocked by", "blocked_by",    "blocked-by", "waits for",
      "waits on",     "wait for",   "wait on",    "requires tasks"};
  static constexpr std::array<std::string_view, 7> kMaybe = {
      "prerequisite", "prerequisites", "requires", "needs", "after", "start after", "builds on"};
  if (contains(kYes, key)) return NeedsKey::yes;
  return contains(kMaybe, key) ? NeedsKey::maybe : NeedsKey::no;
}

// "Requires: Go 1.22" is no dependency, "Requires: Task 3 and luck" one that cannot be read.
std::optional<Expression> parse_possible_needs(std::string_view text, int line) {
  static constexpr std::array<std::string_view, 4> kWords = {"task", "tasks", "track", "tracks"};
  auto expression = parse_expression(text, line);
  if (!expression.references.empty() && expression.unread.empty()) return expression;
  if (expression.is_none) return std::nullopt;
  const auto plain = plain_text(text);
  const auto tokens = tokens_of(plain);
  const bool names_task = std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return contains(kWords, token.lowered) || is_review_id(token.text);
  });
  return names_task ? std::optional(std::move(expression)) : std::nullopt;
}

}  // namespace chant::tasks
