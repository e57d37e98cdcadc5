// Telling a list what has been done since specs were made of its tasks.
//
// What is done is what the specs say on the target. A list of boxes is ticked in the checkout, one
// byte for each task; of the others the command of the tool that keeps them is named here and run
// by the caller. Where a spec came from is written in the repository, so none of it is believed: a
// list is looked for within the checkout only, and an id becomes a part of a command only when it
// looks like an id of that tool.
#pragma once

#include "record/import.h"
#include "record/snapshot.h"
#include "record/workspace.h"
#include "tasks/owner.h"

#include <string>
#include <variant>
#include <vector>

namespace chant::record {

struct ImportedTask {
  std::string spec;
  TaskOrigin origin;
  std::string name;           // id and title as they are in the list now
  bool is_completed = false;  // the spec, on the target
  enum class Place { open, done, gone } place = Place::gone;
  std::string why;  // gone: "there is no task 4 any more"
};

struct ImportedList {
  std::string path;
  std::string format;  // as the specs say
  std::string broken;  // why it cannot be read, "" when it can
  std::vector<ImportedTask> tasks;

  [[nodiscard]] bool has_boxes() const;
};

// The lists that specs of this checkout came from, as they are here now. `path`: of these only that
// one, "" for all.
[[nodiscard]] std::vector<ImportedList> find_imported_lists(Workspace& workspace,
                                                            const Snapshot& snapshot,
                                                            const std::string& path = {});

// Ticks the boxes of those that are completed and open in the list, and sets `place`, or `why`
// where that cannot be. The file stays the same one, for whoever has it open. Throws Error when
// somebody else keeps writing it.
void tick_completed(const Workspace& workspace, ImportedList& list);

// The command that tells the tool that keeps the list.
[[nodiscard]] std::variant<tasks::OwnerCommand, tasks::NoCommand> owner_command(
    const Workspace& workspace, const ImportedList& list, const ImportedTask& task);

}  // namespace chant::record
