#include "spec/key_line.h"
#include "spec/lines.h"
#include "spec/parts.h"
#include "spec/spec.h"
#include "util/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::spec {

namespace {

using Kind = YamlNode::Kind;

// How the items of a block list are written.
struct ListStyle {
  std::string indent = "  ";
  std::string dash = "- ";
};

bool is_block_list(const YamlNode& node, const Parts& parts) {
  if (node.kind != Kind::list || node.items.empty()) return false;
  const auto line = parts.line(node.line).text;
  const auto item = line.substr(indent_of(line));
  return item.substr(0, 2) == "- " || item == "-";
}

ListStyle style_of_item(std::string_view line) {
  const auto indent = indent_of(line);
  const auto dash_end = std::min(line.find_first_not_of(' ', indent + 1), line.size());
  const auto dash = line.substr(indent, dash_end - indent);
  return {std::string(indent, ' '), dash.size() > 1 ? std::string{dash} : "- "};
}

// The style of the first block list there is, so that new lists look like their neighbours.
ListStyle file_style(const Parts& parts) {
  const auto& entries = parts.frontmatter.root.entries;
  for (const auto& entry : entries) {
    if (is_block_list(entry.value, parts)) return style_of_item(parts.line(entry.value.line).text);
  }
  if (entries.empty()) return {};
  return {std::string(indent_of(parts.line(entries.front().line).text) + 2, ' '), "- "};
}

// A full point in time. YAML 1.1 readers take it for one, which is what it is, and spec files
// have always had it without quotes.
bool is_timestamp(std::string_view value) {
  static constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (value.size() <= kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = value[i] >= '0' && value[i] <= '9';
    if (kShape[i] == '0' ? !digit : value[i] != kShape[i]) return false;
  }
  return value.find_first_not_of("0123456789.:+-Z", kShape.size()) == std::string_view::npos;
}

// `value` as a scalar in the quotes of the one it replaces, where it needs no escapes.
std::string scalar_like(std::string_view old, const std::string& value) {
  const auto plain = is_timestamp(value) ? value : yaml_scalar(value);
  if (old.empty() || plain != value) return plain;
  return old.front() == '"' || old.front() == '\'' ? old.front() + value + old.front() : plain;
}

std::string block_items(const std::vector<std::string>& items, const ListStyle& style,
                        const std::string& line_end) {
  std::string text;
  for (const auto& item : items) {
    text += fmt::format("{}{}{}{}", style.indent, style.dash, yaml_scalar(item), line_end);
  }
  return text;
}

std::string flow_list(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + yaml_scalar(item);
  return "[" + text + "]";
}

bool is_text(const YamlNode& node, const std::string& text) {
  return node.kind == Kind::scalar && node.text == text;
}

// True when a reader finds `value` in `node`; a single scalar is read as a list of one.
bool holds(const YamlNode* node, const Value& value) {
  if (node == nullptr) return !value.scalar && !value.list;
  if (value.scalar) return is_text(*node, *value.scalar);
  if (!value.list) return false;
  if (node->kind == Kind::scalar)
    return value.list->size() == 1 && is_text(*node, value.list->front());
  return node->kind == Kind::list && std::equal(node->items.begin(), node->items.end(),
                                                value.list->begin(), value.list->end(), is_text);
}

// The lines of a key that was not there.
std::string render_new(const Parts& parts, const std::string& key, const Value& value) {
  const auto line_end = line_end_of(parts, parts.frontmatter.open);
  const auto& entries = parts.frontmatter.root.entries;
  const auto indent = entries.empty() ? 0 : indent_of(parts.line(entries.front().line).text);
  const auto head = std::string(indent, ' ') + yaml_scalar(key) + ":";
  if (value.scalar) return head + " " + scalar_like("", *value.scalar) + line_end;
  if (value.list->empty()) return head + " []" + line_end;
  return head + line_end + block_items(*value.list, file_style(parts), line_end);
}

// The lines that replace those of an entry.
std::string render_replacement(const Parts& parts, const YamlNode::Entry& entry, const Span& span,
                               const Value& value) {
  const auto line_end = line_end_of(parts, span.begin);
  const auto line = line_at(parts.text, span.begin);
  const auto old = split_key_line(line.text).value_or(KeyLine{});
  const bool is_single = span.end == line.end;
  const auto head = old.head.empty() ? yaml_scalar(entry.key) + ":" : std::string{old.head};
  const auto tail = std::string{is_single || old.value.empty() ? old.tail : ""} + line_end;
  const auto gap = old.gap.empty() ? " " : std::string{old.gap};
  if (value.scalar) return head + gap + scalar_like(old.value, *value.scalar) + tail;
  const bool was_flow = !old.value.empty() && old.value.front() == '[';
  if (was_flow || value.list->empty()) return head + gap + flow_list(*value.list) + tail;
  const bool was_block = is_block_list(entry.value, parts);
  const auto style =
      was_block ? style_of_item(parts.line(entry.value.line).text) : file_style(parts);
  return head + tail + block_items(*value.list, style, line_end);
}

// What has to be added behind a block list that keeps all its items, or "" when it is not that.
std::string find_appendix(const Parts& parts, const YamlNode::Entry& entry, const Span& span,
                          const Value& value) {
  const auto& items = entry.value.items;
  if (!value.list || !is_block_list(entry.value, parts)) return {};
  if (value.list->size() <= items.size()) return {};
  if (!std::equal(items.begin(), items.end(), value.list->begin(), is_text)) return {};
  const auto kept = static_cast<std::ptrdiff_t>(items.size());
  return block_items({value.list->begin() + kept, value.list->end()},
                     style_of_item(parts.line(entry.value.line).text),
                     line_end_of(parts, span.begin));
}

std::string with_frontmatter(const Parts& parts) {
  const auto line_end = line_end_of(parts, parts.frontmatter.open);
  auto text = std::string{parts.text};
  return text.insert(parts.frontmatter.open, fmt::format("---{0}---{0}", line_end));
}

std::string with_change(const std::string& text, const std::string& key, const Value& value,
                        const std::string& shown) {
  const auto parts = take_apart(text, shown);
  const auto& frontmatter = parts.frontmatter;
  if (holds(frontmatter.root.find(key), value)) return text;
  if (!frontmatter.present) return with_change(with_frontmatter(parts), key, value, shown);
  const auto& entries = frontmatter.root.entries;
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](const YamlNode::Entry& e) { return e.key == key; });
  auto changed = text;
  if (entry == entries.end())
    return changed.insert(frontmatter.close, render_new(parts, key, value));
  const auto span = parts.spans[static_cast<std::size_t>(entry - entries.begin())];
  if (!value.scalar && !value.list) return changed.erase(span.begin, span.end - span.begin);
  const auto appendix = find_appendix(parts, *entry, span, value);
  if (!appendix.empty()) return changed.insert(span.end, appendix);
  return changed.replace(span.begin, span.end - span.begin,
                         render_replacement(parts, *entry, span, value));
}

