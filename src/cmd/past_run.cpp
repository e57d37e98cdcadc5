#include "cmd/past_run.h"

#include "cmd/json.h"
#include "cmd/usage.h"
#include "process/command.h"
#include "util/file.h"
#include "util/time.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

namespace chant::cmd {
namespace {

// The event of a report: its kind, and what stands for the spec, which is no valid id.
constexpr const char* kReport = "report";
constexpr const char* kReportOf = "(report)";

bool is_running(const journal::Run& run) {
  return run.ended == 0 && process::is_running(static_cast<int>(run.pid));
}

}  // namespace

PastRun load_past_run(const journal::Journal& journal, const journal::Run& run) {
  PastRun past{run, journal.attempts_of_run(run.id), work::pitfalls_of_json(run.findings), 0, 0};
  std::map<std::string, bool> good;
  for (const journal::Attempt& attempt : past.attempts) {
    good[attempt.spec] = attempt.exit_class == "ok";
  }
  past.specs = good.size();
  past.succeeded = static_cast<std::size_t>(
      std::count_if(good.begin(), good.end(), [](const auto& entry) { return entry.second; }));
  return past;
}

std::string duration_text(const journal::Run& run) {
  if (run.ended != 0) return elapsed_text(Milliseconds(run.ended - run.started));
  if (!is_running(run)) return "interrupted";
  return "running for " + elapsed_text(Milliseconds(now_ms() - run.started));
}

Json past_run_fields(const PastRun& past) {
  Json issues = Json::array();
  for (const work::Pitfall& one : past.pitfalls) {
    issues.push_back({{"kind", one.kind},
                      {"severity", work::name_of(one.severity)},
                      {"spec", or_null(one.spec)},
                      {"text", one.text},
                      {"next", or_null(one.next)}});
  }
  const char* state = past.run.ended != 0    ? "ended"
                      : is_running(past.run) ? "running"
                                             : "interrupted";
  return {{"run", past.run.id},
          {"mode", past.run.mode},
          {"state", state},
          {"started", time_field(past.run.started)},
          {"ended", time_field(past.run.ended)},
          {"specs", past.specs},
          {"succeeded", past.succeeded},
          {"issues", std::move(issues)},
          {"usage", usage_fields(usage_of(past.attempts))}};
}

void keep_report(record::Workspace& workspace, std::int64_t run, const std::string& text) {
  const std::filesystem::path path =
      workspace.repository().chant_dir() / "runs" / std::to_string(run) / "report.md";
  make_private_directories(path.parent_path());
  AtomicFile file(path, 0600);
  file.write(text);
  file.commit();
  workspace.journal().add_event(run, kReportOf, kReport, path.string());
}

std::string report_path(const journal::Journal& journal, std::int64_t run) {
  std::string path;
  for (const journal::Event& event : journal.events(kReportOf)) {
    if (event.run == run) path = event.detail;
  }
  return path;
}

std::vector<ui::Issue> issues_of(const std::vector<work::Pitfall>& pitfalls) {
  std::vector<ui::Issue> issues;
  for (const work::Pitfall& one : pitfalls) {
    issues.push_back({one.severity == work::Severity::high, one.spec, one.text});
  }
  return issues;
}

}  // namespace chant::cmd
