// The readers of the profiles.
#pragma once

#include "agent/profile.h"

#include <memory>

namespace chant::agent {

// Lines as they are. `watch_limits` looks for signs of a rate limit in the last lines.
enum class WatchLimits { no, yes };
[[nodiscard]] std::unique_ptr<Reader> make_text_reader(WatchLimits watch_limits);

// JSON lines, one reader for each tool; qwen speaks nearly as claude does.
[[nodiscard]] std::unique_ptr<Reader> make_claude_reader();
[[nodiscard]] std::unique_ptr<Reader> make_qwen_reader();
[[nodiscard]] std::unique_ptr<Reader> make_codex_reader();
[[nodiscard]] std::unique_ptr<Reader> make_opencode_reader();
[[nodiscard]] std::unique_ptr<Reader> make_gemini_reader();
[[nodiscard]] std::unique_ptr<Reader> make_copilot_reader();
[[nodiscard]] std::unique_ptr<Reader> make_cline_reader();

}  // namespace chant::agent
