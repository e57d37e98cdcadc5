#include "git/merge_apart.h"

#include "git/tree.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace chant::git {
namespace {

constexpr std::string_view kDirectory = "40000";

using Sides = std::array<TreeEntry, 3>;  // of the base, ours, theirs; without a mode: absent

bool same(const TreeEntry& a, const TreeEntry& b) { return a.mode == b.mode && a.oid == b.oid; }

// "" for an entry that is absent, std::nullopt for one that is no directory.
std::optional<std::string> directory(const TreeEntry& entry) {
  if (entry.mode.empty()) return "";
  if (entry.mode != kDirectory) return std::nullopt;
  return entry.oid;
}

class Merger {
 public:
  explicit Merger(Store& store) : store_(store) {}

  // Trees, or "" for none; "" when nothing is left.
  std::optional<std::string> merge(const std::array<std::string, 3>& trees) {
    std::map<std::string, Sides> all;
    for (std::size_t side = 0; side < trees.size(); ++side) {
      if (trees.at(side).empty()) continue;
      for (TreeEntry& entry : load_tree(store_, trees.at(side))) {
        all[entry.name].at(side) = std::move(entry);
      }
    }
    std::vector<TreeEntry> entries;
    for (const auto& [name, sides] : all) {
      auto entry = merge_entry(name, sides);
      if (!entry) return std::nullopt;
      if (!entry->mode.empty()) entries.push_back(std::move(*entry));
    }
    if (entries.empty()) return "";
    return write_tree(store_, std::move(entries));
  }

 private:
  std::optional<TreeEntry> merge_entry(const std::string& name, const Sides& sides) {
    const auto& [base, ours, theirs] = sides;
    if (same(base, theirs)) return ours;
    if (same(base, ours)) return theirs;
    std::array<std::string, 3> below;
    for (std::size_t side = 0; side < below.size(); ++side) {
      auto tree = directory(sides.at(side));
      if (!tree) return std::nullopt;
      below.at(side) = std::move(*tree);
    }
    if (below[1] == below[2]) return std::nullopt;
    auto merged = merge(below);
    if (!merged) return std::nullopt;
    if (merged->empty()) return TreeEntry{};
    return TreeEntry{std::string(kDirectory), name, std::move(*merged)};
  }

  Store& store_;
};

bool share(const std::set<std::string>& a, const std::set<std::string>& b) {
  const auto& few = a.size() < b.size() ? a : b;
  const auto& many = a.size() < b.size() ? b : a;
  return std::any_of(few.begin(), few.end(),
                     [&many](const std::string& one) { return many.count(one) > 0; });
}

}  // namespace

std::optional<std::string> merge_apart(Store& store, const std::string& base,
                                       const std::string& ours, const std::string& theirs) {
  if (base == theirs) return ours;
  if (base == ours) return theirs;
  if (ours == theirs) return std::nullopt;
  auto merged = Merger(store).merge({base, ours, theirs});
  if (merged && merged->empty()) merged = store.write_object("tree", "");
  return merged;
}

Moves moves_between(Store& store, const std::string& from, const std::string& to) {
  Moves moves;
  for (const ChangedPath& changed : changes_between(store, from, to)) {
    if (!changed.is_new && !changed.is_gone) continue;
    auto& directories = changed.is_new ? moves.of_new : moves.of_gone;
    for (auto slash = changed.path.find('/'); slash != std::string::npos;
         slash = changed.path.find('/', slash + 1)) {
      directories.insert(changed.path.substr(0, slash));
    }
  }
  return moves;
}

bool may_meet(const Moves& a, const Moves& b) {
  return share(a.of_new, b.of_gone) || share(a.of_gone, b.of_new);
}

}  // namespace chant::git
