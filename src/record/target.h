// Small commits of ours on the target: spec files that were not committed yet, and changes of a
// spec's metadata. One commit of exactly these paths, by compare-and-swap; checkouts of the
// target follow, and the user's staged and unstaged work elsewhere stays.
#pragma once

#include "git/advance.h"
#include "record/workspace.h"

#include <map>
#include <string>
#include <vector>

namespace chant::record {

// Throws Error when a merge, rebase or the like is in progress here: then HEAD is not ours to move.
void require_quiet_checkout(const Workspace& workspace);

// As above, for every worktree that has `ref` checked out; a bisect has its own HEAD.
void require_quiet_checkouts(Workspace& workspace, const std::string& ref);

// Worktrees that have `ref` checked out, the one the command runs in first.
[[nodiscard]] std::vector<std::filesystem::path> checkouts_of(Workspace& workspace,
                                                              const std::string& ref);

// Advances a branch, with a record in the journal that says how to undo it if we are killed
// half-way. Calls for different branches may run at the same time; for one branch they wait.
[[nodiscard]] git::AdvanceOutcome advance(Workspace& workspace, const std::string& spec,
                                          const git::Advance& advance);

// Finishes or undoes what a killed process left half-way; one line for each.
[[nodiscard]] std::vector<std::string> recover_advances(Workspace& workspace);

// in_checkout: the files of this checkout have the text already, only their index entries are set.
enum class Files { to_be_written, in_checkout };

// Commits these files (path -> text) on top of the target. Returns the commit. Throws Error that
// names the file when uncommitted changes are in the way.
std::string commit_on_target(Workspace& workspace, const std::map<std::string, std::string>& files,
                             const std::string& message, Files where);

// One change of a spec's metadata that is to be recorded on the target.
struct Record {
  std::string id;
  std::string text;  // of the spec file
  std::string what;  // "finalize", "reopen"
};

// A commit for each record, of that spec's file alone, on top of `tip`, and the target advanced to
// the last of them; `tip` is where it is then. All or nothing.
[[nodiscard]] git::AdvanceOutcome commit_records(Workspace& workspace, std::string& tip,
                                                 const std::vector<Record>& records);

}  // namespace chant::record
