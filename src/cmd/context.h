// What a verb works with: streams, the terminal, and the repository it was started in.
#pragma once

#include "cmd/options.h"
#include "record/snapshot.h"
#include "record/workspace.h"
#include "ui/terminal.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace chant::cmd {

class Context {
 public:
  Context(ui::Stream& out, ui::Stream& err, std::filesystem::path directory);

  ui::Stream& out;
  ui::Stream& err;
  ui::Terminal terminal;            // of `out`
  std::filesystem::path directory;  // where the command runs

  // The repository with its configuration, opened at the first call. Throws Error. Only the first
  // call's `use` counts.
  [[nodiscard]] record::Workspace& workspace(git::Use use = git::Use::light);

  // The state of all specs, after what a killed process left was put right and the metadata on
  // the target was made true (said on `err`; not for a dry run).
  // Throws Error when the repository has no .chant/specs.
  enum class Sweep { yes, no };
  [[nodiscard]] record::Snapshot snapshot(git::Use use = git::Use::light, Sweep sweep = Sweep::yes);

  // Ids of a listing in the order to show them.
  [[nodiscard]] static std::vector<std::string> in_order(const record::Snapshot& snapshot);

 private:
  void make_true(record::Workspace& repository);

  std::unique_ptr<record::Workspace> workspace_;
};

// The work of a verb, once its options are parsed: the exit code.
using Handler = std::function<int(Context&)>;

// A row of the command table.
struct Command {
  const char* name;
  const char* summary;  // "" hides it from the help
  Handler (*add)(Options&);
  std::vector<std::string> usage;
};

// All verbs, sorted by name.
[[nodiscard]] const std::vector<Command>& commands();

}  // namespace chant::cmd
