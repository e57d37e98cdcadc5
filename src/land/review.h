// Looking at a resolution of a conflict: it must not have marks of the conflict, and none of the
// changes that the target made may be gone from it.
//
// Hunks of the target are those by which git's merge differs from the branch. Where git could merge
// them, at least half of the lines that a hunk adds must be there, or what it removes must not be.
// Where git could not, something of the target's side must be there, unless a person decided. A
// line may have been joined with one of the branch: it is known by the words that the branch has
// not.
#pragma once

#include "git/merge_tree.h"
#include "record/workspace.h"

#include <filesystem>
#include <string>

namespace chant::land {

enum class By { agent, person };

// A merge of the target into a spec's branch that somebody has made by hand.
struct Handmade {
  std::string id;                   // of the spec, whose own file is not looked at
  std::string target;               // full ref, for messages
  std::filesystem::path directory;  // whose attributes count
  std::string ours, theirs;         // commits: of the target, of the branch
  git::TreeMerge merge;             // what git makes of them
  std::string result;               // tree that was made of them
  By by = By::agent;
};

// What is wrong with it, in one line, or "".
[[nodiscard]] std::string find_fault(record::Workspace& workspace, const Handmade& handmade);

}  // namespace chant::land
