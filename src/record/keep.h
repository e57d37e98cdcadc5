// Keeping what an attempt left: nothing is deleted before it is reachable from a ref we keep.
#pragma once

#include "git/worktree.h"
#include "record/snapshot.h"
#include "record/workspace.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chant::record {

// The lowest number from `first` on that is free below refs/chant/spec/<id>/.
[[nodiscard]] std::string free_kept_ref(Workspace& workspace, const std::string& id, int first);

// Removes a spec's branch after its tip is kept under refs/chant/spec/<id>/<n>. Returns that ref.
// Throws Error when the branch is checked out somewhere.
[[nodiscard]] std::string put_branch_aside(Workspace& workspace, const std::string& id,
                                           const SpecBranch& branch);

// Forgets a spec's seal and fork point, so that what was sealed no longer counts as its work; the
// sealed commit is kept under refs/chant/spec/<id>/<n>. Nothing when there is no seal.
void forget_seal(Workspace& workspace, const std::string& id);

// Saves what is not committed in a worktree as a commit under refs/chant/spec/<id>/<n>; its ref,
// or std::nullopt when there is nothing.
[[nodiscard]] std::optional<std::string> keep_leftovers(Workspace& workspace, const std::string& id,
                                                        const std::filesystem::path& worktree,
                                                        int attempt);

// Worktrees of ours that have this branch checked out, saved (keep_leftovers) and removed. A
// worktree that a person made is never touched: Error. Returns a line for each.
[[nodiscard]] std::vector<std::string> put_worktrees_aside(Workspace& workspace,
                                                           const std::string& id,
                                                           const std::string& branch);

// Scratch worktrees of a spec, in which a conflict of it was to be resolved, saved and removed.
// Returns a line for each.
std::vector<std::string> put_scratch_aside(Workspace& workspace, const std::string& id);

// Those of specs that are not parked: what a killed process left. Returns a line for each.
std::vector<std::string> put_stale_scratch_aside(Workspace& workspace);

// What parks a spec is over: its scratch worktrees go, and its packet. Returns a line for each
// worktree.
std::vector<std::string> drop_parked(Workspace& workspace, const std::string& id);

// A commit that only the HEAD of this worktree keeps, "" when there is none.
[[nodiscard]] std::string unkept_commit(const std::filesystem::path& worktree);

// Makes sure that branches can be deleted: no worktree may have them. Those that a run of ours made
// and nobody works in are saved (keep_leftovers) and removed.
struct Released {
  std::map<std::string, std::filesystem::path> held;  // branches that stay -> who has them
  std::vector<std::string> lines;                     // one for each thing done
};
[[nodiscard]] Released release_branches(Workspace& workspace,
                                        const std::set<std::string>& branches);  // full refs

}  // namespace chant::record
