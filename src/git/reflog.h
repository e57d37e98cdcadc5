// Where a ref was before: its reflog.
#pragma once

#include "git/repository.h"

#include <string>
#include <vector>

namespace chant::git {

struct ReflogEntry {
  std::string oid;      // the value that the ref got
  std::string message;  // "merge spec/x: Fast-forward", "update by push" …
};

// Newest first; empty when there is none.
[[nodiscard]] std::vector<ReflogEntry> load_reflog(const Repository& repository,
                                                   const std::string& ref);

}  // namespace chant::git
