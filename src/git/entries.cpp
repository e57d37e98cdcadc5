#include "git/entries.h"

#include "util/error.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

namespace chant::git {
namespace {

constexpr std::string_view kDirectory = "40000";

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(2 * bytes.size(), '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text[2 * i] = kDigits[byte >> 4U];
    text[2 * i + 1] = kDigits[byte & 15U];
  }
  return text;
}

std::string bytes_of(std::string_view hex_text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex_text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex_text.data() + i, hex_text.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// An entry as it stands in a tree: "<mode> <name>\0<id>".
struct Raw {
  std::string_view mode, name, id, bytes;
};

TreeEntry entry_of(const Raw& raw) {
  return {std::string(raw.mode), std::string(raw.name), hex(raw.id)};
}

std::string raw_of(const TreeEntry& entry) {
  return entry.mode + " " + entry.name + '\0' + bytes_of(entry.oid);
}

// git sorts a directory as if its name ended in a slash.
bool precedes(std::string_view a, bool a_is_tree, std::string_view b, bool b_is_tree) {
  const std::size_t common = std::min(a.size(), b.size());
  const int order = std::memcmp(a.data(), b.data(), common);
  if (order != 0) return order < 0;
  const auto after = [common](std::string_view name, bool is_tree) {
    if (name.size() > common) return static_cast<unsigned char>(name[common]);
    return static_cast<unsigned char>(is_tree ? '/' : '\0');
  };
  return after(a, a_is_tree) < after(b, b_is_tree);
}
bool precedes(const Raw& a, const Raw& b) {
  return precedes(a.name, a.mode == kDirectory, b.name, b.mode == kDirectory);
}

// The entries of one tree in turn. Views are of its content, which it keeps.
class Reader {
 public:
  Reader(Store& store, const std::string& tree) : tree_(tree) {
    if (!tree.empty()) content_ = require_object(store, tree, "tree").content;
    next();
  }

  [[nodiscard]] bool done() const { return head_.bytes.empty(); }
  [[nodiscard]] const Raw& head() const { return head_; }

  void next() {
    const std::string_view rest = std::string_view(content_).substr(position_);
    head_ = {};
    if (rest.empty()) return;
    const auto space = rest.find(' ');
    const auto end = rest.find('\0');
    const std::size_t id_size = tree_.size() / 2;
    if (space == std::string_view::npos || end == std::string_view::npos || space > end ||
        rest.size() < end + 1 + id_size) {
      fail("tree {} is damaged", tree_);
    }
    head_ = {rest.substr(0, space), rest.substr(space + 1, end - space - 1),
             rest.substr(end + 1, id_size), rest.substr(0, end + 1 + id_size)};
    position_ += head_.bytes.size();
  }

 private:
  std::string tree_, content_;
  std::size_t position_ = 0;
  Raw head_;
};

// The first in git's order of what comes next in each; null when all have ended.
const Raw* first_head(const std::vector<Reader>& sides) {
  const Raw* first = nullptr;
  for (const Reader& side : sides) {
    if (!side.done() && (first == nullptr || precedes(side.head(), *first))) first = &side.head();
  }
  return first;
}

}  // namespace

Object require_object(Store& store, const std::string& oid, std::string_view type) {
  auto object = store.find_object(oid);
  if (!object) fail("object {} is missing", oid);
  if (object->type != type) fail("object {} is a {}, not a {}", oid, object->type, type);
  return std::move(*object);
}

bool is_tree(const TreeEntry& entry) { return entry.mode == kDirectory; }

std::vector<TreeEntry> load_tree(Store& store, const std::string& oid) {
  std::vector<TreeEntry> entries;
  for (Reader reader(store, oid); !reader.done(); reader.next()) {
    entries.push_back(entry_of(reader.head()));
  }
  return entries;
}

std::optional<TreeEntry> find_named(Store& store, const std::string& tree,
                                    const std::string& name) {
  for (Reader reader(store, tree); !reader.done(); reader.next()) {
    if (reader.head().name == name) return entry_of(reader.head());
  }
  return std::nullopt;
}

std::string write_tree(Store& store, std::vector<TreeEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const TreeEntry& a, const TreeEntry& b) {
    return precedes(a.name, is_tree(a), b.name, is_tree(b));
  });
  std::string content;
  for (const TreeEntry& entry : entries) content += raw_of(entry);
  return store.write_object("tree", content);
}

std::map<std::string, std::vector<TreeEntry>> differing_entries(
    Store& store, const std::vector<std::string>& trees) {
  std::vector<Reader> sides;
  sides.reserve(trees.size());  // a head is a view of its reader's content
  for (const std::string& tree : trees) sides.emplace_back(store, tree);
  std::map<std::string, std::vector<TreeEntry>> found;
  while (const Raw* head = first_head(sides)) {
    const Raw first = *head;
    const bool same = std::all_of(sides.begin(), sides.end(), [&first](const Reader& side) {
      return side.head().bytes == first.bytes;
    });
    for (std::size_t i = 0; i < sides.size(); ++i) {
      if (sides[i].done() || precedes(first, sides[i].head())) continue;
      if (!same) {
        auto& entries = found[std::string(first.name)];
        entries.resize(sides.size());
        entries[i] = entry_of(sides[i].head());
      }
      sides[i].next();
    }
  }
  return found;
}

std::string replace_entries(Store& store, const std::string& tree,
                            const std::map<std::string, TreeEntry>& entries) {
  std::vector<const TreeEntry*> fresh;
  std::map<std::string_view, const TreeEntry*> names;
  for (const auto& [name, entry] : entries) {
    names[name] = &entry;
    if (!entry.mode.empty()) fresh.push_back(&entry);
  }
  std::sort(fresh.begin(), fresh.end(), [](const TreeEntry* a, const TreeEntry* b) {
    return precedes(a->name, is_tree(*a), b->name, is_tree(*b));
  });
  std::string content;
  auto next = fresh.begin();
  for (Reader reader(store, tree); !reader.done(); reader.next()) {
    const Raw& old = reader.head();
    for (; next != fresh.end() &&
           precedes((*next)->name, is_tree(**next), old.name, old.mode == kDirectory);
         ++next) {
      content += raw_of(**next);
    }
    if (names.count(old.name) == 0) content += old.bytes;
  }
  for (; next != fresh.end(); ++next) content += raw_of(**next);
  return store.write_object("tree", content);
}

}  // namespace chant::git
