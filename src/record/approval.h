// That a person approved a task list. Kept in git, because no list format that people use keeps it:
// refs/chant/approved/<n> (n: 16 hex digits of the path) is a commit by whoever approved, whose
// tree has the list with every box blank. So ticking changes nothing of it, any other edit does,
// and `git diff` shows what was changed since. A commit without the list takes the approval back.
#pragma once

#include "record/workspace.h"
#include "tasks/list.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::record {

struct Approval {
  std::string ref;
  std::string commit;
  std::string text;     // what was approved, boxes blank
  std::string by;       // "Name <mail>", not cleaned for a terminal
  std::int64_t at = 0;  // seconds since the epoch
};

[[nodiscard]] std::optional<Approval> find_approval(Workspace& workspace, const std::string& path);

// Records that `masked` (see tasks::masked) is approved by the user of this repository. What was
// approved before stays reachable: it is the parent. Throws Error.
Approval approve(Workspace& workspace, const std::string& path, const std::string& masked);

// Takes it back; false when there is none. Throws Error.
bool revoke_approval(Workspace& workspace, const std::string& path);

// The lines of `git diff` from one text of the list to the other, without the lines that name the
// files; not cleaned for a terminal.
[[nodiscard]] std::vector<std::string> difference(Workspace& workspace, const std::string& from,
                                                  const std::string& to);

// What other tools left that says whether a list may be worked on.
struct Evidence {
  bool is_approved = false;
  std::string what;  // one line, printable: "'x/spec.json' says that the tasks are not approved"
};

// `text`: of the list. For cc-sdd spec.json beside it, for pimzino a line `✅ APPROVED` in it, for
// spec-kit the checklists beside it, all of this checkout. std::nullopt when there is nothing.
[[nodiscard]] std::optional<Evidence> find_evidence(const Workspace& workspace,
                                                    const tasks::List& list, std::string_view text);

}  // namespace chant::record
