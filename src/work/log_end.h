// The last words of an agent, for whoever is to go on from there.
#pragma once

#include "journal/journal.h"

#include <string>

namespace chant::work {

// The last lines of an attempt's log as `git chant log` shows them: at most 20, at most 2,000
// bytes, printable. "" when there is none.
[[nodiscard]] std::string log_end(const journal::Attempt& attempt);

}  // namespace chant::work
