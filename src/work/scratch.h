// What an attempt has outside of its worktree: a directory for temporary files, and the mark that
// its processes carry. Both are recorded in <common dir>/chant/scratch/ under a kernel lock, so
// that what a killed git-chant left can be removed by the next one.
#pragma once

#include "git/repository.h"
#include "process/command.h"
#include "util/lock.h"

#include <filesystem>
#include <optional>
#include <string>

namespace chant::work {

class Scratch {
 public:
  // Makes a private directory below the user's own directory for temporary files. `logs`: where the
  // logs of what runs in this attempt are.
  Scratch(const git::Repository& repository, const std::filesystem::path& logs);
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();  // removes the directory with all that is in it

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  // For Loop::Supervised::mark of everything that runs in this attempt.
  [[nodiscard]] const std::string& mark() const { return mark_; }
  // TMPDIR and CHANT_TMPDIR, and what else names such a directory.
  void add_to(process::EnvChanges& environment) const;

 private:
  std::filesystem::path directory_, record_;
  std::string mark_;
  std::optional<FileLock> lock_;
};

// Ends the processes and removes the directories of attempts whose git-chant was killed; those
// whose agent is still being ended by its supervisor wait for the next time. How many processes.
std::size_t clear_scratch(const git::Repository& repository);

// Removes a directory and everything below it, also what its owner made unwritable; follows no
// link. What cannot be removed stays.
void remove_tree(const std::filesystem::path& directory);

}  // namespace chant::work
