// `git-chant hook <event> …`: plumbing, started by the hook files.
#pragma once

#include "ui/terminal.h"

#include <string>
#include <vector>

namespace chant::cmd {

// Runs the event in the current directory; the exit code. Throws nothing but usage Errors: a hook
// of ours does not fail a user's command because of us.
[[nodiscard]] int run_hook(const std::vector<std::string>& words, ui::Stream& err);

}  // namespace chant::cmd
