// How a repository was when the run that is going on, or the last that ended badly, began: kept in
// <common dir>/chant/watch, so that `git chant doctor` can tell what was changed without us.
#pragma once

#include "git/guard.h"
#include "git/repository.h"
#include "git/store.h"
#include "git/watch.h"

#include <filesystem>
#include <optional>
#include <string_view>

namespace chant::git {

struct Baseline {
  Guard guard;
  Watch watch;
};

// Replaces what is kept. Throws Error.
void save_baseline(const Repository& repository, const Guard& guard, const Watch& watch);

// What is kept, std::nullopt when nothing is. Reads that file only. Throws Error when it is
// damaged.
[[nodiscard]] std::optional<Baseline> load_baseline(const Repository& repository, Store& store);

// Nothing was changed, or it is as it should be.
void remove_baseline(const Repository& repository);

// A new directory, 0700, for what is replaced: <common dir>/chant/aside/<what>-<random>.
[[nodiscard]] std::filesystem::path make_aside(const Repository& repository, std::string_view what);

}  // namespace chant::git
