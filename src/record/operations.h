// The operation log: refs/chant/ops, a chain of commits, newest first. Each has as its tree the
// refs that an operation moved, before and after (`before`, `after`: lines "<object id> <ref>", an
// absent ref is not listed), and `operation`, JSON with the rest. Its first parent is the operation
// before it; the other parents are what its refs named, so that nothing of it is ever pruned.
#pragma once

#include "git/refs.h"
#include "record/workspace.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chant::record {

struct RefMove {
  std::string ref;            // full name
  std::string before, after;  // object ids, "" = absent
};

struct Operation {
  std::string id;       // of its commit, "" until it is written
  std::string kind;     // "reconcile", "work", "undo"
  std::string name;     // the run it belongs to; landings of one run are one operation
  std::int64_t at = 0;  // seconds since the epoch
  std::string summary;  // one line
  std::string target;   // full ref
  std::vector<std::string> specs;
  std::vector<RefMove> moves;
  std::string undoes;  // id of the operation that this one took back, or ""
};

// What a landing of so many specs is called.
[[nodiscard]] std::string landing_summary(std::size_t specs, const std::string& target);

// Newest first; at most `limit` (0: all). Throws Error when the log is not as written here.
[[nodiscard]] std::vector<Operation> operations(Workspace& workspace, std::size_t limit);

// Writes the commit for an operation and returns the change of refs/chant/ops that records it, to
// be made in the transaction that moves the refs. When the newest operation has the same `kind`
// and `name` and left the refs as this one found them, the two become one: `operation` is both
// afterwards. Sets `id`, and `at` when it is 0.
[[nodiscard]] git::RefChange record_operation(Workspace& workspace, Operation& operation);

}  // namespace chant::record
