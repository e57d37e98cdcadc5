// Parked work: a spec branch that could not land, with what a person or an agent must know to help
// it. refs/chant/parked/<id> is a commit whose parents are the two sides and whose tree holds
// `packet.json` and, for a conflict, `merged`: the tree of the merge with marked-up text.
//
// It holds for one tip of the branch: when the branch is somewhere else, or is gone, it is history.
#pragma once

#include "git/merge_tree.h"
#include "git/refs.h"
#include "record/workspace.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::record {

struct SideCommit {
  std::string commit;
  std::string subject;
  std::string spec;  // id, "" when it names none
};

struct Parked {
  std::string id;
  std::string kind;    // "conflict", "gate", "dependency", "moved"
  std::string reason;  // one line
  std::string next;    // one command
  std::string target;  // full ref
  std::string branch;  // full ref
  std::string tip;     // of the branch
  std::int64_t at = 0;
  // Of a conflict.
  std::string ours, theirs;  // commits that were merged
  std::vector<git::ConflictedPath> files;
  std::vector<SideCommit> our_commits, their_commits;  // that touch these files, oldest first
  std::optional<std::pair<SideCommit, SideCommit>> first_pair;  // the first that conflict
  std::string merged;                                           // tree with marked-up text
  std::string scratch;  // worktree in which it can be resolved, "" when there is none
  std::string needs;    // of a dependency: the id of the spec that did not land
  // Of a red gate.
  std::string log;      // path
  std::string log_end;  // its last lines
};

// All parked specs that still are: the branch is at the tip that was parked.
[[nodiscard]] std::map<std::string, Parked> load_parked(Workspace& workspace);
[[nodiscard]] std::optional<Parked> find_parked(Workspace& workspace, const std::string& id);

// Writes the packet; the change that parks the spec, replacing an earlier packet.
[[nodiscard]] git::RefChange park(Workspace& workspace, const Parked& parked);
// The change after which it is parked no more: none when it is not.
[[nodiscard]] std::vector<git::RefChange> unpark(Workspace& workspace, const std::string& id);
[[nodiscard]] std::string parked_ref(const std::string& id);

}  // namespace chant::record
