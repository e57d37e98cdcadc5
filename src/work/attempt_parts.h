// What an attempt is made of: its task, what one leaves to the next one at the same spec, the
// commands that decide about it, how it ended.
#pragma once

#include "sched/drive.h"
#include "sched/events.h"
#include "util/lock.h"
#include "work/check.h"
#include "work/judge.h"
#include "work/setup.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chant::work {

// The next attempt goes on in the same place.
struct Continuation {
  FileLock claim;
  std::optional<PortBlock> ports;
  std::string branch, base;
  std::filesystem::path worktree;  // empty: from the beginning
  std::string agent, session;
  std::string reason;                     // why there is another attempt
  std::string log_end;                    // the end of what was printed, printable
  std::vector<std::string> files_before;  // changes in the worktree that are no agent's
};

// Where the last attempt of a lane has worked, and well: the next one may go on in its session.
struct Seat {
  std::string agent, session;
  std::filesystem::path worktree;
};

struct Task {
  std::string id;
  std::string agent;                      // name in the configuration
  std::vector<std::string> dependencies;  // ids it depends on, for branch mode
  std::unique_ptr<Continuation> earlier;  // null: the first one in this run
  std::string lane = {};                  // "": none
  std::optional<Seat> before = {};        // of the lane
};

// The commands that decide about an attempt, one after the other.
struct Checks {
  struct Step {
    std::string line;
    std::string what;                      // "check", "criterion 'Tests pass'"
    std::optional<std::size_t> criterion;  // place among `criteria`
    std::string log;                       // set when it runs
  };
  Judgement judgement;
  std::vector<RunCriterion> criteria;
  std::vector<Step> steps;
  std::size_t next = 0;
  std::map<std::size_t, bool> passed;  // by the place among `criteria`
  Verdict verdict;
};

// How an attempt ended, for the run.
struct AttemptEnd {
  sched::Finished finished;
  std::optional<sched::EndedSpec> ended;       // not when it is tried again
  std::unique_ptr<Continuation> continuation;  // when it is
  std::optional<Seat> seat;                    // of a good one
  std::int64_t tokens = -1, cost_micros = -1;  // -1: not known
};

}  // namespace chant::work
