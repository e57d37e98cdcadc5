// git chant show
#include "cmd/json.h"
#include "cmd/verbs.h"
#include "record/names.h"
#include "ui/marks.h"
#include "util/text.h"
#include "util/time.h"

#include <memory>

namespace chant::cmd {
namespace {

struct ShowOptions {
  bool json = false;
  std::vector<std::string> ids;
};

void print_attempt(Context& context, const journal::Attempt& attempt, bool live) {
  const std::int64_t end = attempt.ended == 0 && live ? now_ms() : attempt.ended;
  const std::string length = end == 0 ? "?" : elapsed_text(Milliseconds(end - attempt.started));
  const std::string result = !attempt.exit_class.empty() ? attempt.exit_class
                             : live                      ? "running, step " + attempt.step
                                                         : "interrupted";
  context.out.print("  {}  {}  {}  agent {}  {}{}\n", attempt.number,
                    rfc3339(attempt.started / 1000), length, attempt.agent, result,
                    attempt.reason.empty() ? "" : ": " + printable_line(attempt.reason));
  if (!attempt.log.empty()) context.out.print("     log {}\n", attempt.log);
  if (!attempt.worktree.empty()) context.out.print("     worktree {}\n", attempt.worktree);
}

void print_finding(Context& context, const journal::Finding& finding) {
  std::string commits;
  for (const std::string& oid : finding.commits) commits += " " + oid.substr(0, 10);
  context.out.print("landing: {}{}{}{}\n", finding.state,
                    finding.proof.empty() ? "" : " (" + finding.proof + ")",
                    commits.empty() ? "" : ", commits:" + commits,
                    finding.reason.empty() ? "" : ": " + printable_line(finding.reason));
}

void print_facts(Context& context, const record::Snapshot& snapshot, const std::string& id,
                 const std::vector<journal::Attempt>& attempts) {
  const spec::Spec& spec = snapshot.items.at(id).spec;
  const spec::Computed& computed = snapshot.states.at(id);
  ui::Stream& out = context.out;
  out.print("{} {}\n{} {}{}\n", context.terminal.paint(id, ui::Colour::bold),
            printable_line(spec.title), ui::mark_of(computed.state, context.terminal),
            spec::name_of(computed.state),
            computed.why.empty() ? "" : ": " + printable_line(computed.why));
  if (!spec.criteria.empty()) {
    out.print("criteria: {} of {} ticked\n", spec.criteria.size() - spec.unticked(),
              spec.criteria.size());
  }
  const auto branch = snapshot.branches.find(id);
  if (branch != snapshot.branches.end()) {
    out.print("branch: {} ({})\n", record::short_ref(branch->second.ref),
              branch->second.tip.substr(0, 10));
  }
  if (!spec.commits.empty()) out.print("commits: {}\n", join(spec.commits, " "));
  if (!spec.completed_at.empty())
    out.print("completed at: {}\n", printable_line(spec.completed_at));
  if (!spec.model.empty()) out.print("model: {}\n", printable_line(spec.model));
  const auto finding = snapshot.findings.find(id);
  if (finding != snapshot.findings.end()) print_finding(context, finding->second);
  if (!attempts.empty()) out.write("attempts:\n");
  for (const journal::Attempt& attempt : attempts) {
    print_attempt(
        context, attempt,
        computed.state == spec::State::in_progress && attempt.number == attempts.back().number);
  }
}

int show(const ShowOptions& options, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  const std::string id = snapshot.resolve(options.ids.at(0));
  std::vector<journal::Attempt> attempts;
  if (journal::Journal* journal = context.workspace().find_journal()) {
    attempts = journal->attempts(id);
  }
  if (options.json) {
    context.out.write(json_spec(snapshot, id, attempts));
    return 0;
  }
  print_facts(context, snapshot, id, attempts);
  const std::string body = printable(trim(snapshot.items.at(id).spec.body_text()));
  context.out.print("\n{}\n", body);
  return 0;
}

}  // namespace

Handler add_show(Options& options) {
  auto chosen = std::make_shared<ShowOptions>();
  options.flag("--json", chosen->json, "as JSON");
  options.arguments("ID", chosen->ids, 1, 1);
  return [chosen](Context& context) { return show(*chosen, context); };
}

}  // namespace chant::cmd
