// A watch over what makes git run programs or look elsewhere: an agent can write the repository's
// configuration, hooks and attributes, and our next git command would obey them.
#pragma once

#include "git/repository.h"

#include <map>
#include <string>
#include <vector>

namespace chant::work {

class Guard {
 public:
  // Remembers how things are now.
  explicit Guard(const git::Repository& repository);

  // What is different from then: "git config core.fsmonitor", "hooks/post-commit". Settings that
  // name no program and redirect nothing (user.name, branch.*) may change. Reads files only; the
  // one git command it needs looks at text on its stdin.
  [[nodiscard]] std::vector<std::string> changes() const;

 private:
  using Files = std::map<std::string, std::string>;  // path below the common directory -> content
  [[nodiscard]] Files look() const;

  git::Repository repository_;
  Files before_;
};

// True for a git config key (lower case) whose value is run, or decides what is run or read.
[[nodiscard]] bool is_dangerous_key(std::string_view key);

}  // namespace chant::work
