#include "cmd/work_feature.h"

#include "cmd/ask.h"
#include "cmd/feature.h"
#include "cmd/past_run.h"
#include "record/task.h"
#include "ui/feature.h"
#include "ui/feature_plan.h"
#include "util/error.h"
#include "util/text.h"
#include "work/pitfalls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace chant::cmd {
namespace {

using tasks::Place;

void require_tickable(const work::LoadedFeature& loaded) {
  if (tasks::has_boxes(loaded.list.dialect)) return;
  throw Error(fmt::format("'{}' is a list of {}, which keeps what is done in fields of its own",
                          printable_line(loaded.feature.list), tasks::name_of(loaded.list.dialect)),
              "git chant import " + shell_quoted(loaded.feature.list) + " --as specs");
}

// At a terminal a person can approve after seeing the plan.
void require_approval(Context& context, const work::LoadedFeature& loaded,
                      const work::FeaturePlan& planned) {
  record::Workspace& workspace = context.workspace();
  const work::Permission permission = work::permission_of(workspace, loaded);
  if (permission.is_given) return;
  if (!can_ask()) throw Error(permission.why, permission.next);
  print_feature_plan(context, loaded, planned, Detail::normal);
  context.out.print("\n{}\n", permission.why);
  if (permission.approval) print_changes(context, loaded, *permission.approval);
  if (!agrees(context, fmt::format("Approve '{}' and work on it?", loaded.feature.list))) {
    throw Error("the list was not approved", permission.next);
  }
  (void)record::approve(workspace, loaded.feature.list, work::approvable(loaded));
}

// What this run does not do, as lines.
std::vector<std::string> left_out(const work::LoadedFeature& loaded, const tasks::Plan& plan) {
  constexpr std::array<std::pair<Place, const char*>, 5> kWhat = {
      {{Place::conditional, "only when a review asks for it"},
       {Place::optional, "optional, and not asked for"},
       {Place::not_chosen, "in other tracks"},
       {Place::dropped, "not to be done"},
       {Place::refused, "cannot be run"}}};
  std::vector<std::string> lines;
  for (const auto& [place, what] : kWhat) {
    std::vector<const tasks::Task*> found;
    for (std::size_t i = 0; i < plan.rows.size(); ++i) {
      if (plan.rows[i].place == place) found.push_back(&loaded.list.tasks.at(i));
    }
    if (!found.empty()) lines.push_back(fmt::format("{}: {}", ui::tasks_text(found), what));
  }
  return lines;
}

// As many as were asked for, unless the accounts that may take the tasks have fewer places.
std::string most_at_once(const work::Selection& selection, const std::vector<config::Agent>& agents,
                         int wanted) {
  std::set<std::string> names;
  for (const sched::Job& job : selection.jobs) names.insert(job.agents.begin(), job.agents.end());
  int places = 0;
  for (const config::Agent& agent : agents) {
    if (names.count(agent.name) > 0) places += agent.max_concurrent;
  }
  return fmt::format("at most {} at once", std::min(wanted, places));
}

// What there is to know before the run. `most`: "" when nothing is started.
void announce(Context& context, const work::LoadedFeature& loaded, const work::FeaturePlan& planned,
              const ui::ShownFeature& shown, const std::string& most) {
  const std::size_t done = shown.done.size();
  std::string head = counted(shown.chosen.size(), "task");
  if (done > 0) head = fmt::format("{} of {} complete already", done, head);
  if (done > 0 && !most.empty()) head += fmt::format(", {} left", shown.chosen.size() - done);
  context.out.print("{}{}{}\n", head, most.empty() ? "" : ", ", most);
  for (const std::string& line : left_out(loaded, planned.plan)) {
    context.out.print("not run: {}\n", line);
  }
  context.out.flush();
  for (const std::string& line : ui::error_lines(loaded.list)) {
    context.err.print("error: {}\n", line);
  }
  for (const std::string& line : work::unseen_documents(context.workspace(), loaded)) {
    context.err.print("warning: {}\n", line);
  }
}

// Lets the time go on in the block of progress.
class Ticker {
 public:
  Ticker(process::Loop& loop, ui::FeatureReport& report) : loop_(loop), report_(report) { arm(); }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker() { loop_.cancel(timer_); }

