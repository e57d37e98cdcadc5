// git chant cancel
#include "cmd/change.h"
#include "cmd/verbs.h"
#include "util/error.h"
#include "util/text.h"

#include <memory>

namespace chant::cmd {
namespace {

int cancel(const std::vector<std::string>& ids, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  std::vector<std::string> resolved;
  for (const std::string& text : ids) {
    resolved.push_back(snapshot.resolve(text));
    if (const auto& source = snapshot.items.at(resolved.back()).spec.source) {
      throw Error(fmt::format("{} is a task of '{}': take it out there", resolved.back(),
                              printable_line(source->list)),
                  "git chant reset " + resolved.back());
    }
    if (snapshot.states.at(resolved.back()).state == spec::State::completed) {
      throw Error(fmt::format("{} is completed", resolved.back()),
                  "git chant reset " + resolved.back());
    }
  }
  take_out_of_work(context, snapshot, resolved, {{"status", spec::Value::of("cancelled")}},
                   "cancel", "cancelled");
  return 0;
}

}  // namespace

Handler add_cancel(Options& options) {
  auto ids = std::make_shared<std::vector<std::string>>();
  options.arguments("ID", *ids, 1, 10000);
  return [ids](Context& context) { return cancel(*ids, context); };
}

}  // namespace chant::cmd
