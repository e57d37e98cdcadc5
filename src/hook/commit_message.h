// The hooks that see a commit message before it is used: trailers are added to it.
//
// On a spec's branch, in its worktree, or in the checkout an agent was given: Chant-Spec, and
// what the environment says of the attempt and the model. After `git merge --squash`, anywhere:
// the trailers of the commits that are squashed. Nothing here throws; what goes wrong leaves the
// message as it was.
#pragma once

#include "hook/place.h"

#include <string>
#include <vector>

namespace chant::hook {

// prepare-commit-msg: <file> [<source> [<commit>]]. A message that is still to be written in an
// editor is left to finish_message: git would commit a message that consists of trailers.
void prepare_message(const Place& place, const std::vector<std::string>& arguments);

// commit-msg: <file>. Adds what is missing to a message that was written in an editor.
void finish_message(const Place& place, const std::vector<std::string>& arguments);

// The spec that commits made here belong to, "" when there is none.
[[nodiscard]] std::string spec_of(const Place& place);

}  // namespace chant::hook
