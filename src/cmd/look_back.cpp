#include "cmd/look_back.h"

#include "cmd/ask.h"
#include "cmd/past_run.h"
#include "spec/id.h"
#include "ui/pitfalls.h"
#include "util/error.h"
#include "util/text.h"
#include "work/cleanup.h"
#include "work/notify.h"
#include "work/pitfalls.h"

#include <fmt/format.h>

#include <algorithm>

namespace chant::cmd {
namespace {

const char* unit_of(const work::Plan& plan) { return plan.request.choice.tasks ? "task" : "spec"; }

// What was planted git would obey: then only what can be said without asking it.
work::RunFacts facts_of(record::Workspace& workspace, const work::Plan& plan,
                        const work::RunResult& result) {
  work::RunFacts facts;
  if (!result.planted) {
    facts = work::gather_facts(workspace, result.run, result.summary, plan.selection.dependencies);
  } else {
    facts.run = result.run;
    facts.specs = result.summary.specs;
    facts.attempts = workspace.journal().attempts_of_run(result.run);
  }
  facts.unit = unit_of(plan);
  return facts;
}

std::vector<ui::Issue> issues_of(const std::vector<work::Pitfall>& pitfalls,
                                 const std::vector<std::string>& ids) {
  std::vector<ui::Issue> issues;
  for (const work::Pitfall& pitfall : pitfalls) {
    const std::string name = pitfall.spec.empty() ? "" : spec::short_id(pitfall.spec, ids);
    issues.push_back({pitfall.severity == work::Severity::high, name, pitfall.text});
  }
  return issues;
}

// The completion report of a feature has told how much succeeded.
void tell_outcome(Context& context, const work::Plan& plan, std::vector<work::Pitfall> pitfalls,
                  const std::vector<std::string>& ids, std::size_t succeeded) {
  if (!plan.request.choice.tasks) {
    return ui::print_outcome(context.out, context.terminal, succeeded, ids.size(),
                             issues_of(pitfalls, ids));
  }
  std::erase_if(pitfalls, work::is_count);
  if (pitfalls.empty()) return;
  context.out.write("\n");
  ui::print_issues(context.out, context.terminal, cmd::issues_of(pitfalls));
  context.out.flush();
}

void tell_user(Context& context, process::Loop& loop, const config::TrustStore& trust,
               const work::RunResult& result, std::size_t succeeded, const char* unit) {
  record::Workspace& workspace = context.workspace();
  const auto& specs = result.summary.specs;
  work::Notice notice;
  notice.event = succeeded == specs.size() ? "run-ended" : "needs-person";
  notice.run = result.run;
  notice.summary = fmt::format("{} of {} succeeded", succeeded, counted(specs.size(), unit));
  const std::string trouble =
      work::notify(loop, workspace.config().notify, trust, workspace.repository(), notice);
  if (!trouble.empty()) context.err.print("{}\n", trouble);
  ui::ring_bell(context.out, context.terminal);
}

const config::Agent* cleanup_agent(const work::Plan& plan, const std::string& preferred) {
  const config::Agent* found = nullptr;
  for (const config::Agent& agent : plan.agents) {
    if (agent.profile == "script") continue;
    if (agent.name == preferred) return &agent;
    if (found == nullptr) found = &agent;
  }
  return found;
}

// Nobody is asked for what cannot be done.
bool is_wanted(Context& context, Cleanup cleanup, bool found_something,
               const config::Agent* agent) {
  const config::Cleanup& settings = context.workspace().config().cleanup;
  if (cleanup == Cleanup::always) return true;
  if (cleanup == Cleanup::never || !settings.enabled || !found_something) return false;
  if (settings.auto_run) return true;
  return agent != nullptr && can_ask() && agrees(context, "Run cleanup agent?");
}

void put_in_order(Context& context, process::Loop& loop, const config::TrustStore& trust,
                  const config::Agent* agent, const std::vector<work::Pitfall>& pitfalls,
                  const work::RunFacts& facts) {
  if (agent == nullptr) {
    return context.err.write(
        "no agent is configured that could clean up: add one under parallel.agents in "
        "~/.config/git-chant/config.yaml\n");
  }
  work::CleanupOptions options;
  options.agent = *agent;
  options.output = [&context](std::string_view line) {
    context.out.print("[cleanup] {}\n", printable_line(line));
    context.out.flush();
  };
  for (const std::string& line :
       work::clean_up(context.workspace(), loop, trust, pitfalls, facts, options)) {
    context.out.print("cleanup: {}\n", printable_line(line));
  }
}

}  // namespace

void look_back(Context& context, process::Loop& loop, const work::Plan& plan,
               const work::RunResult& result, Cleanup cleanup) {
  record::Workspace& workspace = context.workspace();
  const config::TrustStore trust(workspace.repository().common_dir);
  const work::RunFacts facts = facts_of(workspace, plan, result);
  const std::vector<work::Pitfall> pitfalls = work::detect(facts);
  workspace.journal().set_run_findings(result.run, work::to_json(pitfalls));
  std::vector<std::string> ids;
  for (const sched::EndedSpec& spec : result.summary.specs) ids.push_back(spec.id);
  const auto succeeded = static_cast<std::size_t>(
      std::count_if(result.summary.specs.begin(), result.summary.specs.end(), work::is_success));
  tell_outcome(context, plan, pitfalls, ids, succeeded);
  tell_user(context, loop, trust, result, succeeded, facts.unit);
  if (result.signal != 0 || result.planted) return;
  const config::Agent* agent = cleanup_agent(plan, workspace.config().agent);
  if (is_wanted(context, cleanup, !pitfalls.empty(), agent)) {
    put_in_order(context, loop, trust, agent, pitfalls, facts);
  }
}

}  // namespace chant::cmd
