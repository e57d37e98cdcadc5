// `git-chant run-agent`: plumbing, started by git-chant itself around each agent.
#pragma once

#include <string>
#include <vector>

namespace chant::cmd {

// Becomes the supervisor that these words describe; its exit code.
[[nodiscard]] int run_agent(const std::vector<std::string>& words);

}  // namespace chant::cmd
