#include "spec/merge.h"

#include "spec/parts.h"
#include "spec/spec.h"
#include "util/error.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace chant::spec {

namespace {

using Items = std::vector<std::string>;

const std::string kShown = "merge";

// What is written when a spec is completed: true only together, and with the status.
constexpr std::array<std::string_view, 5> kResultKeys = {"commits", "commit", "completed_at",
                                                         "model", "branch"};
// These may be a single word as well.
constexpr std::array<std::string_view, 5> kListKeys = {"depends_on", "labels", "target_files",
                                                       "commits", "commit"};
// Of two new statuses the first in this list: what has happened before what is wanted.
constexpr std::array<std::string_view, 7> kStatuses = {
    "completed", "cancelled", "needs_attention", "failed", "in_progress", "paused", "pending"};

template <typename Array>
bool is_one_of(const Array& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A key with its bytes, and the comments and blank lines above it.
struct Block {
  std::string key;
  std::string lead, raw;
  YamlNode value;
};

struct Document {
  bool present = false;     // of the frontmatter
  std::string head, close;  // up to its first line, and its last line
  std::vector<Block> blocks;
  std::string tail;  // comments behind the last key
  std::string body;
  std::string line_end = "\n";

  [[nodiscard]] const Block* find(std::string_view key) const {
    const auto found =
        std::find_if(blocks.begin(), blocks.end(), [&](const Block& b) { return b.key == key; });
    return found == blocks.end() ? nullptr : &*found;
  }
};

Document take_document(const std::string& text) {
  (void)parse_spec(kShown, text, kShown);
  const Parts parts = take_apart(text, kShown);
  const Frontmatter& found = parts.frontmatter;
  Document document;
  document.present = found.present;
  document.line_end = line_end_of(parts, found.open);
  document.head = text.substr(0, found.yaml);
  document.close = text.substr(found.close, found.body - found.close);
  document.body = text.substr(found.body);
  std::size_t at = found.yaml;
  for (std::size_t i = 0; i < parts.spans.size(); ++i) {
    const auto [begin, end] = parts.spans[i];
    const auto& entry = found.root.entries[i];
    document.blocks.push_back(
        {entry.key, text.substr(at, begin - at), text.substr(begin, end - begin), entry.value});
    at = end;
  }
  document.tail = text.substr(at, found.close - at);
  return document;
}

void set_line_ends(std::string& text, const std::string& line_end) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const Line line = line_at(text, at);
    result += line.text;
    if (line.begin + line.text.size() < line.end) result += line_end;
    at = line.end;
  }
  text = std::move(result);
}

void set_line_ends(Document& document, const std::string& line_end) {
  for (Block& block : document.blocks) {
    set_line_ends(block.lead, line_end);
    set_line_ends(block.raw, line_end);
  }
  for (std::string* text : {&document.head, &document.close, &document.tail}) {
    set_line_ends(*text, line_end);
  }
}

// The items of a list, or std::nullopt when it is none. An absent key has none.
std::optional<Items> items_of(const Block* block) {
  if (block == nullptr) return Items{};
  const YamlNode& node = block->value;
  if (node.kind == YamlNode::Kind::null && node.text.empty()) return Items{};
  if (node.kind == YamlNode::Kind::scalar && is_one_of(kListKeys, block->key)) {
    return Items{node.text};
  }
  if (node.kind != YamlNode::Kind::list) return std::nullopt;
  Items items;
  for (const YamlNode& item : node.items) {
    if (item.kind != YamlNode::Kind::scalar) return std::nullopt;
    items.push_back(item.text);
  }
  return items;
}

