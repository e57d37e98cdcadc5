// The computed status of specs: the one readiness function.
//
// Status is computed from what is known about each spec and never stored. Facts come from files,
// refs, kernel locks and the journal; this module only decides. The order of the rules is that
// of DESIGN "Status is computed", with one refinement: a sealed branch whose landing ended in a
// conflict needs attention rather than being finished.
#pragma once

#include "spec/spec.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::spec {

enum class State {
  completed,
  cancelled,
  in_progress,
  finished,
  needs_attention,
  failed,
  paused,
  blocked,
  ready,
  driver,  // has members: never run itself, completed with the last of them
  broken   // the file cannot be read as a spec
};

[[nodiscard]] std::string_view name_of(State state);

// What is known about one spec besides its file.
struct Facts {
  std::string target_status;  // status in the target's version when that decides, else ""
  bool claimed = false;       // a live process holds its claim, or its agent has not ended
  bool sealed = false;        // its branch is sealed and not in the target
  enum class Last { none, ok, failed, attention } last = Last::none;  // since the last reset
  std::string reason;                                                 // of that last attempt
  // Why a person must look at what is in the target: it is not what the record says.
  std::string doubt;
  std::string reopened;     // why work that was in the target is to be done again
  std::string parked = {};  // why its branch, as it is, could not land
};

struct Item {
  Spec spec;
  Facts facts;
  std::string broken;  // the parse error, when the file cannot be read
};

struct Computed {
  State state = State::ready;
  std::string why;                      // one line, "" when obvious
  std::vector<std::string> blocked_by;  // ids, for State::blocked
};

enum class Dependents { wait_for_target, start_from_finished };

// Dependencies of a spec: `depends_on` when present, else the members of its group with a lower
// number. Ids are returned as written; a member also waits for its driver's own dependencies.
[[nodiscard]] std::vector<std::string> dependencies(const Item& item,
                                                    const std::map<std::string, Item>& all);

// The specs of `all` that these dependencies mean.
[[nodiscard]] std::vector<std::string> resolved_dependencies(
    const Item& item, const std::map<std::string, Item>& all);

// The state of every item. `start_from_finished`: a finished dependency does not block (branch
// mode).
[[nodiscard]] std::map<std::string, Computed> compute_states(
    const std::map<std::string, Item>& all, Dependents dependents = Dependents::wait_for_target);

// A dependency cycle among `all` that can be reached from `from` (all when empty), as ids with
// the first repeated at the end; empty when there is none.
[[nodiscard]] std::vector<std::string> find_cycle(const std::map<std::string, Item>& all,
                                                  const std::vector<std::string>& from = {});

}  // namespace chant::spec
