// What all attempts of one run share.
#pragma once

#include "agent/prompt.h"
#include "config/config.h"
#include "config/trust.h"
#include "git/guard.h"
#include "git/watch.h"
#include "land/gate.h"
#include "process/loop.h"
#include "record/workspace.h"
#include "sched/events.h"
#include "sched/retry.h"
#include "spec/spec.h"
#include "util/random.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace chant::work {

enum class Place { checkout, worktree };  // where agents work
enum class Landing { now, later };        // when good work reaches the target

// Lets one asynchronous step at a time through: what all worktrees share is changed by one git
// process at a time.
class Lane {
 public:
  // Runs `step` when the lane is free. The step calls leave() when it is over.
  void enter(std::function<void()> step);
  void leave();
  // The same for a step that is over when it returns.
  void pass(std::function<void()> step);

 private:
  std::deque<std::function<void()>> waiting_;
  bool busy_ = false;
};

struct Scene {
  Scene(record::Workspace& in, process::Loop& on, sched::Events& to, const config::TrustStore& by)
      : workspace(in),
        loop(on),
        events(to),
        trust(by),
        guard(in.repository()),
        watch(in.repository(), in.store()) {}

  // The task of a list that a spec is, of this run or of another one.
  [[nodiscard]] std::optional<spec::Source> source_of(const std::string& id) const;

  record::Workspace& workspace;
  process::Loop& loop;
  sched::Events& events;
  const config::TrustStore& trust;
  git::Guard guard;
  git::Watch watch;
  std::function<bool(const std::string& ref)> is_ours;  // refs that this run moves itself
  std::set<std::string> foreign;  // what was changed by somebody else, said already
  sched::Retries retries;
  bool parallel = false;
  std::int64_t run = 0;
  std::string operation = random_base36(10);  // that the landings of the run are, in the log
  std::string target;                         // full ref
  config::BranchMode mode = config::BranchMode::direct;
  Place place = Place::worktree;
  Landing landing = Landing::now;
  std::map<std::string, config::Agent> agents;   // by name
  agent::Prompt prompt;                          // of the run; a spec may name its own
  std::map<std::string, agent::Prompt> prompts;  // by name, those that specs name
  std::map<std::string, std::string> tasks;      // texts of spec files, of the run of a feature
  std::map<std::string, agent::PromptValues> values;  // of these, for their prompt
  bool stopping = false;                              // the user wants the run to end
  Lane lane;
  std::unique_ptr<land::Gate> gate;  // null: work lands without one
  Lane gate_lane;
};

}  // namespace chant::work