 private:
  void arm() {
    timer_ = loop_.after(Seconds{1}, [this] {
      report_.tick();
      arm();
    });
  }

  process::Loop& loop_;
  ui::FeatureReport& report_;
  process::Loop::Id timer_ = 0;
};

std::map<std::string, ui::TaskResult> results_of(const journal::Journal& journal,
                                                 std::int64_t run) {
  std::map<std::string, ui::TaskResult> results;
  for (const journal::Attempt& attempt : journal.attempts_of_run(run)) {
    ui::TaskResult& result = results[attempt.spec];
    result.agent = attempt.agent;
    result.elapsed_ms += std::max<std::int64_t>(0, attempt.ended - attempt.started);
    result.commits.clear();
    for (const std::string& commit : attempt.commits) result.commits.push_back(commit.substr(0, 7));
  }
  return results;
}

void report_completion(Context& context, const ui::ShownFeature& shown,
                       const work::RunResult& result, std::vector<std::string> lines) {
  record::Workspace& workspace = context.workspace();
  const std::string text =
      ui::completion_text({shown, result.summary, result.run,
                           results_of(workspace.journal(), result.run), std::move(lines)});
  context.out.write("\n");
  for (const std::string& line : split(trim(text), '\n')) {
    context.out.print("{}\n", ui::wrapped(line, ui::columns_now(context.terminal), 2));
  }
  context.out.flush();
  keep_report(workspace, result.run, text);
}

// Nothing can be done about these now.
int say_hindered(Context& context, const work::LoadedFeature& loaded,
                 const std::vector<sched::Skip>& left_out) {
  for (const sched::Skip& skip : left_out) {
    const tasks::Task* task = loaded.list.find(skip.id.substr(loaded.feature.name.size() + 1));
    context.out.print("not run: {}: {}\n", task == nullptr ? skip.id : ui::tasks_text({task}),
                      printable_line(skip.reason));
  }
  return static_cast<int>(Exit::no);
}

// Everything about one run of a feature.
struct FeatureRun {
  const work::LoadedFeature& loaded;
  const work::FeaturePlan& planned;
  const ui::ShownFeature& shown;
  std::string command;  // that starts it again
};

std::string command_of(const work::LoadedFeature& loaded, const work::FeatureRequest& feature) {
  std::string command = "git chant work --feature " + shell_quoted(loaded.feature.list);
  for (const std::string& track : feature.tracks) command += " --track " + shell_quoted(track);
  if (feature.format) command += fmt::format(" --format {}", tasks::name_of(*feature.format));
  if (feature.with_optional) command += " --with-optional";
  return command;
}

int run_tasks(Context& context, const FeatureRun& feature, const work::Plan& plan,
              const record::Snapshot& snapshot, Cleanup cleanup) {
  std::vector<std::string> ids;
  for (const work::FeatureTask& task : *plan.request.choice.tasks) ids.push_back(task.id);
  process::Loop loop;
  const auto began = std::chrono::steady_clock::now();
  ui::FeatureReport report(context.out, context.terminal, feature.shown, ids, [began] {
    return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began);
  });
  work::RunResult result;
  {
    std::optional<Ticker> ticker;
    if (context.terminal.cursor) ticker.emplace(loop, report);
    result = work::run(context.workspace(), snapshot, plan, loop, report);
  }
  report_completion(context, feature.shown, result, left_out(feature.loaded, feature.planned.plan));
  look_back(context, loop, plan, result, cleanup);
  const auto& specs = result.summary.specs;
  const bool good = std::all_of(specs.begin(), specs.end(), work::is_success);
  if (!good) context.out.print("\nnext: {} (does what is left)\n", feature.command);
  if (result.signal != 0) return 128 + result.signal;
  return good && can_all_run(feature.planned.plan) ? 0 : 1;
}

