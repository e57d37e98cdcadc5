// What of a repository's content would be executed: the list that trust is asked for.
//
// The content is what would run, written so that nothing else reads the same: shell lines and
// scripts as they are, an agent's command as the shell words of its call behind the variables
// that it sets.
#pragma once

#include "agent/prompt.h"
#include "config/config.h"
#include "config/trust.h"
#include "spec/spec.h"

#include <string_view>
#include <vector>

namespace chant::work {

using Executables = std::vector<config::Executable>;

// The command of an agent when the repository's own configuration names it; else nothing.
[[nodiscard]] Executables executables_of(const config::Agent& agent);

// A shell line of the configuration when the repository's own file sets it.
[[nodiscard]] Executables executables_of(const config::ShellLine& line,
                                         std::string_view what = "gate");

// The shell lines of the configuration that belong to every worked spec: setup, check, notify.
[[nodiscard]] Executables executables_of(const config::Config& config);

// The run blocks of a spec.
[[nodiscard]] Executables executables_of(const spec::Spec& spec);

// What is run to find out whether a spec is met: its `check` and the `run:` of its criteria.
[[nodiscard]] Executables checks_of(const spec::Spec& spec);

// A prompt that the repository has written or changed: an agent does what it says.
[[nodiscard]] Executables executables_of(const agent::Prompt& prompt);

}  // namespace chant::work
