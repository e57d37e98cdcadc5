#include "land/undo.h"

#include "git/advance.h"
#include "git/worktree.h"
#include "record/keep.h"
#include "record/names.h"
#include "record/target.h"
#include "util/error.h"
#include "util/lock.h"
#include "util/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace chant::land {
namespace {

using record::Operation;
using record::RefMove;

Operation find_operation(record::Workspace& workspace, const std::string& id) {
  const std::vector<Operation> all = record::operations(workspace, id.empty() ? 1 : 0);
  if (all.empty()) throw Error("there is nothing to undo", {}, Exit::no);
  std::vector<Operation> found;
  for (const Operation& operation : all) {
    if (operation.id.compare(0, id.size(), id) == 0) found.push_back(operation);
  }
  if (found.size() == 1) return found.front();
  throw Error(found.empty() ? fmt::format("there is no operation '{}'", id)
                            : fmt::format("'{}' is the beginning of {}", id,
                                          counted(found.size(), "operation")),
              "git chant ops", Exit::usage);
}

std::vector<std::string> moved_since(record::Workspace& workspace, const Operation& operation) {
  std::vector<std::string> refs;
  for (const RefMove& move : operation.moves) {
    if (workspace.store().find_ref(move.ref).value_or("") != move.after) refs.push_back(move.ref);
  }
  return refs;
}

bool is_branch(const std::string& ref) { return ref.starts_with("refs/heads/"); }

// "undo: x" for "x", "redo: x" for "undo: x".
std::string opposite(const std::string& summary) {
  const std::string rest = summary.substr(std::min<std::size_t>(6, summary.size()));
  if (summary.starts_with("undo: ")) return "redo: " + rest;
  if (summary.starts_with("redo: ")) return "undo: " + rest;
  return "undo: " + summary;
}

// The operation that takes another back, without the branches that must stay.
Operation inverse(const Operation& operation, const record::Released& released) {
  Operation back;
  back.kind = "undo";
  back.summary = opposite(operation.summary);
  back.target = operation.target;
  back.specs = operation.specs;
  back.undoes = operation.id;
  for (const RefMove& move : operation.moves) {
    if (released.held.count(move.ref) > 0) continue;
    back.moves.push_back({move.ref, move.after, move.before});
  }
  return back;
}

// The target and its checkouts as they were.
git::Advance way_back(record::Workspace& workspace, const Operation& operation) {
  git::Advance change;
  change.branch = operation.target;
  change.from = workspace.store().find_ref(operation.target).value_or("");
  change.to = change.from;
  for (const RefMove& move : operation.moves) {
    if (move.ref == operation.target) change.to = move.before;
  }
  if (change.to.empty()) fail("'{}' was not there before", record::short_ref(operation.target));
  change.checkouts = record::checkouts_of(workspace, operation.target);
  return change;
}

// Branches that the operation made go; those that a person has checked out stay.
record::Released release(record::Workspace& workspace, const Operation& operation) {
  std::set<std::string> gone;
  for (const RefMove& move : operation.moves) {
    if (!is_branch(move.ref) || move.ref == operation.target || move.after.empty()) continue;
    gone.insert(move.ref);
  }
  if (gone.empty()) return {};
  record::Released released = record::release_branches(workspace, gone);
  for (const auto& [branch, path] : released.held) {
    released.lines.push_back(fmt::format("'{}' stays: it is checked out in '{}'",
                                         record::short_ref(branch), path.string()));
  }
  return released;
}

UndoOutcome take_back(record::Workspace& workspace, const Operation& operation) {
  git::Advance change = way_back(workspace, operation);
  if (const auto obstacle = git::find_obstacle(workspace.store(), change)) {
    return UndoInTheWay{obstacle->checkout.string(), obstacle->paths};
  }
  record::Released released = release(workspace, operation);
  Operation back = inverse(operation, released);
  for (const RefMove& move : back.moves) {
    if (move.ref != operation.target) change.with.push_back({move.ref, move.before, move.after});
  }
  change.with.push_back(record::record_operation(workspace, back));
  const auto outcome = record::advance(workspace, join(operation.specs, ", "), change);
  if (const auto* obstacle = std::get_if<git::InTheWay>(&outcome)) {
    return UndoInTheWay{obstacle->checkout.string(), obstacle->paths};
  }
  if (const auto* moved = std::get_if<git::Moved>(&outcome)) {
    std::vector<std::string> refs = moved_since(workspace, operation);
    if (refs.empty()) fail("cannot undo {}: {}", operation.id.substr(0, 7), moved->reason);
    return MovedSince{operation, std::move(refs)};
  }
  return Undone{operation, std::move(released.lines)};
}

}  // namespace

UndoOutcome undo(record::Workspace& workspace, const std::string& operation) {
  const FileLock lock = FileLock::acquire(record::landing_lock_path(workspace.repository()));
  const Operation found = find_operation(workspace, operation);
  std::vector<std::string> refs = moved_since(workspace, found);
  if (!refs.empty()) return MovedSince{found, std::move(refs)};
  record::require_quiet_checkouts(workspace, found.target);
  return take_back(workspace, found);
}

}  // namespace chant::land
