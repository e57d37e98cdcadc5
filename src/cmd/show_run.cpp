// git chant show-run
#include "cmd/json.h"
#include "cmd/past_run.h"
#include "cmd/usage.h"
#include "cmd/verbs.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/time.h"
#include "work/cleanup.h"

#include <algorithm>
#include <charconv>
#include <memory>

namespace chant::cmd {
namespace {

struct ShowRunOptions {
  bool json = false;
  std::vector<std::string> numbers;
};

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || number < 1) {
    fail_usage("'{}' is not the number of a run", printable_line(text));
  }
  return number;
}

journal::Run chosen_run(const journal::Journal* journal, const ShowRunOptions& options) {
  const auto runs = journal == nullptr ? std::vector<journal::Run>{} : journal->runs();
  if (options.numbers.empty()) {
    if (runs.empty()) throw Error("there was no run yet", "git chant work --parallel");
    return runs.back();
  }
  const std::int64_t number = number_of(options.numbers.front());
  const auto found = std::find_if(runs.begin(), runs.end(),
                                  [&](const journal::Run& run) { return run.id == number; });
  if (found == runs.end()) throw Error(fmt::format("there is no run {}", number), "git chant runs");
  return *found;
}

// Two runs may have made attempts at one spec, so the number says which it is.
void print_attempt(ui::Stream& out, const journal::Attempt& attempt) {
  const std::string length =
      attempt.ended == 0 ? "?" : elapsed_text(Milliseconds(attempt.ended - attempt.started));
  out.print("  {} #{}  {}  {}  agent {}  {}{}\n", printable_line(attempt.spec), attempt.number,
            rfc3339(attempt.started / 1000), length, printable_line(attempt.agent),
            attempt.exit_class.empty() ? "not ended" : attempt.exit_class,
            attempt.reason.empty() ? "" : ": " + printable_line(attempt.reason));
  const std::string usage = usage_text(usage_of({attempt}));
  if (!attempt.model.empty()) out.print("     model {}\n", printable_line(attempt.model));
  if (!usage.empty()) out.print("     {}\n", usage);
  if (!attempt.log.empty()) out.print("     log {}\n", attempt.log);
}

void print_events(ui::Stream& out, const std::vector<std::string>& lines) {
  if (!lines.empty()) out.write("what it did:\n");
  for (const std::string& line : lines) out.print("  {}\n", printable_line(line));
}

// What a cleanup agent did.
std::vector<std::string> deeds_of(const journal::Journal& journal, std::int64_t run) {
  std::vector<std::string> lines;
  for (journal::Event& event : journal.events(work::kCleanupName)) {
    if (event.run == run && event.kind == "cleanup") lines.push_back(std::move(event.detail));
  }
  return lines;
}

// Of the run of a feature.
void print_report(ui::Stream& out, const std::string& path) {
  constexpr std::size_t kMaxBytes = 16UL * 1024 * 1024;
  if (path.empty()) return;
  const auto text = find_file(path, kMaxBytes);
  out.print("report {}{}\n", printable_line(path), text ? "" : " (it is gone)");
  if (text) out.print("\n{}", printable(*text));
}

int show_run(const ShowRunOptions& options, Context& context) {
  const journal::Journal* journal = context.workspace().find_journal();
  const journal::Run run = chosen_run(journal, options);
  const PastRun past = load_past_run(*journal, run);
  const std::vector<std::string> deeds = deeds_of(*journal, past.run.id);
  ui::Stream& out = context.out;
  if (options.json) {
    Json json = {{"version", 1}};
    json.update(past_run_fields(past));
    json["attempts"] = Json::array();
    for (const journal::Attempt& attempt : past.attempts) {
      Json fields = {{"spec", attempt.spec}};
      fields.update(attempt_fields(attempt));
      json["attempts"].push_back(std::move(fields));
    }
    json["did"] = deeds;
    json["report"] = or_null(report_path(*journal, past.run.id));
    out.write(text_of(json));
    return 0;
  }
  out.print("run {}  {}  {}  {}\n{} of {} succeeded\n", past.run.id, printable_line(past.run.mode),
            rfc3339(past.run.started / 1000), duration_text(past.run), past.succeeded,
            counted(past.specs, run.mode == "feature" ? "task" : "spec"));
  const std::string usage = usage_text(usage_of(past.attempts));
  if (!usage.empty()) out.print("usage: {}\n", usage);
  if (!past.attempts.empty()) out.write("attempts:\n");
  for (const journal::Attempt& attempt : past.attempts) print_attempt(out, attempt);
  ui::print_issues(out, context.terminal, issues_of(past.pitfalls));
  print_events(out, deeds);
  print_report(out, report_path(*journal, past.run.id));
  return 0;
}

}  // namespace

Handler add_show_run(Options& options) {
  auto chosen = std::make_shared<ShowRunOptions>();
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("N", chosen->numbers, 0, 1);
  return [chosen](Context& context) { return show_run(*chosen, context); };
}

}  // namespace chant::cmd
