// git chant hooks install, for the verbs that offer it.
#pragma once

#include "cmd/context.h"
#include "hook/plan.h"

namespace chant::cmd {

enum class Consent { ask, given };

// Installs the hooks and the merge driver in the repository of the context, and says what it did.
// The exit code: 1 when something is not installed.
int install_hooks(Context& context, Consent consent, hook::AttributesIn attributes);

}  // namespace chant::cmd
