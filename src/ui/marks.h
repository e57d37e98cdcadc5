// The mark of each state in lists.
#pragma once

#include "spec/state.h"
#include "ui/terminal.h"

#include <string>

namespace chant::ui {

// One column wide, coloured when the terminal has colours.
[[nodiscard]] std::string mark_of(spec::State state, const Terminal& terminal);

}  // namespace chant::ui
