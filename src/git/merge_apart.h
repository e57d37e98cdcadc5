// The merge of trees that is none: each path was changed on one side at most.
#pragma once

#include "git/store.h"

#include <optional>
#include <set>
#include <string>

namespace chant::git {

// The tree with what both sides changed since `base`, where they changed nothing in common: what
// every merge of them comes to when no directory was renamed (Moves). std::nullopt otherwise, also
// when both made the same change: git has to look at it.
[[nodiscard]] std::optional<std::string> merge_apart(Store& store, const std::string& base,
                                                     const std::string& ours,
                                                     const std::string& theirs);

// Directories, at any depth, in which paths are new and in which paths are gone between two trees:
// git may take the one for the other, renamed, and move what is new on the other side.
struct Moves {
  std::set<std::string> of_new, of_gone;
};
[[nodiscard]] Moves moves_between(Store& store, const std::string& from, const std::string& to);
// True when a directory may have been renamed on one side in which the other has something new.
[[nodiscard]] bool may_meet(const Moves& a, const Moves& b);

}  // namespace chant::git
