// A whole run: check everything, plan, work, report.
#pragma once

#include "config/config.h"
#include "config/trust.h"
#include "record/snapshot.h"
#include "record/workspace.h"
#include "sched/events.h"
#include "sched/queue.h"
#include "work/scene.h"
#include "work/selection.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chant::work {

struct Request {
  Choice choice;
  Place place = Place::worktree;
  Landing landing = Landing::now;
  bool parallel = false;
  int max = 0;                     // at once, 0: as configured
  std::string prompt;              // "" = the configured one
  bool wait = true;                // when every account is closed: wait until one opens
  std::string feature = {};        // path of the list, of a run of tasks: choice.tasks
  bool stop_on_failure = false;    // nothing new starts then; what runs comes to its end
  std::optional<double> max_cost;  // in US dollars, instead of that of the configuration
  std::optional<std::int64_t> max_tokens;
  // Where there is somebody to ask: whether all of these may be trusted, and then they are.
  std::function<bool(config::TrustStore& store, const std::vector<config::Executable>& untrusted)>
      ask_for_trust;

  // True when good work reaches the target from a branch of its own.
  [[nodiscard]] bool lands() const {
    return place == Place::worktree && landing == Landing::now &&
           choice.mode == config::BranchMode::direct;
  }
};

// A run that could start: everything that can be known to be wrong before the first agent starts
// was checked, and nothing was changed.
struct Plan {
  Request request;
  std::string target;                 // full ref
  std::vector<config::Agent> agents;  // available
  Selection selection;
  agent::Prompt prompt;
  std::map<std::string, agent::Prompt> prompts;
  sched::Distribution distribution = sched::Distribution::least_loaded;

  // `accounts`: what the journal knows of them. `slots` may be null.
  [[nodiscard]] sched::Queue queue(const std::vector<journal::Account>& accounts,
                                   sched::Slots* slots) const;
};

// Throws Error, with nothing changed.
[[nodiscard]] Plan make_plan(record::Workspace& workspace, const record::Snapshot& snapshot,
                             const Request& request);

struct RunResult {
  sched::Summary summary;
  int signal = 0;  // that stopped the run, or 0
  std::int64_t run = 0;
  bool planted = false;  // something that git would obey is still there
};

// `loop` is there from the start, so that neither a signal nor a reader that goes away ends us
// half-way.
[[nodiscard]] RunResult run(record::Workspace& workspace, const record::Snapshot& snapshot,
                            const Plan& plan, process::Loop& loop, sched::Events& events);

}  // namespace chant::work
