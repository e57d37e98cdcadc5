// git chant runs
#include "cmd/past_run.h"
#include "cmd/usage.h"
#include "cmd/verbs.h"
#include "util/text.h"
#include "util/time.h"

#include <algorithm>
#include <limits>
#include <memory>

namespace chant::cmd {
namespace {

struct RunsOptions {
  bool json = false;
  int most = 20;
};

// Newest first.
std::vector<PastRun> load_runs(record::Workspace& workspace, std::size_t most) {
  std::vector<PastRun> past;
  const journal::Journal* journal = workspace.find_journal();
  if (journal == nullptr) return past;
  const std::vector<journal::Run> runs = journal->runs();
  for (std::size_t i = runs.size(); i > 0 && past.size() < most; --i) {
    past.push_back(load_past_run(*journal, runs[i - 1]));
  }
  return past;
}

void print_run(ui::Stream& out, const PastRun& past) {
  const std::string usage = usage_text(usage_of(past.attempts));
  const std::string issues =
      past.pitfalls.empty() ? "" : "  " + counted(past.pitfalls.size(), "issue");
  out.print("{}  {}  {}  {}  {}/{} succeeded{}{}\n", past.run.id, rfc3339(past.run.started / 1000),
            printable_line(past.run.mode), duration_text(past.run), past.succeeded, past.specs,
            issues, usage.empty() ? "" : "  " + usage);
}

int runs(const RunsOptions& options, Context& context) {
  const auto all = load_runs(context.workspace(), static_cast<std::size_t>(options.most));
  if (options.json) {
    Json list = Json::array();
    for (const PastRun& past : all) list.push_back(past_run_fields(past));
    context.out.write(text_of({{"version", 1}, {"runs", std::move(list)}}));
    return 0;
  }
  for (const PastRun& past : all) print_run(context.out, past);
  return 0;
}

}  // namespace

Handler add_runs(Options& options) {
  auto chosen = std::make_shared<RunsOptions>();
  options.number("-n,--max", chosen->most, 1, std::numeric_limits<int>::max(), "N",
                 "show at most N runs (default: 20)");
  options.flag("--json", chosen->json, "as JSON");
  return [chosen](Context& context) { return runs(*chosen, context); };
}

}  // namespace chant::cmd
