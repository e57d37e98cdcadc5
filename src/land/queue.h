// A reconcile that is under way, so that it can be continued or given up when its process is gone:
// everything below refs/chant/queue/.
//
//   state        a commit whose tree has `state.json`: what was asked for, and since when
//   base         where the target was
//   train/<NNNN> the steps of the train
//
// Nothing is decided by these refs but that an operation is open: branches, gates and conflicts are
// looked at again, and with the same date the same commits come of it.
#pragma once

#include "config/config.h"
#include "land/train.h"
#include "record/workspace.h"
#include "sched/order.h"
#include "util/lock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chant::land {

// What was asked for.
struct Wish {
  std::string name;               // of the operation
  std::int64_t when = 0;          // date of the commits it makes, seconds since the epoch
  std::string target;             // full ref
  std::vector<std::string> ids;   // empty: all that are finished
  std::vector<std::string> skip;  // ids that are left out
  sched::Order order = sched::Order::automatic;
  config::Strategy strategy = config::Strategy::merge;
  std::string gate;  // shell line, "" = none
  std::size_t slots = 1;
  std::size_t batch = 0;  // 0: by the plan
  bool land_each = false;
  bool keep_branches = false;
};

class Queue {
 public:
  // Throws Error, with who has it, when another reconcile is at work in this repository.
  explicit Queue(record::Workspace& workspace);

  // The operation that has not come to its end, or std::nullopt.
  [[nodiscard]] std::optional<Wish> open();
  // Begins or goes on: pins the base. The train that was pinned before goes.
  void begin(const Wish& wish, const std::string& base);
  void pin(const Train& train);
  // The operation is over; `with` moves in the same transaction.
  void close(std::vector<git::RefChange> with);

 private:
  [[nodiscard]] std::vector<git::RefChange> deletions(const std::vector<std::string>& below);
  void change(const std::vector<git::RefChange>& changes);

  record::Workspace& workspace_;
  FileLock lock_;
  // A power cut may take the queue: what was landed does not hang on it.
  git::RefWriter refs_;
};

// Who is reconciling now ("process 1234"), "" when nobody is; and the open operation of a process
// that is at work or gone.
[[nodiscard]] std::string who_reconciles(const git::Repository& repository);
[[nodiscard]] std::optional<Wish> find_open_wish(record::Workspace& workspace);

}  // namespace chant::land
