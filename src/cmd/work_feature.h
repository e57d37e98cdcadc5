// git chant work --feature: the tasks of a list.
#pragma once

#include "cmd/context.h"
#include "cmd/look_back.h"
#include "work/feature.h"
#include "work/run.h"

namespace chant::cmd {

enum class DryRun { no, yes };

// `request`: what the options say; the tasks are added here. Asks for what is not approved where
// there is somebody to ask. The exit code: 0 when every chosen task is complete, or, in branch
// mode, finished. Throws Error.
int work_feature(Context& context, const work::FeatureRequest& feature, work::Request request,
                 DryRun dry_run, Cleanup cleanup);

}  // namespace chant::cmd
