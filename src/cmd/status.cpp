// git chant status
#include "cmd/json.h"
#include "cmd/usage.h"
#include "cmd/verbs.h"
#include "record/names.h"
#include "ui/marks.h"
#include "util/text.h"
#include "util/time.h"

#include <map>
#include <memory>

namespace chant::cmd {
namespace {

using spec::State;

struct StatusOptions {
  bool json = false;
};

// The log, where there is one.
std::string step_after_failure(const record::Snapshot& snapshot, const std::string& id) {
  const auto last = snapshot.last.find(id);
  if (last == snapshot.last.end()) return "git chant reset " + id;
  return (last->second.log.empty() ? "git chant work " : "git chant log ") + id;
}

std::string next_step(const record::Snapshot& snapshot, const std::string& id) {
  const State state = snapshot.states.at(id).state;
  const auto parked = snapshot.parked.find(id);
  if (state == State::needs_attention && parked != snapshot.parked.end()) {
    return printable_line(parked->second.next);
  }
  const auto branch = snapshot.branches.find(id);
  const bool sealed = branch != snapshot.branches.end() && branch->second.sealed;
  if (state == State::finished) return "git chant reconcile " + id;
  if (state == State::needs_attention && sealed) {
    return "git merge " + shell_quoted(record::short_ref(branch->second.ref));
  }
  if (state == State::failed) return step_after_failure(snapshot, id);
  if (state == State::broken) return "$EDITOR " + record::spec_path(id);
  return "git chant show " + id;
}

std::vector<Need> find_needs(const record::Snapshot& snapshot) {
  std::vector<Need> needs;
  for (const std::string& id : Context::in_order(snapshot)) {
    const spec::Computed& computed = snapshot.states.at(id);
    switch (computed.state) {
      case State::needs_attention:
      case State::failed:
      case State::broken:
      case State::paused:
      case State::finished:
        needs.push_back({id, std::string(spec::name_of(computed.state)), computed.why,
                         next_step(snapshot, id)});
        break;
      default:
        break;
    }
  }
  return needs;
}

void print_counts(Context& context, const record::Snapshot& snapshot) {
  std::map<State, std::size_t> counts;
  for (const auto& [id, computed] : snapshot.states) ++counts[computed.state];
  std::string separator;
  for (const auto& [state, count] : counts) {
    context.out.print("{}{} {} {}", separator, ui::mark_of(state, context.terminal), count,
                      spec::name_of(state));
    separator = "  ";
  }
  context.out.write(counts.empty() ? "no specs\n" : "\n");
}

void print_running(Context& context, const record::Snapshot& snapshot) {
  bool first = true;
  for (const auto& [id, computed] : snapshot.states) {
    const auto attempt = snapshot.last.find(id);
    if (computed.state != State::in_progress || attempt == snapshot.last.end()) continue;
    if (first) context.out.write("\nrunning:\n");
    first = false;
    context.out.print("  {}  agent {}  {}  {}\n", id, attempt->second.agent,
                      elapsed_text(Milliseconds(now_ms() - attempt->second.started)),
                      attempt->second.step);
  }
}

std::vector<journal::Attempt> attempts_of_last_run(record::Workspace& workspace) {
  const journal::Journal* journal = workspace.find_journal();
  if (journal == nullptr) return {};
  const std::vector<journal::Run> runs = journal->runs();
  if (runs.empty()) return {};
  return journal->attempts_of_run(runs.back().id);
}

int status(const StatusOptions& options, Context& context) {
  const record::Snapshot snapshot = context.snapshot();
  const std::vector<Need> needs = find_needs(snapshot);
  const auto last_run = attempts_of_last_run(context.workspace());
  if (options.json) {
    context.out.write(json_status(snapshot, needs, last_run));
    return 0;
  }
  print_counts(context, snapshot);
  print_running(context, snapshot);
  if (!needs.empty()) context.out.write("\nneeds you:\n");
  for (const Need& need : needs) {
    context.out.print("  {} {}  {}{}\n      {} {}\n",
                      ui::mark_of(snapshot.states.at(need.id).state, context.terminal), need.id,
                      need.state, need.reason.empty() ? "" : ": " + printable_line(need.reason),
                      context.terminal.unicode ? "→" : "->", need.next);
  }
  const std::string usage = usage_text(usage_of(last_run));
  if (!usage.empty()) context.out.print("\nused by run {}: {}\n", last_run.front().run, usage);
  return 0;
}

}  // namespace

Handler add_status(Options& options) {
  auto chosen = std::make_shared<StatusOptions>();
  options.flag("--json", chosen->json, "as JSON");
  return [chosen](Context& context) { return status(*chosen, context); };
}

}  // namespace chant::cmd
