// The cleanup agent: after a run in which something went wrong, an agent may put things in order,
// with `git chant` verbs and on the spec branches only.
#pragma once

#include "config/trust.h"
#include "process/loop.h"
#include "record/workspace.h"
#include "sched/events.h"
#include "work/pitfalls.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::work {

struct CleanupOptions {
  config::Agent agent;
  std::function<void(std::string_view line)> output;  // of the agent, not yet printable
  std::filesystem::path supervisor = {};              // as of process::Loop::Supervised
};

// The name that the attempts of the cleanup agent have in the journal in place of a spec's: no id.
inline constexpr const char* kCleanupName = "@cleanup";

// The value of {{facts}} in the prompt `parallel-cleanup`: what is known of the run (what failed
// and why with the end of its log, branches, conflicts, a proposal in which order to go on).
// Printable.
[[nodiscard]] std::string cleanup_facts(record::Workspace& workspace,
                                        const std::vector<Pitfall>& pitfalls,
                                        const RunFacts& facts);

// Runs the agent to its end, in a worktree of its own with HEAD detached at the target; it gets the
// prompt of parallel.cleanup.prompt and finds `git-chant` on its PATH. Afterwards everything that
// is not a spec branch or a ref of ours and that moved other than by a landing is put back and
// said; what it left uncommitted or on no branch is kept under refs/chant/cleanup/. Returns what it
// did, as lines for people; the run and its attempt are in the journal (mode "cleanup"). Throws
// Error when it cannot be started; the agent and its prompt must be trusted.
[[nodiscard]] std::vector<std::string> clean_up(record::Workspace& workspace, process::Loop& loop,
                                                const config::TrustStore& trust,
                                                const std::vector<Pitfall>& pitfalls,
                                                const RunFacts& facts,
                                                const CleanupOptions& options);

// What needs no judgement: worktrees of ours that nobody uses, branches of specs that landed,
// temporary files. `really` false: only says what would be done. Never anything with uncommitted
// or unreachable work; what holds such is said. One line for each.
[[nodiscard]] std::vector<std::string> collect_garbage(record::Workspace& workspace, bool really);

}  // namespace chant::work
