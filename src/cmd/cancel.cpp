// git chant cancel
#include "cmd/change.h"
#include "cmd/verbs.h"
#include "util/error.h"

#include <memory>

namespace chant::cmd {
namespace {

int cancel(const std::vector<std::string>& ids, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  std::vector<std::string> resolved;
  for (const std::string& text : ids) {
    resolved.push_back(snapshot.resolve(text));
    if (snapshot.states.at(resolved.back()).state == spec::State::completed) {
      throw Error(fmt::format("{} is completed", resolved.back()),
                  "git chant reset " + resolved.back());
    }
  }
  for (const std::string& id : resolved) {
    const FileLock held = claim(context, id);
    const spec::Item& item = snapshot.items.at(id);
    if (!item.broken.empty()) throw Error(item.broken);
    put_work_aside(context, snapshot, id);
    if (journal::Journal* journal = context.workspace().find_journal()) journal->add_reset(id);
    change_spec(context, snapshot, id, {{"status", spec::Value::of("cancelled")}}, "cancel");
    context.out.print("{} is cancelled\n", id);
  }
  return 0;
}

}  // namespace

Handler add_cancel(Options& options) {
  auto ids = std::make_shared<std::vector<std::string>>();
  options.arguments("ID", *ids, 1, 10000);
  return [ids](Context& context) { return cancel(*ids, context); };
}

}  // namespace chant::cmd
