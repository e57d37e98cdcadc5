// The plan of a task list as JSON.
#pragma once

#include "work/feature.h"

#include <string>

namespace chant::cmd {

[[nodiscard]] std::string json_plan(const work::LoadedFeature& loaded,
                                    const work::FeaturePlan& planned,
                                    const work::Permission& permission);

}  // namespace chant::cmd
