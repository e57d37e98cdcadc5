// Which specs a run works on: those that were named or all that can be worked on, drivers as
// their members, with the agents that may take each.
#pragma once

#include "config/config.h"
#include "record/snapshot.h"
#include "sched/queue.h"

#include <map>
#include <string>
#include <vector>

namespace chant::work {

struct Choice {
  std::vector<std::string> ids;     // as typed; empty: everything that is ready or becomes so
  std::vector<std::string> labels;  // only specs with one of these, when not empty
  std::string agent;                // only this one, when not empty
  config::BranchMode mode = config::BranchMode::direct;
  std::map<std::string, std::string> people;  // specs that people work on -> where
};

struct Selection {
  std::vector<sched::Job> jobs;
  std::vector<sched::Skip> left_out;                             // and why
  std::map<std::string, std::vector<std::string>> dependencies;  // ids, of each job
};

// Throws Error for what cannot be worked on although it was named: completed, blocked from
// outside, being worked on (by a run or by a person), waiting for a person, unreadable; for a cycle
// or a dependency that does not exist, among what was named and what that waits for, or anywhere
// when nothing was named; for an agent that does not exist.
[[nodiscard]] Selection select(const record::Snapshot& snapshot, const Choice& choice,
                               const std::vector<config::Agent>& agents);

// The agents of the configuration, and the built-in `script` when a spec asks for it by name.
[[nodiscard]] std::vector<config::Agent> available_agents(const config::Config& config);

}  // namespace chant::work
