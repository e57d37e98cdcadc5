// Moving refs: `git update-ref --stdin` transactions, all or nothing, each ref by
// compare-and-swap. One git process serves many transactions.
#pragma once

#include "git/repository.h"
#include "process/coprocess.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chant::git {

struct RefChange {
  std::string name;  // full
  std::string from;  // the value it must have now, "" = it must not exist, "*" = any
  std::string to;    // the new value, "" = delete
};

class RefWriter {
 public:
  // `directory`: a checkout of the repository; `reason` goes to the reflogs.
  // `sync`: whether a change has reached the disk when it is made.
  enum class Sync { yes, no };
  RefWriter(std::filesystem::path directory, std::string reason, Sync sync = Sync::yes)
      : directory_(std::move(directory)), reason_(std::move(reason)), sync_(sync) {}

  // Makes all changes or none. With `while_locked`, calls it when every ref is locked and checked
  // and before the changes are made; they are dropped when it returns false or throws. Returns
  // std::nullopt when done, "" when dropped, else git's reason: a ref was not as expected or
  // could not be locked.
  // Throws Error when git cannot be run.
  [[nodiscard]] std::optional<std::string> change(const std::vector<RefChange>& changes,
                                                  const std::function<bool()>& while_locked = {});

  // The git process that has the locks, for `while_locked`.
  [[nodiscard]] int process() const { return git_ ? git_->pid() : -1; }

 private:
  std::filesystem::path directory_;
  std::string reason_;
  Sync sync_;
  std::unique_ptr<process::Coprocess> git_;
};

// The lock files that are there now of a transaction that changes refs with these names, each as
// "<identity> <path>": a git process that is killed leaves them.
[[nodiscard]] std::vector<std::string> lock_files(const Repository& repository,
                                                  const std::vector<std::string>& names);
// Removes those lock files that are still the same when the process that had them is gone; it is
// waited for a moment. False when it is not gone.
bool remove_left_locks(const std::vector<std::string>& locks, int process);

}  // namespace chant::git
