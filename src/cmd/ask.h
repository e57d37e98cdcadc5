// Asking the user for a yes.
#pragma once

#include "cmd/context.h"

#include <string>

namespace chant::cmd {

// True when there is a terminal to ask on.
[[nodiscard]] bool can_ask();

// Asks; everything but a clear yes is a no.
[[nodiscard]] bool agrees(Context& context, const std::string& question);

}  // namespace chant::cmd
