// Worktrees in which gates run: detached, ours alone, and used again and again, so that what git
// ignores (build products) stays in them. Where each one is stands in the common directory; who
// uses one holds its lock.
//
// What a gate did to its worktree is undone by commands that are told the git directory and never
// search for one, and the index that they start from is the one we left there.
#pragma once

#include "process/command.h"
#include "record/workspace.h"
#include "util/lock.h"

#include <filesystem>
#include <string>
#include <vector>

namespace chant::land {

struct Slot {
  int number = 0;
  std::filesystem::path directory;
  std::filesystem::path git_dir;
  std::string identity;  // what ties the two together, as we know it
  FileLock lock;
};

class Pool {
 public:
  explicit Pool(record::Workspace& workspace) : workspace_(workspace) {}

  // A worktree that nobody uses, made when there is none. `commit`: one to make it at. Throws
  // Error.
  [[nodiscard]] Slot take(const std::string& commit);
  // False when it is gone, or git would look elsewhere in it.
  [[nodiscard]] bool is_sound(const Slot& slot) const;
  // Removes what is left of it and makes it again. Throws Error.
  void remake(Slot& slot, const std::string& commit);

  // What makes it hold a commit, to be run in this order.
  [[nodiscard]] std::vector<process::Command> prepare(const Slot& slot,
                                                      const std::string& commit) const;
  // To be called when they are done, with the log of the run that is about to begin: whoever writes
  // it uses the worktree, even when we are gone.
  void note_run(const Slot& slot, const std::filesystem::path& log) const;

  // What removes the files that a run made; those that git ignores only when the disk is full.
  [[nodiscard]] process::Command clean(const Slot& slot) const;

 private:
  [[nodiscard]] std::filesystem::path note_path(int number) const;
  [[nodiscard]] bool is_ours(const std::filesystem::path& directory, int number) const;
  [[nodiscard]] bool find(Slot& slot) const;
  void remove(Slot& slot) const;
  void make(Slot& slot, const std::string& commit) const;

  record::Workspace& workspace_;
};

}  // namespace chant::land
