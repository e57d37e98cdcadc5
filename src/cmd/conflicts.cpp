// git chant conflicts
#include "cmd/forecast.h"
#include "cmd/json_reconcile.h"
#include "cmd/verbs.h"
#include "land/entry.h"
#include "land/matrix.h"
#include "land/merge.h"
#include "record/names.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"

#include <memory>

namespace chant::cmd {
namespace {

struct ConflictsOptions {
  std::vector<std::string> ids;
  std::string onto;
  bool json = false;
};

std::string json_conflicts(const land::Matrix& matrix, const std::string& target,
                           const land::Intake& intake) {
  Json left_out = Json::array();
  for (const land::LeftOut& left : intake.left_out) {
    left_out.push_back({{"id", left.id}, {"reason", left.reason}});
  }
  return text_of({{"version", 1},
                  {"target", record::short_ref(target)},
                  {"ids", matrix.ids},
                  {"conflicts", json_matrix(matrix)},
                  {"left_out", std::move(left_out)}});
}

int conflicts(const ConflictsOptions& options, Context& context) {
  record::Workspace& workspace = context.workspace(git::Use::heavy);
  if (!options.onto.empty()) workspace.use_target(options.onto);
  const std::string target = workspace.require_target();
  const record::Snapshot snapshot = context.snapshot(git::Use::heavy);
  std::vector<std::string> ids;
  for (const std::string& text : options.ids) ids.push_back(snapshot.resolve(text));
  const land::Intake intake = land::take_in(workspace, snapshot, target, ids, now_ms() / 1000);
  const auto base = workspace.store().find_ref(target);
  if (!base) fail("the branch '{}' is gone", record::short_ref(target));
  const land::MergePlace place(workspace, target);
  const land::Matrix matrix = land::predict(workspace, place.directory(), *base, intake.entries);
  if (options.json) {
    context.out.write(json_conflicts(matrix, target, intake));
  } else {
    context.out.write(ui::matrix_text(shown(matrix, target), context.terminal));
    for (const land::LeftOut& left : intake.left_out) {
      context.err.print("left out: {}: {}\n", left.id, printable_line(left.reason));
    }
  }
  return matrix.clashes.empty() ? 0 : 1;
}

}  // namespace

Handler add_conflicts(Options& options) {
  auto chosen = std::make_shared<ConflictsOptions>();
  options.text("--onto", chosen->onto, "BRANCH", "as if to land on this branch");
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("ID", chosen->ids, 0, 10000);
  return [chosen](Context& context) { return conflicts(*chosen, context); };
}

}  // namespace chant::cmd
