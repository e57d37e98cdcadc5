// After a reconcile that did not come to its end, or that left conflicts to people.
#pragma once

#include "land/queue.h"
#include "record/workspace.h"

#include <string>
#include <vector>

namespace chant::land {

// Puts back what an operation that was not finished has changed. Lines for people. Throws Error
// when what it has landed cannot be taken back.
std::vector<std::string> give_up(record::Workspace& workspace, Queue& queue, const Wish& wish);

// Takes the resolutions that people made in scratch worktrees. Lines for people.
std::vector<std::string> take_resolutions(record::Workspace& workspace);

}  // namespace chant::land
