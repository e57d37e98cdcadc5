// What git chant doctor looks for, apart from what it prints: tampering, and what killed processes
// and lost files leave behind.
#pragma once

#include "cmd/context.h"

#include <string>
#include <vector>

namespace chant::cmd {

enum class Treatment { none, fix };

struct Ailment {
  std::string kind;  // "tampering", "setting", "lock", "journal", "worktree", "ref", "hook"
  std::string what;  // one line
  bool fixed = false;
  std::string done;  // what was done, or why nothing was
};

struct Diagnosis {
  std::vector<Ailment> ailments;
  std::vector<std::string> notes;  // for people: what was not looked at, and why
  std::string aside;               // the directory that keeps what was replaced; "" = nothing was

  [[nodiscard]] bool well() const;  // nothing is wrong any more
};

// Looks at the repository that the context's directory is in, and puts right what can be. Git is
// not run in it while its settings are not what they were when the last run began. Throws Error
// when there is no repository.
[[nodiscard]] Diagnosis examine(Context& context, Treatment treatment);

}  // namespace chant::cmd
