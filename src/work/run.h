// A whole run: check everything, plan, work, report.
#pragma once

#include "config/config.h"
#include "record/snapshot.h"
#include "record/workspace.h"
#include "sched/events.h"
#include "sched/queue.h"
#include "work/scene.h"
#include "work/selection.h"

#include <optional>
#include <string>
#include <vector>

namespace chant::work {

struct Request {
  Choice choice;
  Place place = Place::worktree;
  Landing landing = Landing::now;
  bool parallel = false;
  int max = 0;         // at once, 0: as configured
  std::string prompt;  // "" = the configured one

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

  [[nodiscard]] sched::Queue queue() const;
};

// Throws Error, with nothing changed.
[[nodiscard]] Plan make_plan(record::Workspace& workspace, const record::Snapshot& snapshot,
                             const Request& request);

struct RunResult {
  sched::Summary summary;
  int signal = 0;  // that stopped the run, or 0
};

[[nodiscard]] RunResult run(record::Workspace& workspace, const record::Snapshot& snapshot,
                            const Plan& plan, sched::Events& events);

}  // namespace chant::work
