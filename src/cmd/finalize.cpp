// git chant finalize
#include "record/finalize.h"

#include "cmd/verbs.h"
#include "record/keep.h"
#include "record/seal.h"
#include "util/error.h"

#include <memory>

namespace chant::cmd {
namespace {

int finalize(const std::vector<std::string>& ids, Context& context) {
  for (const std::string& text : ids) {
    const record::Snapshot snapshot = context.snapshot();
    const std::string id = snapshot.resolve(text);
    const spec::Item& item = snapshot.items.at(id);
    if (!item.broken.empty()) throw Error(item.broken);
    const record::Finalized done = record::finalize(context.workspace(), snapshot, id);
    for (const std::string& line : record::drop_parked(context.workspace(), id)) {
      context.out.print("{}\n", line);
    }
    const char* check = context.terminal.unicode ? "✓" : "+";
    if (done.already) {
      context.out.print("{} {} is finalized already\n", check, id);
      continue;
    }
    std::string commits;
    for (const std::string& oid : done.commits) commits += " " + record::abbreviated(oid);
    context.out.print("{} Finalized {} (commits:{})\n", check, id, commits);
  }
  return 0;
}

}  // namespace

Handler add_finalize(Options& options) {
  auto ids = std::make_shared<std::vector<std::string>>();
  options.arguments("ID", *ids, 1, 10000);
  return [ids](Context& context) { return finalize(*ids, context); };
}

}  // namespace chant::cmd
