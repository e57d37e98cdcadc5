#include "cmd/context.h"

#include "config/config.h"
#include "git/repository.h"
#include "git/tree.h"
#include "record/sweep.h"
#include "record/target.h"
#include "spec/id.h"
#include "util/error.h"
#include "util/text.h"

#include <unistd.h>

#include <algorithm>

namespace chant::cmd {

namespace {

// git takes away a directory with its last file: where all work stands in lists, there are no
// specs.
void require_chant(record::Workspace& workspace) {
  std::error_code ignored;
  if (std::filesystem::exists(workspace.repository().specs_dir(), ignored)) return;
  const std::string& head = workspace.repository().head;
  if (!head.empty() && git::find_entry(workspace.store(), head, ".chant/specs")) {
    throw Error("'.chant/specs' is committed, but not in this checkout (is it sparse?)",
                "git sparse-checkout add .chant");
  }
  if (std::filesystem::exists(workspace.repository().top_level / ".chant", ignored)) return;
  throw Error("there is no .chant/specs in this repository", "git chant init");
}

}  // namespace

Context::Context(ui::Stream& out_stream, ui::Stream& err_stream, std::filesystem::path where)
    : out(out_stream),
      err(err_stream),
      terminal(ui::detect_terminal(STDOUT_FILENO)),
      directory(std::move(where)) {}

record::Workspace& Context::workspace(git::Use use) {
  if (!workspace_) {
    git::Repository repository = git::discover(directory);
    config::Config config =
        config::load_config({repository.top_level, git::chant_settings(repository.top_level)});
    workspace_ = std::make_unique<record::Workspace>(std::move(repository), std::move(config), use);
  }
  return *workspace_;
}

// What cannot be recorded now is no reason to show nothing.
void Context::make_true(record::Workspace& repository) {
  try {
    for (const std::string& line : record::sweep(repository)) {
      err.print("{}\n", printable_line(line));
    }
  } catch (const Error& error) {
    err.print("warning: cannot record what landed: {}\n", printable_line(error.what()));
    if (!error.hint().empty()) err.print("hint: {}\n", printable_line(error.hint()));
  }
}

record::Snapshot Context::snapshot(git::Use use, Sweep sweep) {
  record::Workspace& repository = workspace(use);
  require_chant(repository);
  const bool writable = access(repository.repository().chant_dir().c_str(), W_OK) == 0;
  if (writable) {
    for (const std::string& line : record::recover_advances(repository)) err.print("{}\n", line);
    for (const std::string& line : record::settle_interrupted(repository)) err.print("{}\n", line);
  }
  if (sweep == Sweep::yes) make_true(repository);
  record::Snapshot snapshot = record::take_snapshot(repository);
  for (const std::string& line : snapshot.notes) err.print("warning: {}\n", line);
  return snapshot;
}

std::vector<std::string> Context::in_order(const record::Snapshot& snapshot) {
  std::vector<std::string> ids = snapshot.ids();
  std::sort(ids.begin(), ids.end(), spec::id_less);
  return ids;
}

}  // namespace chant::cmd
