// The state of all specs at one moment, computed from files, refs, kernel locks and the journal.
#pragma once

#include "journal/journal.h"
#include "record/parked.h"
#include "record/workspace.h"
#include "spec/state.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chant::record {

struct SpecBranch {
  std::string ref;  // full name
  std::string tip;
  bool sealed = false;  // it has the result in the spec file, written by us
  bool ours = false;    // made by git-chant: the fork point is recorded
};

struct Snapshot {
  std::string target;      // full ref, "" when there is none
  std::string target_tip;  // "" when there is none
  std::map<std::string, spec::Item> items;
  std::map<std::string, spec::Computed> states;
  std::map<std::string, SpecBranch> branches;
  std::map<std::string, journal::Attempt> last;  // last attempt since the last reset
  // What the sweep found about work that is still a spec's branch or recorded tip, or has landed.
  std::map<std::string, journal::Finding> findings;
  std::map<std::string, Parked> parked;  // work that could not land and is as it was then
  std::vector<std::string> notes;        // one line each: files passed over

  [[nodiscard]] std::vector<std::string> ids() const;
  // The id that `text` means. Throws a usage Error.
  [[nodiscard]] std::string resolve(const std::string& text) const;
};

// Besides the specs of the checkout, tasks of lists (record/task.h) that have a branch or whose
// last attempt was not good, and `tasks`: those of a run. The box on the target says which are
// completed.
[[nodiscard]] Snapshot take_snapshot(Workspace& workspace,
                                     std::map<std::string, spec::Item> tasks = {});

// The branch that has the sealed work of a spec, in whatever mode it was made. Work is sealed when
// we sealed it: what an agent writes into the spec file on its branch is no proof.
[[nodiscard]] std::optional<SpecBranch> find_sealed_branch(Workspace& workspace,
                                                           const std::string& id);

// The spec files of a checkout. A file that cannot be read as a spec is an item with `broken`
// set; what is not a regular file or has no valid id as its name is only noted.
[[nodiscard]] std::map<std::string, spec::Item> load_specs(const git::Repository& repository,
                                                           std::vector<std::string>& notes);

// Exit classes that need a person (the others are failures).
[[nodiscard]] bool needs_person(const std::string& exit_class);
// True when it tells of the account that the agent works with, and not of the spec.
[[nodiscard]] bool is_of_account(const std::string& exit_class);

// Ends, in the journal, the attempts whose process is gone; one line for each.
[[nodiscard]] std::vector<std::string> settle_interrupted(Workspace& workspace);

}  // namespace chant::record
