// What the verbs that take a feature share: its name as typed, how its list was read, its plan.
#pragma once

#include "cmd/context.h"
#include "work/feature.h"

#include <optional>
#include <string>

namespace chant::cmd {

// A path as it is from the directory that the command runs in becomes one from the top of the
// repository; a name stays.
[[nodiscard]] std::string feature_named(Context& context, const std::string& typed);

// "" is none. Throws a usage Error that lists what there is.
[[nodiscard]] std::optional<tasks::Dialect> dialect_named(const std::string& name);

// False when all that its tasks wait for is what stands before them.
[[nodiscard]] bool declares_order(const tasks::List& list);

enum class Detail { normal, verbose };

// How the list was read, and the plan on standard output; what is wrong with the list on standard
// error.
void print_feature_plan(Context& context, const work::LoadedFeature& loaded,
                        const work::FeaturePlan& planned, Detail detail);

// "Approval: 'x' was approved by …", with the command that gives it when there is none.
void print_approval(Context& context, const work::Permission& permission);

// Throws Error that names the tasks when a chosen track needs open tasks of another one.
void require_nothing_outside(const work::LoadedFeature& loaded, const tasks::Plan& plan);

// True when every open task that was chosen can be run, now or after others.
[[nodiscard]] bool can_all_run(const tasks::Plan& plan);

// The lines of what changed since an older approval, for a terminal.
void print_changes(Context& context, const work::LoadedFeature& loaded,
                   const record::Approval& before);

}  // namespace chant::cmd
