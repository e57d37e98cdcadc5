// What of a repository's content would be executed: the list that trust is asked for.
#pragma once

#include "config/config.h"
#include "config/trust.h"
#include "spec/spec.h"

#include <vector>

namespace chant::work {

// The command of an agent when the repository's own configuration names it; else nothing.
[[nodiscard]] std::vector<config::Executable> executables_of(const config::Agent& agent);

// A shell line of the configuration (the gate) when the repository's own file sets it.
[[nodiscard]] std::vector<config::Executable> executables_of(const config::ShellLine& line);

// The run blocks of a spec.
[[nodiscard]] std::vector<config::Executable> executables_of(const spec::Spec& spec);

}  // namespace chant::work
