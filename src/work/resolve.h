// Handing a parked conflict to an agent: the prompt `merge-conflict` in a scratch worktree.
#pragma once

#include "config/config.h"
#include "config/trust.h"
#include "process/loop.h"
#include "record/parked.h"
#include "record/workspace.h"

#include <functional>
#include <string>
#include <string_view>

namespace chant::work {

inline constexpr const char* kResolvePrompt = "merge-conflict";

struct ResolveOptions {
  config::Agent agent;
  std::function<void(std::string_view line)> output;  // of the agent, not yet printable
};

// Blocks until the agent has ended (or `loop` was told to stop it by a signal) and its resolution
// was looked at. "" when the branch has the resolution now, else why not, in one line; then the
// scratch worktree stays, for a person. Throws Error only for what concerns all specs.
[[nodiscard]] std::string resolve(record::Workspace& workspace, process::Loop& loop,
                                  const config::TrustStore& trust, record::Parked parked,
                                  const ResolveOptions& options);

}  // namespace chant::work
