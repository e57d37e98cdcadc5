// The verdict about an attempt, from what is in git and never from the exit code alone.
#pragma once

#include "agent/profile.h"
#include "git/worktree.h"
#include "process/command.h"
#include "record/workspace.h"

#include <string>
#include <vector>

namespace chant::work {

// How an attempt ended: the exit class and one line for people. "ok" has no reason.
struct Verdict {
  std::string exit_class = "ok";
  std::string reason;

  [[nodiscard]] bool good() const { return exit_class == "ok"; }
};

// What the agent process and its stream say.
[[nodiscard]] Verdict verdict_of_agent(const process::Outcome& outcome, const agent::Report& report,
                                       const std::string& error);

// What to look at in git after the agent ended.
struct Evidence {
  std::string id;
  std::string branch;                  // full ref that the agent worked on
  std::string base;                    // fork point
  std::string target_tip;              // "" when the work is on the target itself
  git::Status status;                  // of the place it worked in
  std::vector<std::string> leftovers;  // paths it left uncommitted
  // Commands of criteria that are run afterwards: what their boxes say does not count yet.
  std::vector<std::string> checked_later = {};
  // Why it may have made no commit, as far as its words tell; good when they do not.
  Verdict excuse = {};
  std::string list = {};  // of a task: what only a landing changes
};

struct Judgement {
  Verdict verdict;
  std::string tip;
  std::vector<std::string> commits;  // the agent's own, oldest first
};

// Good only if: its own commits are on the branch and descend from the fork point, nothing is
// left uncommitted, no other file below .chant/ changed nor the list of a task, and all criteria
// are ticked. What stood in the spec at the fork point counts: an agent does not drop a criterion,
// nor the wish for them.
[[nodiscard]] Judgement judge(record::Workspace& workspace, const Evidence& evidence,
                              const Verdict& agent);

}  // namespace chant::work
