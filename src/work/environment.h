// The environment of what runs in a spec's worktree: an allow-list, not what happens to be there.
#pragma once

#include "config/config.h"
#include "process/command.h"

#include <string>
#include <vector>

namespace chant::work {

// Changes that leave an agent's process only what it needs: PATH, HOME, the user, the locale, the
// terminal type, temporary directories, proxies and certificates, git's identity and configuration
// files, CHANT_*; what its profile's tool reads (agent::variables_of); and what `agent.env` names.
// Values from files are read now. Throws Error for a file that cannot be read, or that others
// than the user can read.
[[nodiscard]] process::EnvChanges agent_environment(const config::Agent& agent);

// True when a name is one of `patterns`; a '*' at the end of a pattern stands for any rest.
[[nodiscard]] bool is_among(const std::string& name, const std::vector<std::string>& patterns);

}  // namespace chant::work
