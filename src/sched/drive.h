// The loop of a run: takes from the queue, starts, waits, until nothing is left to do.
//
// It drives two interfaces that it declares itself, so that the rules can be tested without git,
// processes or time.
#pragma once

#include "sched/queue.h"

#include <set>
#include <string>
#include <variant>

namespace chant::sched {

struct Finished {
  std::string id;
  Ending ending = Ending::done;
};
struct Interrupted {};
using Happening = std::variant<Finished, Interrupted>;

class Runner {
 public:
  Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  virtual ~Runner() = default;

  virtual void start(const Start& start) = 0;
  // Blocks until a started job has ended, or the user wants the run to end (told once; what runs
  // is stopped by the runner and still ends with Finished).
  virtual Happening wait() = 0;
  // Which of these dependencies, none of them in this run, are done by now.
  virtual std::set<std::string> done_outside(const std::set<std::string>& ids) = 0;
};

// Returns true when the run was interrupted.
[[nodiscard]] bool drive(Queue& queue, Runner& runner);

}  // namespace chant::sched
