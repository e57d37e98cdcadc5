// git chant ops
#include "cmd/json_value.h"
#include "cmd/verbs.h"
#include "record/names.h"
#include "record/operations.h"
#include "record/seal.h"
#include "util/text.h"
#include "util/time.h"

#include <limits>
#include <memory>
#include <set>

namespace chant::cmd {
namespace {

struct OpsOptions {
  bool json = false;
  int most = 20;
};

// Ids of operations that are taken back, by operations that are not.
std::set<std::string> taken_back(const std::vector<record::Operation>& newest_first) {
  std::set<std::string> ids;
  for (const record::Operation& operation : newest_first) {
    if (!operation.undoes.empty() && ids.count(operation.id) == 0) ids.insert(operation.undoes);
  }
  return ids;
}

Json fields(const record::Operation& operation, bool is_undone) {
  Json moves = Json::array();
  for (const record::RefMove& move : operation.moves) {
    moves.push_back(
        {{"ref", move.ref}, {"before", or_null(move.before)}, {"after", or_null(move.after)}});
  }
  return {{"id", operation.id},
          {"kind", operation.kind},
          {"at", rfc3339(operation.at)},
          {"summary", operation.summary},
          {"target", record::short_ref(operation.target)},
          {"specs", operation.specs},
          {"undoes", or_null(operation.undoes)},
          {"taken_back", is_undone},
          {"moves", std::move(moves)}};
}

int ops(const OpsOptions& options, Context& context) {
  const auto all = record::operations(context.workspace(), static_cast<std::size_t>(options.most));
  const std::set<std::string> undone = taken_back(all);
  if (options.json) {
    Json list = Json::array();
    for (const record::Operation& operation : all) {
      list.push_back(fields(operation, undone.count(operation.id) > 0));
    }
    context.out.write(text_of({{"version", 1}, {"operations", std::move(list)}}));
    return 0;
  }
  for (const record::Operation& operation : all) {
    const std::string line = fmt::format("{}  {}  {}", record::abbreviated(operation.id),
                                         rfc3339(operation.at), printable_line(operation.summary));
    context.out.print("{}{}\n", line, undone.count(operation.id) > 0 ? "  (taken back)" : "");
  }
  return 0;
}

}  // namespace

Handler add_ops(Options& options) {
  auto chosen = std::make_shared<OpsOptions>();
  options.number("-n,--max", chosen->most, 1, std::numeric_limits<int>::max(), "N",
                 "show at most N operations (default: 20)");
  options.flag("--json", chosen->json, "as JSON, with the refs that moved");
  return [chosen](Context& context) { return ops(*chosen, context); };
}

}  // namespace chant::cmd
