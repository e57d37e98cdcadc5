// Changing the metadata of specs by hand: what reset and cancel share.
#pragma once

#include "cmd/context.h"
#include "spec/spec.h"
#include "util/lock.h"

#include <string>

namespace chant::cmd {

// The claim of a spec, so that no run takes it meanwhile. Throws Error when one has it.
[[nodiscard]] FileLock claim(Context& context, const std::string& id);

// Removes worktree and branch of a spec after everything in them is kept, and says where.
void put_work_aside(Context& context, const record::Snapshot& snapshot, const std::string& id);

// Sets keys in a spec's file: as a commit on the target when the file is committed there as it
// is, else only in the file, which the user has not committed. Says which. Nothing happens when
// nothing changes.
void change_spec(Context& context, const record::Snapshot& snapshot, const std::string& id,
                 const spec::Changes& changes, const std::string& what);

}  // namespace chant::cmd
