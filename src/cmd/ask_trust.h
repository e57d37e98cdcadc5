// Asking for trust in what a repository wants to run.
#pragma once

#include "cmd/context.h"
#include "config/trust.h"

#include <vector>

namespace chant::cmd {

// Each with its name and all of its content, made harmless for a terminal.
void show_executables(Context& context, const std::vector<config::Executable>& executables);

// Shows what of these is not trusted yet and asks; a yes is recorded. True when all is trusted
// then. Throws Error when there is no terminal to ask on.
[[nodiscard]] bool ask_for_trust(Context& context, config::TrustStore& store,
                                 const std::vector<config::Executable>& executables);

}  // namespace chant::cmd
