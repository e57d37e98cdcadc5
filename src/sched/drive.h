// The loop of a run: takes from the queue, starts, waits, until nothing is left to do.
//
// It drives two interfaces that it declares itself, so that the rules can be tested without git,
// processes or time.
#pragma once

#include "sched/queue.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace chant::sched {

struct Finished {
  std::string id;
  std::string agent;
  Ending ending = Ending::done;
  std::optional<Again> again;  // instead of the ending: it is to be started again
  enum class Account { well, limited, closed, none } account = Account::none;
  std::int64_t closed_until = 0;  // of an account that is limited or closed; kForGood
  std::string reason;             // why
};
struct Interrupted {};
struct Woken {};  // nothing else, but a time has come, or another process has given back a slot
struct Spent {    // the budget of the run is used up: nothing more is started
  std::string reason;
};
using Happening = std::variant<Finished, Interrupted, Woken, Spent>;

class Runner {
 public:
  Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  virtual ~Runner() = default;

  virtual void start(const Start& start) = 0;
  [[nodiscard]] virtual std::int64_t now() const = 0;  // ms since the epoch
  // Blocks until a started job has ended, or the user wants the run to end (told once; what runs
  // is stopped by the runner and still ends with Finished), or `until` (std::nullopt or kForGood:
  // no time), or a slot of one of `agents` is free that another process had. After a time that has
  // come it does not block: the next of what has happened already, else Woken.
  virtual Happening wait(std::optional<std::int64_t> until,
                         const std::vector<std::string>& agents) = 0;
  // Which of these dependencies, none of them in this run, are done by now.
  virtual std::set<std::string> done_outside(const std::set<std::string>& ids) = 0;
  // Nothing runs, every account that could work is closed; told once for each time, also before
  // the run ends because of it. kForGood is never told: the queue names it with what it skips.
  virtual void all_closed(std::int64_t until, const std::string& reason) = 0;
};

enum class WhenClosed { wait, end };  // --no-wait: end

// Returns true when the run was interrupted; what was not started is in queue.skipped().
[[nodiscard]] bool drive(Queue& queue, Runner& runner, WhenClosed when_closed);

}  // namespace chant::sched
