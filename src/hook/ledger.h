// What an installation changed, kept in <common dir>/chant/hooks so that it can be taken back.
//
// A ledger is saved before the first of its changes is made: applying and undoing look at what is
// there, so that both can be repeated after a kill. Nothing that somebody changed since is
// overwritten. Throws Error when a file cannot be read or written.
#pragma once

#include "git/repository.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace chant::hook {

struct Change {
  enum class Kind {
    directory,  // made
    file,       // `before` became `after`
    hook,       // what was at `path` became <path>.pre-chant, and `after` was put there
    setting,    // of .git/config: `path` is its name
    last_line,  // `path` had no line-feed at its end, and `before` is its size; git writes one
  };
  Kind kind = Kind::file;
  std::string path;
  bool existed = false;  // there was something at `path`, or the setting had a value
  std::string before, after;

  [[nodiscard]] bool same_place(const Change& other) const {
    return kind == other.kind && path == other.path;
  }
};

struct Ledger {
  std::string binary;
  std::vector<Change> changes;

  [[nodiscard]] const Change* find(Change::Kind kind, const std::string& path) const;
};

[[nodiscard]] std::optional<Ledger> load_ledger(const git::Repository& repository);
void save_ledger(const git::Repository& repository, const Ledger& ledger);
void remove_ledger(const git::Repository& repository);

// Where the hook that was at `hook` before is now.
[[nodiscard]] std::filesystem::path previous_hook(const std::filesystem::path& hook);

// Where pre-commit puts, and runs, a hook of ours when it is installed after us.
[[nodiscard]] std::filesystem::path adopted_hook(const std::filesystem::path& hook);

// The bytes of a file, std::nullopt when there is none. Throws Error for what is not a file.
[[nodiscard]] std::optional<std::string> find_text(const std::filesystem::path& path);

// The value of a setting in .git/config.
[[nodiscard]] std::optional<std::string> find_setting(const git::Repository& repository,
                                                      const std::string& name);

// Makes the change, unless it is made already.
void apply(const git::Repository& repository, const Change& change);

// Takes it back, unless nothing of it is there. The reason why not when somebody changed it.
[[nodiscard]] std::optional<std::string> undo(const git::Repository& repository,
                                              const Change& change);

}  // namespace chant::hook
