// git chant worktree
#include "cmd/verbs.h"
#include "record/workplace.h"
#include "util/error.h"
#include "util/text.h"

#include <memory>

namespace chant::cmd {
namespace {

struct WorktreeOptions {
  bool remove = false;
  bool ignored = false;
  std::vector<std::string> ids;
};

// The path alone goes to standard output: `cd "$(git chant worktree ID)"`.
int worktree(const WorktreeOptions& options, Context& context) {
  if (options.ignored && !options.remove) fail_usage("--ignored needs --remove");
  const record::Snapshot snapshot = context.snapshot();
  record::Workspace& workspace = context.workspace();
  const std::string id = snapshot.resolve(options.ids.at(0));
  if (options.remove) {
    const auto ignored = options.ignored ? record::Ignored::remove : record::Ignored::refuse;
    for (const auto& line : record::remove_workplace(workspace, snapshot, id, ignored)) {
      context.err.print("{}\n", printable_line(line));
    }
    return 0;
  }
  const record::Workplace place = record::make_workplace(workspace, snapshot, id);
  for (const std::string& line : place.lines) context.err.print("{}\n", printable_line(line));
  context.out.print("{}\n", place.path.string());
  return 0;
}

}  // namespace

Handler add_worktree(Options& options) {
  auto chosen = std::make_shared<WorktreeOptions>();
  options.flag("--remove", chosen->remove, "remove the worktree, if nothing is lost with it");
  options.flag("--ignored", chosen->ignored, "with --remove: also the files that git ignores");
  options.arguments("ID", chosen->ids, 1, 1);
  return [chosen](Context& context) { return worktree(*chosen, context); };
}

}  // namespace chant::cmd
