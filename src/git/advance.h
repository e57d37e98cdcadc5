// Moving a branch that people may have checked out, so that their checkout follows or nothing
// moves at all.
//
// Refs are locked and checked first, then `read-tree -m -u OLD NEW` brings index and files of
// every checkout of the branch along (git refuses when a path that must change has uncommitted
// changes), then the refs move. What the user has staged or changed elsewhere stays.
//
// A file in which only boxes of items or headings are ticked or unticked ("- [ ]", "- [x]") is no
// obstacle when somebody is editing it and has staged nothing of it: it stays as it is, and its
// index entry follows.
#pragma once

#include "git/refs.h"
#include "git/repository.h"
#include "git/store.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace chant::git {

struct Advance {
  std::string branch;                            // full ref
  std::string from, to;                          // commits
  std::vector<std::filesystem::path> checkouts;  // worktrees that have the branch checked out
  std::vector<RefChange> with;                   // further refs, in the same transaction
  // Paths that are already as in `to` in the first checkout's files: there only their index
  // entries are set (a spec file that was not committed yet).
  std::vector<std::string> only_index;
  // Called when all refs are locked and nothing has changed yet.
  std::function<void()> locked = {};
};

// Files that stayed while their index entries followed.
struct Beside {
  std::filesystem::path checkout;
  std::vector<std::string> paths;
};
struct Advanced {
  std::vector<Beside> beside;
  std::vector<std::string> notes = {};  // of record::advance, on these files
};
struct InTheWay {
  std::filesystem::path checkout;
  std::vector<std::string> paths;  // with uncommitted changes that the advance would overwrite
};
struct Moved {
  std::string reason;  // a ref was not where it was expected
};
using AdvanceOutcome = std::variant<Advanced, InTheWay, Moved>;

[[nodiscard]] AdvanceOutcome advance_branch(Store& store, RefWriter& refs, const Advance& advance);

// The first checkout that could not follow now; changes nothing.
[[nodiscard]] std::optional<InTheWay> find_obstacle(Store& store, const Advance& advance);

// Puts checkouts back to `from` when an advance was killed after it changed them and before the
// branch moved; changes nothing otherwise.
void put_back(Store& store, const Advance& advance);

// True when the only difference between two texts is that boxes are ticked or unticked.
[[nodiscard]] bool only_boxes_differ(const std::string& before, const std::string& after);

// In checkouts of a branch that has advanced: files with uncommitted changes in which the advance
// ticked boxes.
[[nodiscard]] std::vector<Beside> files_beside(Store& store, const Advance& advance);

}  // namespace chant::git
