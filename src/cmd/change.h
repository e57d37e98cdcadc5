// Changing the metadata of specs by hand: what reset and cancel share.
#pragma once

#include "cmd/context.h"
#include "spec/spec.h"

#include <string>
#include <vector>

namespace chant::cmd {

// Takes each of these specs out of work: under its claim, so that no run takes it meanwhile, its
// worktree and branch are removed after everything in them is kept (and it is said where), its
// attempts no longer count, and `changes` are made to its file. Throws Error when a run has one.
void take_out_of_work(Context& context, const record::Snapshot& snapshot,
                      const std::vector<std::string>& ids, const spec::Changes& changes,
                      const std::string& what, const std::string& result);

}  // namespace chant::cmd
