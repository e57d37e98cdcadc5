#include "land/landing.h"

#include "git/advance.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "land/merge.h"
#include "record/branch_work.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/operations.h"
#include "record/parked.h"
#include "record/target.h"
#include "record/task.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace chant::land {
namespace {

namespace fs = std::filesystem;

// What is not as the landing expects it, or "".
std::string find_moved(record::Workspace& workspace, const Landing& landing) {
  git::Store& store = workspace.store();
  const auto moved = [&](const std::string& ref, const std::string& from) -> std::string {
    const auto now = store.find_ref(ref);
    if (now == from) return "";
    return fmt::format("'{}' is {}", record::short_ref(ref),
                       now ? "at " + now->substr(0, 7) : std::string("gone"));
  };
  std::string reason = moved(landing.target, landing.from);
  for (const LandedSpec& spec : landing.specs) {
    if (reason.empty()) reason = moved(spec.branch, spec.branch_tip);
  }
  return reason;
}

// The refs that move with the target; `held` are branches that somebody has checked out.
std::vector<git::RefChange> changes_of(record::Workspace& workspace, const Landing& landing,
                                       const std::map<std::string, fs::path>& held) {
  std::vector<git::RefChange> changes;
  for (const LandedSpec& spec : landing.specs) {
    const std::string kept = record::kept_ref(spec.id, "tip");
    const std::string seal = workspace.store().find_ref(kept).value_or("");
    if (seal != spec.tip) changes.push_back({kept, seal, spec.tip});
    const bool stays = landing.keep_branches || held.count(spec.branch) > 0;
    changes.push_back({spec.branch, spec.branch_tip, stays ? spec.branch_tip : ""});
    for (git::RefChange& change : record::unpark(workspace, spec.id)) {
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

record::Operation operation_of(const Landing& landing, const std::vector<git::RefChange>& changes) {
  record::Operation operation;
  operation.kind = landing.kind;
  operation.name = landing.name;
  operation.summary = landing.summary;
  operation.target = landing.target;
  for (const LandedSpec& spec : landing.specs) operation.specs.push_back(spec.id);
  operation.moves.push_back({landing.target, landing.from, landing.to});
  for (const git::RefChange& change : changes) {
    operation.moves.push_back({change.name, change.from, change.to});
  }
  return operation;
}

// Afterwards no worktree has a branch that goes. What was there of ours is gone then: it is looked
// first whether the checkouts of the target can follow.
std::variant<record::Released, InTheWay> release(record::Workspace& workspace,
                                                 const Landing& landing,
                                                 const git::Advance& change) {
  std::set<std::string> branches;
  for (const LandedSpec& spec : landing.specs) branches.insert(spec.branch);
  const auto worktrees = git::list_worktrees(workspace.repository());
  const bool is_checked_out = std::any_of(
      worktrees.begin(), worktrees.end(),
      [&](const git::Worktree& worktree) { return branches.count(worktree.branch) > 0; });
  if (landing.keep_branches || !is_checked_out) return record::Released{};
  if (const auto obstacle = git::find_obstacle(workspace.store(), change)) {
    return InTheWay{obstacle->checkout.string(), obstacle->paths};
  }
  record::Released released = record::release_branches(workspace, branches);
  for (const auto& [branch, path] : released.held) {
    released.lines.push_back(fmt::format("'{}' stays: it is checked out in '{}'",
                                         record::short_ref(branch), path.string()));
  }
  return released;
}

std::string who(const Landing& landing) {
  return landing.specs.size() == 1 ? landing.specs.front().id
                                   : counted(landing.specs.size(), "spec");
}

// When all refs are where they were, somebody has locked one, and trying again would not help.
void require_moved(record::Workspace& workspace, const git::Advance& change,
                   const std::string& reason) {
  git::Store& store = workspace.store();
  const auto is_there = [&](const git::RefChange& ref) {
    return store.find_ref(ref.name).value_or("") == ref.from;
  };
  if (store.find_ref(change.branch) != change.from) return;
  if (!std::all_of(change.with.begin(), change.with.end(), is_there)) return;
  fail("cannot land on '{}': {}", record::short_ref(change.branch), reason);
}

// The caller has the landing lock.
GroupOutcome land_locked(record::Workspace& workspace, const Landing& landing) {
  std::string moved = find_moved(workspace, landing);
  if (!moved.empty()) return Moved{std::move(moved)};
  const auto checkouts = record::checkouts_of(workspace, landing.target);
  git::Advance change{landing.target, landing.from, landing.to, checkouts, {}, {}};
  auto released = release(workspace, landing, change);
  if (auto* obstacle = std::get_if<InTheWay>(&released)) return std::move(*obstacle);
  change.with = changes_of(workspace, landing, std::get<record::Released>(released).held);
  record::Operation operation = operation_of(landing, change.with);
  change.with.push_back(record::record_operation(workspace, operation));
  git::make_durable(workspace.store(), workspace.repository(), landing.from, landing.to);
  const auto outcome = record::advance(workspace, who(landing), change);
  if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
    return InTheWay{obstacle->checkout.string(), obstacle->paths};
  }
  if (const auto* refused = std::get_if<git::Moved>(&outcome)) {
    require_moved(workspace, change, refused->reason);
    return Moved{refused->reason};
  }
  std::vector<std::string>& notes = std::get<record::Released>(released).lines;
  const auto& unticked = std::get<git::Advanced>(outcome).notes;
  notes.insert(notes.end(), unticked.begin(), unticked.end());
  for (const LandedSpec& spec : landing.specs) {
    for (std::string& line : record::put_scratch_aside(workspace, spec.id)) {
      notes.push_back(std::move(line));
    }
  }
  // Other tools' post-merge hooks see our landing as they would see a merge.
  for (const fs::path& checkout : checkouts) {
    if (landing.from != landing.to) workspace.hooks().run(checkout, "post-merge", {"0"});
  }
  return Landed{landing.to, std::move(notes)};
}

FileLock landing_lock(record::Workspace& workspace) {
  return FileLock::acquire(record::landing_lock_path(workspace.repository()));
}

// The merged tree of target and branch, and whether there is anything to land.
git::TreeMerge merged_tree(record::Workspace& workspace, const fs::path& directory,
                           const std::string& target_tip, const std::string& tip) {
  git::Store& store = workspace.store();
  if (store.is_ancestor(target_tip, tip)) return {git::load_commit(store, tip).tree, {}};
  return merge(workspace, directory, target_tip, tip);
}

// A merge may drop what it merges, and a merge may be reverted: then nothing has landed.
void require_record(record::Workspace& workspace, const Request& request,
                    const std::string& target_tip) {
  if (record::says_completed(workspace, request.id, target_tip)) return;
  const bool is_task = record::find_source(workspace, request.id).has_value();
  throw Error(fmt::format("'{}' was merged into '{}', but its {}",
                          record::short_ref(request.branch), record::short_ref(request.target),
                          is_task ? "box is not ticked there" : "content is not there"),
              "git chant reset " + request.id);
}

// Somebody merged it meanwhile: of a task, it may be left to tick its box.
std::variant<Prepared, Conflict> ticked_commit(record::Workspace& workspace, const Request& request,
                                               const std::string& from) {
  const auto file = record::load_spec_at(workspace, request.id, from);
  if (!file || !file->source) {
    require_record(workspace, request, from);
    return Prepared{from, from};
  }
  const auto source = record::find_source(workspace, request.id).value_or(*file->source);
  const auto done = record::make_done_commit(workspace, request.id, source, from);
  if (!done.why.empty()) return Conflict{{}, done.why};
  return Prepared{from, done.commit};
}

// What the target is to become: `from` with the branch.
std::variant<Prepared, Conflict> merged_commit(record::Workspace& workspace, const Request& request,
                                               const fs::path& directory, const std::string& from) {
  if (workspace.store().is_ancestor(request.tip, from)) {
    return ticked_commit(workspace, request, from);
  }
  const git::TreeMerge merged = merged_tree(workspace, directory, from, request.tip);
  Conflict conflict;
  for (const git::ConflictedPath& file : merged.conflicts) conflict.paths.push_back(file.path);
  if (!merged.clean()) return conflict;
  const auto source = record::find_source(workspace, request.id, request.tip);
  const auto done = record::with_task_done(workspace, request.id, source, merged.tree);
  conflict.why = done.why;
  if (!done.why.empty()) return conflict;
  const std::string message =
      fmt::format("Merge {}: {}\n\nChant-Spec: {}\n", record::short_ref(request.branch),
                  printable_line(request.title), request.id);
  return Prepared{from,
                  git::make_commit(workspace.store(), workspace.repository(), workspace.identity(),
                                   done.tree, {from, request.tip}, message)};
}

}  // namespace

GroupOutcome land_group(record::Workspace& workspace, const Landing& landing) {
  const FileLock lock = landing_lock(workspace);
  return land_locked(workspace, landing);
}

std::variant<Prepared, Conflict> prepare(record::Workspace& workspace, const Request& request) {
  const auto target_tip = workspace.store().find_ref(request.target);
  if (!target_tip) fail("the target '{}' is gone", record::short_ref(request.target));
  const MergePlace place(workspace, request.target);
  return merged_commit(workspace, request, place.directory(), *target_tip);
}

GroupOutcome land_prepared(record::Workspace& workspace, const Request& request,
                           const Prepared& prepared) {
  return land_group(workspace, {.target = request.target,
                                .from = prepared.from,
                                .to = prepared.to,
                                .specs = {{request.id, request.branch, request.tip, request.tip}},
                                .kind = "work",
                                .name = request.run,
                                .summary = record::landing_summary(1, request.target)});
}

Outcome land(record::Workspace& workspace, const Request& request) {
  std::string reason;
  for (int attempt = 0; attempt < 10; ++attempt) {
    auto prepared = prepare(workspace, request);
    if (auto* conflict = std::get_if<Conflict>(&prepared)) return std::move(*conflict);
    const GroupOutcome outcome = land_prepared(workspace, request, std::get<Prepared>(prepared));
    if (const auto* landed = std::get_if<Landed>(&outcome)) return *landed;
    if (const auto* obstacle = std::get_if<InTheWay>(&outcome)) return *obstacle;
    reason = std::get<Moved>(outcome).reason;
  }
  fail("{} was not landed: {}", request.id, reason);
}

}  // namespace chant::land
