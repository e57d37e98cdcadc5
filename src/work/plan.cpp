// What is checked before a run changes anything.
#include "agent/profile.h"
#include "git/run.h"
#include "git/tree.h"
#include "record/names.h"
#include "record/target.h"
#include "record/workplace.h"
#include "util/error.h"
#include "util/text.h"
#include "work/executables.h"
#include "work/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>

namespace chant::work {
namespace {

constexpr const char* kTaskPrompt = "task";

const config::Agent& agent_named(const Plan& plan, const std::string& name) {
  return *std::find_if(plan.agents.begin(), plan.agents.end(),
                       [&](const config::Agent& agent) { return agent.name == name; });
}

std::set<std::string> used_agents(const Plan& plan) {
  std::set<std::string> used;
  for (const sched::Job& job : plan.selection.jobs)
    used.insert(job.agents.begin(), job.agents.end());
  return used;
}

// Merges without a checkout are `git merge-tree --write-tree`.
void require_new_git(const record::Workspace& workspace) {
  const std::string text = git::output(workspace.repository().top_level, {"version"});
  int major = 0;
  int minor = 0;
  if (std::sscanf(text.c_str(), "git version %d.%d", &major, &minor) != 2) return;
  if (major > 2 || (major == 2 && minor >= 38)) return;
  fail("git {}.{} is too old to land work: 2.38 or newer is needed", major, minor);
}

void require_programs(const Plan& plan) {
  for (const std::string& name : used_agents(plan)) {
    const std::string program = agent::required_program(agent_named(plan, name));
    if (program.empty() || process::find_program(program)) continue;
    fail("agent '{}': command '{}' is not on PATH", name, printable_line(program));
  }
}

void require_trust(const record::Workspace& workspace, const record::Snapshot& snapshot,
                   const Plan& plan) {
  std::vector<config::Executable> wanted;
  std::set<std::string> ids;
  const auto add = [&](std::vector<config::Executable> more) {
    std::move(more.begin(), more.end(), std::back_inserter(wanted));
  };
  for (const std::string& name : used_agents(plan)) add(executables_of(agent_named(plan, name)));
  add(executables_of(workspace.config()));
  add(executables_of(plan.prompt));
  for (const auto& [name, prompt] : plan.prompts) add(executables_of(prompt));
  if (plan.request.lands()) add(executables_of(workspace.config().reconcile.gate));
  for (const sched::Job& job : plan.selection.jobs) {
    const bool scripted = std::any_of(
        job.agents.begin(), job.agents.end(),
        [&](const std::string& name) { return agent_named(plan, name).profile == "script"; });
    if (scripted) add(executables_of(snapshot.items.at(job.id).spec));
    add(checks_of(snapshot.items.at(job.id).spec));
  }
  config::TrustStore store(workspace.repository().common_dir);
  const auto untrusted = store.untrusted(wanted);
  if (untrusted.empty()) return;
  if (plan.request.ask_for_trust && plan.request.ask_for_trust(store, untrusted)) return;
  throw Error(
      fmt::format(
          "this repository wants to run {} that you have not trusted, the first: {}",
          untrusted.size() == 1 ? "a command" : fmt::format("{} commands", untrusted.size()),
          untrusted.front().what),
      plan.request.feature.empty()
          ? "git chant trust"
          : "git chant trust --feature " + shell_quoted(plan.request.feature));
}

void require_free_branches(record::Workspace& workspace, const record::Snapshot& snapshot,
                           const Plan& plan) {
  if (plan.request.place == Place::checkout) return;
  git::Store& store = workspace.store();
  for (const sched::Job& job : plan.selection.jobs) {
    const std::string ref =
        record::branch_ref(workspace.config(), plan.request.choice.mode, job.id);
    for (auto slash = ref.find('/', 11); slash != std::string::npos;
         slash = ref.find('/', slash + 1)) {
      if (!store.find_ref(ref.substr(0, slash))) continue;
      fail("branch '{}' is in the way of '{}'", record::short_ref(ref.substr(0, slash)),
           record::short_ref(ref));
    }
    const auto known = snapshot.branches.find(job.id);
    const bool ours = known != snapshot.branches.end() && known->second.ours;
    if (!ours && store.find_ref(ref)) {
      const std::string name = record::short_ref(ref);
      throw Error(fmt::format("branch '{}' exists and was not made by git chant", name),
                  fmt::format("git branch -m {} <other name>", shell_quoted(name)));
    }
  }
}

void load_prompts(const record::Workspace& workspace, const record::Snapshot& snapshot,
                  Plan& plan) {
  const auto directory = workspace.repository().top_level / ".chant/prompts";
  const auto& tasks = plan.request.choice.tasks;
  agent::PromptValues known = {{"spec", ""},   {"spec_id", ""}, {"title", ""},    {"spec_file", ""},
                               {"branch", ""}, {"target", ""},  {"conflict", ""}, {"worktree", ""}};
  if (tasks && !tasks->empty()) {
    known.insert(tasks->front().values.begin(), tasks->front().values.end());
  }
  const auto load = [&](const std::string& name) {
    agent::Prompt prompt = agent::load_prompt(name, directory);
    (void)agent::fill(prompt, known);
    return prompt;
  };
  const std::string& asked = plan.request.prompt;
  const std::string usual = tasks ? kTaskPrompt : workspace.config().prompt;
  plan.prompt = load(asked.empty() ? usual : asked);
  if (!asked.empty()) return;
  for (const sched::Job& job : plan.selection.jobs) {
    const std::string& name = snapshot.items.at(job.id).spec.prompt;
    if (!name.empty() && plan.prompts.count(name) == 0) plan.prompts[name] = load(name);
  }
}

// Work in the checkout is work on the branch that is checked out; on another one than the target
// nothing could be called completed, and there is no spec branch that could land later.
void require_checkout_of_target(const record::Workspace& workspace) {
  const std::string& here = workspace.repository().head_ref;
  if (here == workspace.find_target()) return;
  if (here.empty()) {
    throw Error("HEAD is detached: there is no branch to work on here",
                "git chant work --worktree");
  }
  throw Error(fmt::format("this checkout is on '{}', not on the target branch '{}'",
                          record::short_ref(here), record::short_ref(workspace.find_target())),
              "git chant work --worktree, which works from anywhere");
}

}  // namespace

sched::Queue Plan::queue(const std::vector<journal::Account>& accounts, sched::Slots* slots) const {
  std::vector<sched::AgentCap> caps;
  for (const config::Agent& agent : agents) {
    sched::AgentCap cap{agent.name, agent.max_concurrent, agent.weight};
    for (const journal::Account& account : accounts) {
      if (account.agent != agent.name) continue;
      cap.closed_until = account.closed_until;
      cap.reason = account.reason;
    }
    caps.push_back(std::move(cap));
  }
  sched::QueueOptions options;
  options.total_max = request.max;
  options.distribution = distribution;
  options.slots = slots;
  options.stop_on_failure = request.stop_on_failure;
  return {selection.jobs, caps, options};
}

Plan make_plan(record::Workspace& workspace, const record::Snapshot& snapshot,
               const Request& request) {
  Plan plan;
  plan.request = request;
  if (request.choice.tasks && request.place == Place::checkout) {
    fail_usage("tasks of a list are worked on in worktrees");
  }
  record::require_quiet_checkout(workspace);
  plan.target = workspace.require_target();
  if (snapshot.target_tip.empty()) {
    fail("the target branch '{}' does not exist", record::short_ref(plan.target));
  }
  plan.agents = available_agents(workspace.config());
  if (workspace.config().distribution == config::Distribution::round_robin) {
    plan.distribution = sched::Distribution::round_robin;
  }
  const bool known = request.choice.agent.empty() ||
                     std::any_of(plan.agents.begin(), plan.agents.end(), [&](const auto& agent) {
                       return agent.name == request.choice.agent;
                     });
  if (!known) fail("there is no agent '{}'", printable_line(request.choice.agent));
  plan.request.choice.people = record::specs_of_people(workspace, snapshot);
  plan.selection = select(snapshot, plan.request.choice, plan.agents);
  const bool works = std::any_of(plan.selection.jobs.begin(), plan.selection.jobs.end(),
                                 [&](const sched::Job& job) {
                                   return snapshot.states.at(job.id).state != spec::State::finished;
                                 });
  if (works && request.place == Place::checkout) require_checkout_of_target(workspace);
  require_programs(plan);
  load_prompts(workspace, snapshot, plan);
  require_free_branches(workspace, snapshot, plan);
  require_trust(workspace, snapshot, plan);
  if (request.place == Place::worktree) require_new_git(workspace);
  if (!plan.selection.jobs.empty()) (void)workspace.identity();
  return plan;
}

}  // namespace chant::work
