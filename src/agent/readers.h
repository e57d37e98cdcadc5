// The readers of the profiles.
#pragma once

#include "agent/profile.h"

#include <memory>

namespace chant::agent {

// Lines as they are. `watch_limits` looks for signs of a rate limit in the last lines.
enum class WatchLimits { no, yes };
[[nodiscard]] std::unique_ptr<Reader> make_text_reader(WatchLimits watch_limits);

// JSON lines of `claude -p --output-format stream-json`.
[[nodiscard]] std::unique_ptr<Reader> make_claude_reader();

}  // namespace chant::agent
