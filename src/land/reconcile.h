// Reconcile: land the spec branches that wait, as many as are good, and say of the others why not.
//
// Order, train, gate, landing: the user's checkout is not touched before the landing, and then only
// as far as it can follow. What does not land is parked with all that is known. Killed anywhere,
// the next reconcile goes on or gives up (Queue); nothing that was decided is needed again but from
// git.
#pragma once

#include "land/queue.h"
#include "process/loop.h"
#include "record/parked.h"
#include "sched/train_events.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chant::land {

struct Reconciled {
  sched::TrainSummary summary;
  int signal = 0;  // that ended it, or 0
};

// Has a parked conflict resolved: "" when the branch has a resolution now, else why not.
using Resolver = std::function<std::string(process::Loop&, const record::Parked&)>;

// Blocks. `queue` is held by the caller and has `wish` as its open operation afterwards only when
// it was interrupted or cannot land (Reconciled::summary.waits). Throws Error.
[[nodiscard]] Reconciled reconcile(record::Workspace& workspace, Queue& queue, const Wish& wish,
                                   const Resolver& resolver, sched::TrainEvents& events);

}  // namespace chant::land
