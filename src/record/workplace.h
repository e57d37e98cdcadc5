// A person's place to work on a spec: a worktree with the spec's branch, made by `git chant
// worktree` or by hand and then marked. Runs leave such a spec to its person.
#pragma once

#include "record/snapshot.h"
#include "record/workspace.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::record {

// Specs that people work on -> where or on which branch, for a message: those with a worktree
// that is a person's, and those with a branch of ours with work in it that no attempt made.
[[nodiscard]] std::map<std::string, std::string> specs_of_people(Workspace& workspace,
                                                                 const Snapshot& snapshot);

struct Workplace {
  std::filesystem::path path;
  std::vector<std::string> lines;  // what was done, for people
};

// The worktree of the spec's branch: the one there is, which is marked as a person's, or a new
// one; the branch is made when there is none. Throws Error when the spec is final, sealed,
// claimed or unreadable.
[[nodiscard]] Workplace make_workplace(Workspace& workspace, const Snapshot& snapshot,
                                       const std::string& id);

enum class Ignored { refuse, remove };  // files that git ignores

// Removes that worktree, and the branch when nothing on it would be lost; what was done, for
// people. Throws Error, with nothing changed, when something would be lost.
[[nodiscard]] std::vector<std::string> remove_workplace(Workspace& workspace,
                                                        const Snapshot& snapshot,
                                                        const std::string& id, Ignored ignored);

}  // namespace chant::record
