#include "land/recovery.h"

#include "land/resolution.h"
#include "land/undo.h"
#include "record/parked.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

namespace chant::land {

std::vector<std::string> give_up(record::Workspace& workspace, Queue& queue, const Wish& wish) {
  std::vector<std::string> lines;
  const auto newest = record::operations(workspace, 1);
  if (!newest.empty() && newest.front().kind == "reconcile" && newest.front().name == wish.name) {
    const UndoOutcome outcome = undo(workspace, newest.front().id);
    if (const auto* moved = std::get_if<MovedSince>(&outcome)) {
      throw Error(fmt::format("what has landed cannot be taken back: '{}' moved since",
                              join(moved->refs, "', '")),
                  "git chant reconcile --continue");
    }
    if (const auto* obstacle = std::get_if<UndoInTheWay>(&outcome)) {
      throw Error(fmt::format("uncommitted changes are in the way in '{}': '{}'",
                              obstacle->checkout, join(obstacle->paths, "', '")),
                  "commit them or put them elsewhere, then git chant reconcile --abort");
    }
    lines.push_back("took back: " + newest.front().summary);
  }
  queue.close({});
  lines.push_back("nothing of the reconcile is left");
  return lines;
}

std::vector<std::string> take_resolutions(record::Workspace& workspace) {
  std::vector<std::string> lines;
  for (const auto& [id, parked] : record::load_parked(workspace)) {
    if (parked.scratch.empty()) continue;
    const Resolution resolution = look_at_resolution(workspace, parked, By::person);
    if (const auto* resolved = std::get_if<Resolved>(&resolution)) {
      take_resolution(workspace, parked, resolved->tip);
      lines.push_back(fmt::format("took the resolution of {} from '{}'", id, parked.scratch));
    } else {
      lines.push_back(fmt::format("{} in '{}' is not resolved yet: {}", id, parked.scratch,
                                  std::get<Unresolved>(resolution).reason));
    }
  }
  return lines;
}

}  // namespace chant::land
