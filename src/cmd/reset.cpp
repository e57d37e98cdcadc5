// git chant reset
#include "cmd/change.h"
#include "cmd/verbs.h"

#include <memory>

namespace chant::cmd {
namespace {

int reset(const std::vector<std::string>& ids, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  std::vector<std::string> resolved;
  for (const std::string& text : ids) resolved.push_back(snapshot.resolve(text));
  take_out_of_work(context, snapshot, resolved,
                   {{"status", spec::Value::of("pending")},
                    {"commits", spec::Value::removed()},
                    {"completed_at", spec::Value::removed()}},
                   "reset", "pending");
  return 0;
}

}  // namespace

Handler add_reset(Options& options) {
  auto ids = std::make_shared<std::vector<std::string>>();
  options.arguments("ID", *ids, 1, 10000);
  return [ids](Context& context) { return reset(*ids, context); };
}

}  // namespace chant::cmd
