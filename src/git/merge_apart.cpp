#include "git/merge_apart.h"

#include "git/tree.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace chant::git {
namespace {

bool same(const TreeEntry& a, const TreeEntry& b) { return a.mode == b.mode && a.oid == b.oid; }

class Merger {
 public:
  explicit Merger(Store& store) : store_(store) {}

  // Trees, or "" for none; "" when nothing is left.
  std::optional<std::string> merge(const std::string& base, const std::string& ours,
                                   const std::string& theirs) {
    std::map<std::string, TreeEntry> changed;
    bool less = false;
    for (const auto& [name, sides] : differing_entries(store_, {base, ours, theirs})) {
      auto entry = merge_entry(name, sides);
      if (!entry) return std::nullopt;
      less = less || entry->mode.empty();
      changed[name] = std::move(*entry);
    }
    const std::string merged = replace_entries(store_, ours, changed);
    return less && load_tree(store_, merged).empty() ? "" : merged;
  }

 private:
  std::optional<TreeEntry> merge_entry(const std::string& name,
                                       const std::vector<TreeEntry>& sides) {
    const TreeEntry &base = sides[0], &ours = sides[1], &theirs = sides[2];
    if (same(base, theirs)) return ours;
    if (same(base, ours)) return theirs;
    for (const TreeEntry& side : sides) {
      if (!side.mode.empty() && !is_tree(side)) return std::nullopt;
    }
    if (ours.oid == theirs.oid) return std::nullopt;
    auto merged = merge(base.oid, ours.oid, theirs.oid);
    if (!merged) return std::nullopt;
    if (merged->empty()) return TreeEntry{};
    return TreeEntry{"40000", name, std::move(*merged)};
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
  auto merged = Merger(store).merge(base, ours, theirs);
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
