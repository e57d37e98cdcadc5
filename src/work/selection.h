// Which specs a run works on: those that were named or all that can be worked on, drivers as
// their members, or tasks of a feature, with the agents that may take each.
#pragma once

#include "agent/prompt.h"
#include "config/config.h"
#include "record/snapshot.h"
#include "sched/queue.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::work {

// Of the run of a feature.
struct FeatureTask {
  std::string id;
  std::string text;       // of its spec file: record::task_text
  std::string lane = {};  // those of one lane run one after the other, in one session if they can
  agent::PromptValues values = {};  // what the prompt may say of it besides its spec
};

struct Choice {
  std::vector<std::string> ids;     // as typed; empty: everything that is ready or becomes so
  std::vector<std::string> labels;  // only specs with one of these, when not empty
  std::string agent;                // only this one, when not empty
  config::BranchMode mode = config::BranchMode::direct;
  std::map<std::string, std::string> people;  // specs that people work on -> where
  // The run of a feature: no specs but these, in this order where no other one is better.
  std::optional<std::vector<FeatureTask>> tasks = {};
};

struct Selection {
  std::vector<sched::Job> jobs;
  std::vector<sched::Skip> left_out;                             // and why
  std::map<std::string, std::vector<std::string>> dependencies;  // ids, of each job
};

// Throws Error for what cannot be worked on although it was named: completed, blocked from
// outside, being worked on (by a run or by a person), waiting for a person, unreadable; for a cycle
// or a dependency that does not exist, among what was named and what that waits for, or anywhere
// when nothing was named; for an agent that does not exist; for a task of a list that was named and
// has nothing to land. Of a feature, who cannot be worked on is left out with the reason.
[[nodiscard]] Selection select(const record::Snapshot& snapshot, const Choice& choice,
                               const std::vector<config::Agent>& agents);

// The agents of the configuration, and the built-in `script` when a spec asks for it by name.
[[nodiscard]] std::vector<config::Agent> available_agents(const config::Config& config);

}  // namespace chant::work
