// Taking an operation back as a whole: its refs go to where they were, in one transaction, and the
// checkouts of the target follow.
#pragma once

#include "record/operations.h"
#include "record/workspace.h"

#include <string>
#include <variant>
#include <vector>

namespace chant::land {

struct Undone {
  record::Operation operation;  // that was taken back
  std::vector<std::string> notes;
};
// Refs that are not where the operation left them; nothing has changed.
struct MovedSince {
  record::Operation operation;
  std::vector<std::string> refs;
};
struct UndoInTheWay {
  std::string checkout;
  std::vector<std::string> paths;
};
using UndoOutcome = std::variant<Undone, MovedSince, UndoInTheWay>;

// `operation`: an id or a unique beginning of one; "" = the newest. Undoing is an operation itself,
// so it can be undone. Throws Error when there is no such operation, or a merge or the like is in
// progress in the checkout.
[[nodiscard]] UndoOutcome undo(record::Workspace& workspace, const std::string& operation);

}  // namespace chant::land
