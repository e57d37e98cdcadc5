#include "work/run.h"

#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "process/loop.h"
#include "record/names.h"
#include "record/new_specs.h"
#include "sched/drive.h"
#include "util/error.h"
#include "util/text.h"
#include "util/time.h"
#include "work/attempt.h"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <deque>
#include <memory>

namespace chant::work {
namespace {

// Runs attempts on the loop for the scheduler.
class LoopRunner : public sched::Runner {
 public:
  LoopRunner(Scene& scene, const Plan& plan) : scene_(scene), plan_(plan) {
    scene_.loop.on_signal([this](int signal, int count) { interrupt(signal, count); });
  }

  void start(const sched::Start& start) override {
    Task task{start.id, start.agent, {}};
    const auto dependencies = plan_.selection.dependencies.find(start.id);
    if (dependencies != plan_.selection.dependencies.end()) {
      task.dependencies = dependencies->second;
    }
    auto& attempt = attempts_[start.id];
    attempt = std::make_unique<Attempt>(
        scene_, std::move(task),
        [this, id = start.id](sched::Ending ending, sched::EndedSpec ended) {
          ended_.push_back(std::move(ended));
          happened_.emplace_back(sched::Finished{id, ending});
        });
    attempt->begin();
  }

  sched::Happening wait() override {
    while (happened_.empty()) scene_.loop.run_once();
    sched::Happening next = happened_.front();
    happened_.pop_front();
    return next;
  }

  std::set<std::string> done_outside(const std::set<std::string>& ids) override {
    std::set<std::string> done;
    git::Store& store = scene_.workspace.store();
    const auto tip = store.find_ref(scene_.target);
    for (const std::string& id : ids) {
      const std::string path = record::spec_path(id);
      auto text = tip ? git::find_blob(store, *tip, path) : std::nullopt;
      if (!text) continue;
      const spec::Spec spec = spec::parse_spec(id, std::move(*text), path);
      if (spec.status == "completed" || spec.status == "cancelled") done.insert(id);
    }
    return done;
  }

  std::vector<sched::EndedSpec> take_ended() { return std::move(ended_); }
  [[nodiscard]] int signal() const { return signal_; }

 private:
  void interrupt(int signal, int count) {
    signal_ = signal;
    if (count >= 3) _exit(128 + signal);
    scene_.stopping = true;
    scene_.events.stopping(count > 1);
    if (count == 1) happened_.emplace_back(sched::Interrupted{});
    const auto force = count > 1 ? process::Loop::Force::now : process::Loop::Force::ask;
    for (auto& [id, attempt] : attempts_) attempt->stop(force);
  }

  Scene& scene_;
  const Plan& plan_;
  std::map<std::string, std::unique_ptr<Attempt>> attempts_;
  std::deque<sched::Happening> happened_;
  std::vector<sched::EndedSpec> ended_;
  int signal_ = 0;
};

std::unique_ptr<land::Gate> make_gate(Scene& scene) {
  const config::Config& config = scene.workspace.config();
  const config::Reconcile& reconcile = config.reconcile;
  if (reconcile.gate.line.empty()) return nullptr;
  land::GateOptions options;
  options.command = reconcile.gate.line;
  options.time_limit = reconcile.gate_timeout;
  options.grace = config.grace;
  options.operation = scene.operation;
  options.logs = scene.workspace.repository().chant_dir() / "logs/reconcile" / scene.operation;
  options.target = scene.target;
  options.exclusively = [&lane = scene.lane](const std::function<void()>& step) {
    lane.enter([&lane, step] {
      step();
      lane.leave();
    });
  };
  return std::make_unique<land::Gate>(scene.workspace, scene.loop, std::move(options));
}

// So that every worktree has them.
void commit_new_specs(record::Workspace& workspace, const record::Snapshot& snapshot,
                      const Plan& plan, sched::Events& events) {
  std::vector<std::string> ids;
  for (const sched::Job& job : plan.selection.jobs) {
    if (snapshot.states.at(job.id).state != spec::State::finished) ids.push_back(job.id);
  }
  const std::string line = record::commit_new_specs(workspace, snapshot, ids);
  if (!line.empty()) events.note("", line);
}

void report_skipped(const sched::Queue& queue, const Plan& plan, sched::Events& events,
                    std::vector<sched::EndedSpec>& ended) {
  std::vector<sched::Skip> skipped = queue.skipped();
  skipped.insert(skipped.end(), plan.selection.left_out.begin(), plan.selection.left_out.end());
  for (const sched::Skip& skip : skipped) {
    ended.push_back({skip.id, sched::EndedSpec::Kind::skipped, "", "", skip.reason,
                     "git chant show " + skip.id});
    events.ended(ended.back());
  }
}

}  // namespace

RunResult run(record::Workspace& workspace, const record::Snapshot& snapshot, const Plan& plan,
              sched::Events& events) {
  const auto began = std::chrono::steady_clock::now();
  // From the start: neither a signal nor a reader that goes away ends us half-way.
  process::Loop loop;
  git::heal_worktrees(workspace.repository());
  commit_new_specs(workspace, snapshot, plan, events);
  const config::TrustStore trust(workspace.repository().common_dir);
  Scene scene(workspace, loop, events, trust);
  scene.target = plan.target;
  scene.mode = plan.request.choice.mode;
  scene.place = plan.request.place;
  scene.landing = plan.request.landing;
  scene.prompt = plan.prompt;
  scene.prompts = plan.prompts;
  for (const config::Agent& agent : plan.agents) scene.agents[agent.name] = agent;
  if (plan.request.lands()) scene.gate = make_gate(scene);
  scene.run = workspace.journal().begin_run(plan.request.parallel ? "parallel" : "sequential");
  events.began({plan.selection.jobs.size(), plan.request.parallel});
  sched::Queue queue = plan.queue();
  RunResult result;
  {
    LoopRunner runner(scene, plan);
    result.summary.interrupted = sched::drive(queue, runner);
    result.summary.specs = runner.take_ended();
    result.signal = runner.signal();
  }
  report_skipped(queue, plan, events, result.summary.specs);
  workspace.journal().end_run(scene.run);
  result.summary.elapsed_ms =
      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began).count();
  events.summary(result.summary);
  return result;
}

}  // namespace chant::work
