// git chant gc
#include "cmd/verbs.h"
#include "util/text.h"
#include "work/cleanup.h"

#include <memory>

namespace chant::cmd {
namespace {

int gc(bool dry_run, Context& context) {
  (void)context.snapshot(git::Use::light, dry_run ? Context::Sweep::no : Context::Sweep::yes);
  const auto lines = work::collect_garbage(context.workspace(), !dry_run);
  for (const std::string& line : lines) context.out.print("{}\n", printable_line(line));
  return 0;
}

}  // namespace

Handler add_gc(Options& options) {
  auto dry_run = std::make_shared<bool>(false);
  options.flag("--dry-run", *dry_run, "only say what would be removed");
  return [dry_run](Context& context) { return gc(*dry_run, context); };
}

}  // namespace chant::cmd
