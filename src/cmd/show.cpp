// git chant show
#include "cmd/json.h"
#include "cmd/usage.h"
#include "cmd/verbs.h"
#include "land/packet.h"
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
  const std::string usage = usage_text(usage_of({attempt}));
  if (!attempt.model.empty() || !usage.empty()) {
    const std::string model = attempt.model.empty() ? "" : "model " + attempt.model;
    context.out.print("     {}{}{}\n", printable_line(model),
                      model.empty() || usage.empty() ? "" : "  ", usage);
  }
  if (!attempt.session.empty()) {
    context.out.print("     session {}\n", printable_line(attempt.session));
  }
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
  const std::string usage = attempts.size() < 2 ? "" : usage_text(usage_of(attempts));
  if (!usage.empty()) out.print("usage: {}\n", usage);
}

void print_lines(ui::Stream& out, const std::string& text) {
  for (const std::string& line : split(trim(text), '\n')) {
    out.print("  {}\n", printable(line));
  }
}

// What a person must know to help work that could not land.
void print_parked(Context& context, const record::Parked& parked,
                  const std::vector<land::MarkedFile>& marked) {
  ui::Stream& out = context.out;
  const std::string branch = record::short_ref(parked.branch);
  out.print("parked: {} on {}, {}\n", parked.kind, printable_line(record::short_ref(parked.target)),
            rfc3339(parked.at));
  if (parked.kind == "conflict") print_lines(out, land::conflict_text(parked));
  for (const land::MarkedFile& file : marked) {
    out.print("conflict in {}:\n", printable_line(file.path));
    print_lines(out, file.text);
  }
  if (!parked.log.empty()) out.print("log: {}, its end:\n", printable_line(parked.log));
  if (!parked.log_end.empty()) print_lines(out, parked.log_end);
  if (!parked.scratch.empty()) {
    out.print("resolve it in: {}\nthen: git chant reconcile --continue\n",
              printable_line(parked.scratch));
  } else if (parked.kind == "conflict") {
    out.print("resolve it on {}, or: {}\n", printable_line(branch), printable_line(parked.next));
  } else if (parked.kind == "gate") {
    out.print("mend it on {}, then: git chant reconcile {}\n", printable_line(branch), parked.id);
  } else {
    out.print("next: {}\n", printable_line(parked.next));
  }
}

int show(const ShowOptions& options, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  const std::string id = snapshot.resolve(options.ids.at(0));
  std::vector<journal::Attempt> attempts;
  if (journal::Journal* journal = context.workspace().find_journal()) {
    attempts = journal->attempts(id);
  }
  const auto parked = snapshot.parked.find(id);
  std::vector<land::MarkedFile> marked;
  if (parked != snapshot.parked.end()) {
    marked = land::marked_files(context.workspace(), parked->second);
  }
  if (options.json) {
    context.out.write(json_spec(snapshot, id, attempts, marked));
    return 0;
  }
  print_facts(context, snapshot, id, attempts);
  if (parked != snapshot.parked.end()) print_parked(context, parked->second, marked);
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