bool is_in(const Items& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

Items merge_sets(const Items& base, const Items& ours, const Items& theirs) {
  Items merged;
  for (const std::string& item : ours) {
    if (!is_in(base, item) || is_in(theirs, item)) merged.push_back(item);
  }
  for (const std::string& item : theirs) {
    if (!is_in(base, item) && !is_in(merged, item)) merged.push_back(item);
  }
  return merged;
}

std::string status_of(const Document& document) {
  const Block* block = document.find("status");
  return block == nullptr || block->value.text.empty() ? "pending" : block->value.text;
}

// A time as git-chant writes it, in UTC: these can be compared as text.
bool is_utc_time(const std::string& text) {
  return text.size() == 20 && text[4] == '-' && text[10] == 'T' && text.back() == 'Z';
}

std::string raw_of(const Block* block) { return block == nullptr ? "" : block->raw; }

class Merger {
 public:
  Merger(const Versions& versions, const TextMerge& merge_text)
      : merge_text_(merge_text),
        base_(take_document(versions.base)),
        ours_(take_document(versions.ours)),
        theirs_(take_document(versions.theirs)) {
    const std::string line_end = ours_.present ? ours_.line_end : theirs_.line_end;
    set_line_ends(base_, line_end);
    set_line_ends(theirs_, line_end);
    decide_status();
  }

  [[nodiscard]] Merged run() {
    std::string text;
    for (const std::string& key : keys()) {
      const std::string raw = merge_key(key);
      if (raw.empty()) continue;
      kept_.push_back(key);
      text += merge_part(lead_of(base_, key), lead_of(ours_, key), lead_of(theirs_, key)) + raw;
    }
    text += merge_part(base_.tail, ours_.tail, theirs_.tail);
    const Document& frame = ours_.present ? ours_ : theirs_;
    const bool dropped = text.empty() && base_.present && !(ours_.present && theirs_.present);
    if (frame.present && !dropped) text = frame.head + text + frame.close;
    text += merge_part(base_.body, ours_.body, theirs_.body);
    return {std::move(text), conflict_};
  }

  // True when the result is a spec with the keys it was put together from.
  [[nodiscard]] bool reads_back(const Merged& merged) const {
    if (merged.conflict) return true;
    const Document document = take_document(merged.text);
    return std::equal(document.blocks.begin(), document.blocks.end(), kept_.begin(), kept_.end(),
                      [](const Block& block, const std::string& key) { return block.key == key; });
  }

 private:
  // With different statuses: whose result counts, and whether both sides set a new status.
  void decide_status() {
    const std::string base = status_of(base_), ours = status_of(ours_), theirs = status_of(theirs_);
    if (ours == theirs) return;
    both_set_status_ = ours != base && theirs != base;
    if (!both_set_status_) {
      follow_ = theirs == base ? &ours_ : &theirs_;
    } else if (is_one_of(kStatuses, ours) && is_one_of(kStatuses, theirs)) {
      const bool ours_first = std::find(kStatuses.begin(), kStatuses.end(), ours) <
                              std::find(kStatuses.begin(), kStatuses.end(), theirs);
      follow_ = ours_first ? &ours_ : &theirs_;
    }
  }

  // Ours in their order; what only the other side has follows what it follows there.
  [[nodiscard]] Items keys() const {
    Items keys;
    for (const Block& block : ours_.blocks) keys.push_back(block.key);
    auto at = keys.begin();
    for (const Block& block : theirs_.blocks) {
      const auto found = std::find(keys.begin(), keys.end(), block.key);
      at = found == keys.end() ? keys.insert(at, block.key) + 1 : found + 1;
    }
    return keys;
  }

  [[nodiscard]] static std::string lead_of(const Document& document, const std::string& key) {
    const Block* block = document.find(key);
    return block == nullptr ? "" : block->lead;
  }

  [[nodiscard]] std::string merge_part(const std::string& base, const std::string& ours,
                                       const std::string& theirs) {
    if (ours == base || ours == theirs) return theirs;
    if (theirs == base) return ours;
    Merged merged = merge_text_({base, ours, theirs});
    conflict_ = conflict_ || merged.conflict;
    return std::move(merged.text);
  }

  // The bytes of a key in the result; none when it is gone.
  [[nodiscard]] std::string merge_key(const std::string& key) {
    const Block* base = base_.find(key);
    const Block* ours = ours_.find(key);
    const Block* theirs = theirs_.find(key);
    const bool is_result = is_one_of(kResultKeys, key);
    if (both_set_status_ && follow_ != nullptr && (is_result || key == "status")) {
      return raw_of(follow_->find(key));
    }
    if (raw_of(ours) == raw_of(base)) return raw_of(theirs);
    if (raw_of(theirs) == raw_of(base)) return raw_of(ours);
    if (is_same(ours, theirs) || is_same(theirs, base)) return raw_of(ours);
    if (is_same(ours, base)) return raw_of(theirs);
    if (is_result && follow_ != nullptr) return raw_of(follow_->find(key));
    if (auto list = merge_lists(base, ours, theirs)) return std::move(*list);
    if (key == "completed_at" && ours != nullptr && theirs != nullptr &&
        is_utc_time(ours->value.text) && is_utc_time(theirs->value.text)) {
      return std::max(ours->value.text, theirs->value.text) == ours->value.text ? ours->raw
                                                                                : theirs->raw;
    }
    return merge_part(raw_of(base), raw_of(ours), raw_of(theirs));
  }

  [[nodiscard]] static bool is_same(const Block* a, const Block* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return same_value(a->value, b->value);
  }

  [[nodiscard]] std::optional<std::string> merge_lists(const Block* base, const Block* ours,
                                                       const Block* theirs) const {
    const auto old = items_of(base), left = items_of(ours), right = items_of(theirs);
    if (!old || !left || !right) return std::nullopt;
    const Items items = merge_sets(*old, *left, *right);
    if (theirs != nullptr && (ours == nullptr || items == *right)) {
      return items == *right ? theirs->raw : with_items(*theirs, items);
    }
    return items == *left ? ours->raw : with_items(*ours, items);
  }

  // The bytes of the block with these items, in the style they are written in.
  [[nodiscard]] std::string with_items(const Block& block, const Items& items) const {
    const std::string& line_end = ours_.present ? ours_.line_end : theirs_.line_end;
    const std::string fence = "---" + line_end;
    const Spec alone = parse_spec(kShown, fence + block.raw + fence, kShown);
    const std::string text = with_changes(alone, {{block.key, Value::of(items)}});
    return text.substr(fence.size(), text.size() - 2 * fence.size());
  }

  const TextMerge& merge_text_;
  Document base_, ours_, theirs_;
  const Document* follow_ = nullptr;
  bool both_set_status_ = false;
  bool conflict_ = false;
  Items kept_;  // keys
};

std::optional<Merged> merge_by_key(const Versions& versions, const TextMerge& merge_text) {
  std::optional<Merger> merger;
  try {
    merger.emplace(versions, merge_text);
  } catch (const Error&) {
    return std::nullopt;  // one of them cannot be read as a spec
  }
  Merged merged = merger->run();
  try {
    if (merger->reads_back(merged)) return merged;
  } catch (const Error&) {
  }
  return std::nullopt;
}

}  // namespace

Merged merge(const Versions& versions, const TextMerge& merge_text) {
  const auto& [base, ours, theirs] = versions;
  if (ours == theirs || theirs == base) return {ours, false};
  if (ours == base) return {theirs, false};
  if (auto merged = merge_by_key(versions, merge_text)) return std::move(*merged);
  return merge_text(versions);
}

}  // namespace chant::spec
