// After a run of many specs: what went wrong, who is told, and whether an agent puts it in order.
#pragma once

#include "cmd/context.h"
#include "process/loop.h"
#include "work/run.h"

namespace chant::cmd {

enum class Cleanup { when_asked, always, never };

// Says what was found, records it with the run, tells the user, and offers or runs the cleanup
// agent. Never waits for input without a terminal.
void look_back(Context& context, process::Loop& loop, const work::Plan& plan,
               const work::RunResult& result, Cleanup cleanup);

}  // namespace chant::cmd