// Loads, approves and commits the list, and says what there is to say; then the run.
int work_loaded(Context& context, const work::FeatureRequest& feature, work::LoadedFeature loaded,
                const work::FeaturePlan& planned, work::Request request, Cleanup cleanup) {
  record::Workspace& workspace = context.workspace();
  require_tickable(loaded);
  require_nothing_outside(loaded, planned.plan);
  require_approval(context, loaded, planned);
  const std::string line = work::commit_list(workspace, loaded);
  if (!line.empty()) context.out.print("{}\n", line);
  const ui::ShownFeature shown{loaded.feature.name, loaded.list, planned.chosen, planned.done};
  auto items = record::task_items(loaded.feature, loaded.list, loaded.text);
  request.feature = loaded.feature.list;
  request.choice.tasks = work::chosen_tasks(loaded, feature, planned.plan, items);
  if (request.choice.tasks->empty()) {
    announce(context, loaded, planned, shown, "");
    const bool is_done = shown.done.size() == shown.chosen.size();
    context.out.print("{}\n", is_done ? "nothing is left to do" : "nothing of the rest can be run");
    return can_all_run(planned.plan) ? 0 : 1;
  }
  const record::Snapshot snapshot = record::take_snapshot(workspace, std::move(items));
  work::require_own_ids(workspace, snapshot, loaded, *request.choice.tasks);
  const work::Plan plan = work::make_plan(workspace, snapshot, request);
  announce(context, loaded, planned, shown, most_at_once(plan.selection, plan.agents, request.max));
  if (plan.selection.jobs.empty()) return say_hindered(context, loaded, plan.selection.left_out);
  return run_tasks(context, {loaded, planned, shown, command_of(loaded, feature)}, plan, snapshot,
                   cleanup);
}

int show_dry(Context& context, const work::FeatureRequest& feature,
             const work::LoadedFeature& loaded, const work::FeaturePlan& planned,
             work::Request request) {
  record::Workspace& workspace = context.workspace();
  print_feature_plan(context, loaded, planned, Detail::normal);
  print_approval(context, work::permission_of(workspace, loaded));
  auto items = record::task_items(loaded.feature, loaded.list, loaded.text);
  request.choice.tasks = work::chosen_tasks(loaded, feature, planned.plan, items);
  const auto agents = work::available_agents(workspace.config());
  const record::Snapshot snapshot = record::take_snapshot(workspace, std::move(items));
  work::require_own_ids(workspace, snapshot, loaded, *request.choice.tasks);
  const work::Selection selection = work::select(snapshot, request.choice, agents);
  if (!selection.jobs.empty()) {
    context.out.print("Agents: {}\n", most_at_once(selection, agents, request.max));
  }
  (void)say_hindered(context, loaded, selection.left_out);
  return can_all_run(planned.plan) && selection.left_out.empty() ? 0 : 1;
}

}  // namespace

int work_feature(Context& context, const work::FeatureRequest& feature, work::Request request,
                 DryRun dry_run, Cleanup cleanup) {
  record::Workspace& workspace = context.workspace(git::Use::heavy);
  const bool dry = dry_run == DryRun::yes;
  const record::Snapshot before =
      context.snapshot(git::Use::heavy, dry ? Context::Sweep::no : Context::Sweep::yes);
  if (!dry && !before.target_tip.empty()) {
    const record::Settled settled = record::settle_tasks(workspace, before.target_tip);
    for (const std::string& line : settled.lines) context.err.print("{}\n", line);
  }
  work::LoadedFeature loaded = work::load_feature(workspace, feature);
  const work::FeaturePlan planned = work::plan_feature(loaded, feature, before);
  if (dry) return show_dry(context, feature, loaded, planned, std::move(request));
  return work_loaded(context, feature, std::move(loaded), planned, std::move(request), cleanup);
}

}  // namespace chant::cmd