// The keys that are not in `changes`, each with its bytes and its value.
std::vector<std::pair<std::string_view, const YamlNode*>> kept_keys(const Parts& parts,
                                                                    const Changes& changes) {
  std::vector<std::pair<std::string_view, const YamlNode*>> kept;
  const auto& entries = parts.frontmatter.root.entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool is_changed = std::any_of(changes.begin(), changes.end(), [&](const auto& change) {
      return change.first == entries[i].key;
    });
    const auto span = parts.spans[i];
    if (is_changed) continue;
    kept.emplace_back(parts.text.substr(span.begin, span.end - span.begin), &entries[i].value);
  }
  return kept;
}

bool reads_back(const Parts& before, const Parts& after, const Changes& changes) {
  if (before.text.substr(before.frontmatter.body) != after.text.substr(after.frontmatter.body)) {
    return false;
  }
  const auto old_keys = kept_keys(before, changes);
  const auto new_keys = kept_keys(after, changes);
  const bool keeps = std::equal(old_keys.begin(), old_keys.end(), new_keys.begin(), new_keys.end(),
                                [](const auto& a, const auto& b) {
                                  return a.first == b.first && same_value(*a.second, *b.second);
                                });
  for (auto change = changes.begin(); keeps && change != changes.end(); ++change) {
    const bool is_last = std::none_of(
        change + 1, changes.end(), [&](const auto& later) { return later.first == change->first; });
    if (is_last && !holds(after.frontmatter.root.find(change->first), change->second)) return false;
  }
  return keeps;
}

}  // namespace

std::string with_changes(const Spec& spec, const Changes& changes) {
  auto text = spec.text;
  for (const auto& [key, value] : changes) text = with_change(text, key, value, spec.id);
  if (text == spec.text) return text;
  const auto before = take_apart(spec.text, spec.id);
  const auto after = take_apart(text, spec.id);
  if (!reads_back(before, after, changes)) {
    fail("cannot edit '{}': the frontmatter does not read back as written", spec.id);
  }
  return text;
}

}  // namespace chant::spec
