// Installing our hooks and the merge driver, taking them away again, and telling what is there.
//
// What is there before is kept: a hook is renamed and run first, other people's files get marked
// lines, and everything can be put back byte for byte. All three may be repeated at any time.
#pragma once

#include "git/repository.h"
#include "hook/plan.h"

#include <string>
#include <vector>

namespace chant::hook {

// Makes the changes of a plan; those of its hooks only when agreed. Takes back what an earlier
// installation made and the plan does not have. Lines about what could not be taken back, because
// somebody changed it. Takes the repository's lock.
[[nodiscard]] std::vector<std::string> install(const git::Repository& repository, const Plan& plan,
                                               const Request& request, bool agreed);

struct Removal {
  bool was_installed = false;
  std::vector<std::string> kept;  // lines about what somebody changed, which is left as it is
};
[[nodiscard]] Removal uninstall(const git::Repository& repository);

struct HookState {
  std::string event;
  std::string
      state;  // "installed", "missing", "not executable", "outdated", "shadowed", "disabled"
  std::string method;    // "file", "config", "husky", "lefthook"; "" when it is missing
  std::string path;      // of the file, or the name of the setting
  std::string previous;  // the hook that runs first, "" when there is none
  std::string why;       // what is wrong, "" when nothing is
};
struct Report {
  std::vector<HookState> hooks;
  HookState driver;                  // the event is ""
  std::string binary;                // that was recorded, "" when nothing is installed
  std::vector<std::string> remarks;  // lines
  bool complete = false;
};
[[nodiscard]] Report inspect(const git::Repository& repository);

}  // namespace chant::hook
