// The sweep: for every spec with a branch or a recorded tip, is its work in the target, and does
// the file on the target say so? Makes the file true.
//
// One function, level-triggered and idempotent, for every hook and for the start of every command
// that reads specs. When the target is where the last sweep left it, nothing is started and
// nothing locked. What is written is one commit for each spec, of its file alone; only for what
// landed in this repository, and only where the user has not changed that file.
#pragma once

#include "record/workspace.h"

#include <string>
#include <vector>

namespace chant::record {

// One line for each thing done or found that was not known before. Throws Error.
std::vector<std::string> sweep(Workspace& workspace);

}  // namespace chant::record
