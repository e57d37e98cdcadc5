// The pre-commit hook: is what is about to be committed fit for it?
#pragma once

#include "hook/place.h"

#include <string>

namespace chant::hook {

// 0, or 1 when the commit must not be made: a spec file among the staged changes has an error, or,
// in a spec's worktree, something below .chant/ other than the spec's own file was changed. What
// a merge that is being concluded brings in is taken as it is. `report` is the text for the user;
// it may have warnings when 0 is returned. A failure of the check itself is reported and is no
// reason to refuse. Throws nothing.
[[nodiscard]] int check_staged(const Place& place, std::string& report);

}  // namespace chant::hook
