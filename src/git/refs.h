// Moving refs: `git update-ref --stdin` transactions, all or nothing, each ref by
// compare-and-swap. One git process serves many transactions.
#pragma once

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
  RefWriter(std::filesystem::path directory, std::string reason)
      : directory_(std::move(directory)), reason_(std::move(reason)) {}

  // Makes all changes or none. With `while_locked`, calls it when every ref is locked and checked
  // and before the changes are made; they are dropped when it returns false or throws. Returns
  // std::nullopt when done, "" when dropped, else git's reason: a ref was not as expected or
  // could not be locked.
  // Throws Error when git cannot be run.
  [[nodiscard]] std::optional<std::string> change(const std::vector<RefChange>& changes,
                                                  const std::function<bool()>& while_locked = {});

 private:
  std::filesystem::path directory_;
  std::string reason_;
  std::unique_ptr<process::Coprocess> git_;
};

}  // namespace chant::git
