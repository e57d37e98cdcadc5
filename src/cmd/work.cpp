// git chant work
#include "cmd/ask.h"
#include "cmd/ask_trust.h"
#include "cmd/feature.h"
#include "cmd/look_back.h"
#include "cmd/verbs.h"
#include "cmd/work_feature.h"
#include "config/settings.h"
#include "record/names.h"
#include "spec/id.h"
#include "ui/report.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"
#include "work/pitfalls.h"
#include "work/run.h"

#include <algorithm>
#include <memory>

namespace chant::cmd {
namespace {

struct WorkOptions {
  std::vector<std::string> ids, labels;
  bool worktree = false;
  bool parallel = false;
  bool branch = false;
  bool no_land = false;
  bool dry_run = false;
  int max = 0;
  bool no_wait = false, cleanup = false, no_cleanup = false;
  std::string agent, prompt, branch_prefix, max_cost, max_tokens;
  std::string feature, format;  // from here on for the tasks of a list
  std::vector<std::string> tracks;
  int max_agents = 0;
  bool continue_on_error = false, batch_tracks = false, with_optional = false;

  [[nodiscard]] bool has_feature_option() const {
    return continue_on_error || batch_tracks || with_optional || max_agents > 0 ||
           !tracks.empty() || !format.empty();
  }
};

constexpr int kFeatureAgents = 6;  // one for each track of the tool that these options come from

int most_at_once(const WorkOptions& options, const config::Config& config) {
  const bool feature = !options.feature.empty();
  if (!feature && !options.parallel) return 1;
  int most = feature ? kFeatureAgents : config.total_max;
  if (options.max > 0) most = options.max;
  if (options.max_agents > 0) most = options.max_agents;
  return config.total_max > 0 ? std::min(most, config.total_max) : most;
}

work::Request request_of(const WorkOptions& options, const config::Config& config) {
  const bool feature = !options.feature.empty();
  if (feature && !options.ids.empty()) fail_usage("--feature or ids, not both");
  if (!feature && options.has_feature_option()) {
    fail_usage(
        "--track, --format, --with-optional, --max-agents, --continue-on-error and "
        "--batch-tracks are for --feature");
  }
  if (!feature && !options.parallel && options.ids.empty()) {
    throw Error("which spec?", "git chant work ID, or git chant work --parallel", Exit::usage);
  }
  if (options.cleanup && options.no_cleanup) {
    fail_usage("--cleanup and --no-cleanup exclude each other");
  }
  if (options.cleanup && !options.parallel) fail_usage("--cleanup needs --parallel");
  work::Request request;
  request.choice = {options.ids, options.labels, options.agent, config.mode, {}};
  request.parallel = options.parallel || feature;
  request.stop_on_failure = feature && !options.continue_on_error;
  request.prompt = options.prompt;
  request.wait = !options.no_wait;
  request.max = most_at_once(options, config);
  const bool isolated =
      request.parallel || options.worktree || config.mode == config::BranchMode::branch;
  request.place = isolated ? work::Place::worktree : work::Place::checkout;
  if (options.no_land) request.landing = work::Landing::later;
  if (options.no_land && request.place == work::Place::checkout) {
    fail_usage("--no-land needs --worktree or --parallel: here the work is on the branch already");
  }
  return request;
}

std::string place_of(const record::Workspace& workspace, const work::Request& request,
                     const std::string& id) {
  if (request.place == work::Place::checkout) return "in this checkout";
  return fmt::format(
      "branch {}  worktree {}",
      record::short_ref(record::branch_ref(workspace.config(), request.choice.mode, id)),
      (workspace.config().worktree_root / ("chant-" + id)).string());
}

Cleanup cleanup_of(const WorkOptions& options) {
  if (options.cleanup) return Cleanup::always;
  return options.no_cleanup ? Cleanup::never : Cleanup::when_asked;
}

// As the settings that they stand for.
void read_budget(const WorkOptions& options, work::Request& request) {
  config::Config budget;
  const auto read = [&budget](const char* key, const std::string& text, const char* name) {
    if (text.empty()) return;
    if (text == "none") {
      fail_usage("{} takes an amount: '{}=none' lifts the configured one", name,
                 config::environment_name(key));
    }
    config::set(budget, *config::find_setting(key), {text, "", name, config::Origin::command_line});
  };
  read("parallel.max_cost", options.max_cost, "'--max-cost'");
  read("parallel.max_tokens", options.max_tokens, "'--max-tokens'");
  request.max_cost = budget.max_cost;
  request.max_tokens = budget.max_tokens;
}

void print_plan(Context& context, const work::Plan& plan) {
  ui::Stream& out = context.out;
  out.print("target: {}\n", record::short_ref(plan.target));
  const auto waves = sched::plan(plan.queue({}, nullptr), now_ms());
  std::size_t planned = 0;
  for (std::size_t i = 0; i < waves.size(); ++i) {
    out.print("wave {}:\n", i + 1);
    planned += waves[i].size();
    for (const sched::Start& start : waves[i]) {
      out.print("  {}  agent {}  {}\n", start.id, start.agent,
                place_of(context.workspace(), plan.request, start.id));
    }
  }
  for (const sched::Skip& skip : plan.selection.left_out) {
    out.print("left out: {}: {}\n", skip.id, skip.reason);
  }
  for (const sched::Job& job : plan.selection.jobs) {
    if (planned == plan.selection.jobs.size()) break;
    const bool waits = std::any_of(job.depends_on.begin(), job.depends_on.end(), [&](auto& other) {
      return std::none_of(plan.selection.jobs.begin(), plan.selection.jobs.end(),
                          [&](const sched::Job& j) { return j.id == other; });
    });
    if (waits) out.print("waits for another run: {}\n", job.id);
  }
}

work::FeatureRequest feature_of(const WorkOptions& options, Context& context) {
  work::FeatureRequest feature;
  feature.what = feature_named(context, options.feature);
  feature.tracks = options.tracks;
  feature.format = dialect_named(options.format);
  feature.with_optional = options.with_optional;
  feature.batch_tracks = options.batch_tracks;
  return feature;
}

int work_specs(Context& context, const WorkOptions& options, const work::Request& request) {
  record::Workspace& workspace = context.workspace(git::Use::heavy);
  const record::Snapshot snapshot =
      context.snapshot(git::Use::heavy, options.dry_run ? Context::Sweep::no : Context::Sweep::yes);
  const work::Plan plan = work::make_plan(workspace, snapshot, request);
  for (const auto& [id, where] : plan.request.choice.people) {
    if (!options.ids.empty()) break;
    context.err.print("{} is left to the person who works on it {}\n", id, printable_line(where));
  }
  if (options.dry_run) {
    print_plan(context, plan);
    return 0;
  }
  if (plan.selection.jobs.empty() && plan.selection.left_out.empty()) {
    context.out.write("nothing is ready (git chant status)\n");
    return 0;
  }
  if (plan.selection.jobs.empty()) {
    throw Error(fmt::format("{} could be worked on, but {}",
                            counted(plan.selection.left_out.size(), "spec"),
                            plan.selection.left_out.front().reason),
                "add one under parallel.agents in ~/.config/git-chant/config.yaml");
  }
  std::vector<std::string> ids;
  for (const sched::Job& job : plan.selection.jobs) ids.push_back(job.id);
  for (const sched::Skip& skip : plan.selection.left_out) ids.push_back(skip.id);
  process::Loop loop;
  ui::Report report(context.out, context.terminal, spec::short_ids(ids));
  const work::RunResult result = work::run(workspace, snapshot, plan, loop, report);
  if (request.parallel) look_back(context, loop, plan, result, cleanup_of(options));
  if (result.signal != 0) return 128 + result.signal;
  const auto& specs = result.summary.specs;
  return std::all_of(specs.begin(), specs.end(), work::is_success) ? 0 : 1;
}

int work(const WorkOptions& options, Context& context) {
  record::Workspace& workspace = context.workspace(git::Use::heavy);
  if (options.branch || !options.branch_prefix.empty()) {
    workspace.use_branch_mode(options.branch_prefix);
  }
  work::Request request = request_of(options, workspace.config());
  read_budget(options, request);
  if (can_ask() && !options.dry_run) {
    request.ask_for_trust = [&context](config::TrustStore& store,
                                       const std::vector<config::Executable>& executables) {
      return ask_for_trust(context, store, executables);
    };
  }
  if (!options.feature.empty()) {
    return work_feature(context, feature_of(options, context), std::move(request),
                        options.dry_run ? DryRun::yes : DryRun::no, cleanup_of(options));
  }
  return work_specs(context, options, request);
}

}  // namespace

Handler add_work(Options& options) {
  auto chosen = std::make_shared<WorkOptions>();
  options.flag("--worktree", chosen->worktree, "in a worktree of its own instead of here");
  options.flag("--parallel", chosen->parallel,
               "all ready specs (or those named) at once, each in a worktree");
  options.list("--label", chosen->labels, "L", "only specs with this label (repeatable)");
  options.number("-j,--max,--max-parallel", chosen->max, 1, 256, "N", "at most N at once");
  options.text("--agent", chosen->agent, "A", "only this agent");
  options.text("--prompt", chosen->prompt, "P", "this prompt for all specs");
  options.flag("--branch", chosen->branch, "leave finished work on its branch");
  options.text("--branch-prefix", chosen->branch_prefix, "P", "as --branch, with branches P<id>");
  options.flag("--no-land", chosen->no_land, "seal the branches but do not land them");
  options.flag("--no-wait", chosen->no_wait, "end when every agent waits for a limit");
  options.text("--max-cost", chosen->max_cost, "USD", "start nothing more when so much is spent");
  options.text("--max-tokens", chosen->max_tokens, "N", "start nothing more when so many are used");
  options.flag("--cleanup", chosen->cleanup, "let an agent put things in order afterwards");
  options.flag("--no-cleanup", chosen->no_cleanup, "do not offer that");
  options.text("--feature", chosen->feature, "NAME|FILE", "the open tasks of a task list");
  options.list("--track", chosen->tracks, "T", "of a feature: only this track (repeatable)");
  options.number("--max-agents", chosen->max_agents, 1, 256, "N",
                 "of a feature: at most N at once (default: 6)");
  options.flag("--continue-on-error", chosen->continue_on_error,
               "of a feature: start other tasks although one has failed");
  options.flag("--batch-tracks", chosen->batch_tracks,
               "of a feature: one agent for small tasks of a track, one after the other");
  options.flag("--with-optional", chosen->with_optional, "of a feature: also what may be left out");
  options.text("--format", chosen->format, "D", "of a feature: read the list as one of this form");
  options.flag("--dry-run", chosen->dry_run, "only show the plan");
  options.arguments("ID", chosen->ids, 0, 10000);
  return [chosen](Context& context) { return work(*chosen, context); };
}

}  // namespace chant::cmd
