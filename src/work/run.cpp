#include "work/run.h"

#include "git/baseline.h"
#include "git/run.h"
#include "git/tree.h"
#include "git/worktree.h"
#include "process/loop.h"
#include "record/names.h"
#include "record/new_specs.h"
#include "record/operations.h"
#include "record/task.h"
#include "sched/drive.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/time.h"
#include "work/attempt.h"
#include "work/scratch.h"
#include "work/slots.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>

namespace chant::work {
namespace {

// The refs that runs move, told from those that agents must not. Which process moved one nobody
// knows, other runs work here too, but what it means is known: the target goes forward, and the
// branch of a spec that nobody works on goes only when what it was is kept.
class OwnRefs {
 public:
  explicit OwnRefs(Scene& scene) : scene_(scene) {
    for (const auto mode : {config::BranchMode::direct, config::BranchMode::branch}) {
      prefixes_.push_back(record::branch_ref(scene_.workspace.config(), mode, ""));
    }
    if (scene_.place == Place::worktree) scene_.watch.lands_on(scene_.target);
  }

  bool is_ours(const std::string& ref) {
    // An agent in the user's checkout may be on the target itself.
    if (ref == scene_.target) {
      const bool right = is_target_right();
      is_told_ = is_told_ || !right;
      return right || scene_.place == Place::checkout;
    }
    if (ref.starts_with("refs/chant/")) return true;
    for (const std::string& prefix : prefixes_) {
      if (prefix == "refs/heads/" || !ref.starts_with(prefix)) continue;
      return is_as_it_should_be(ref, ref.substr(prefix.size()));
    }
    return false;
  }

  // After an attempt: its branch, and what it landed. A target that went elsewhere stays unknown
  // until it was told, and is not told again.
  void accept(const std::string& id) {
    for (const std::string& prefix : prefixes_) accept_ref(prefix + id);
    if (is_told_ || is_target_right()) accept_ref(scene_.target);
    is_told_ = false;
  }

 private:
  void accept_ref(const std::string& ref) {
    const std::string is = scene_.workspace.store().find_ref(ref).value_or("");
    if (is != scene_.watch.known(ref)) scene_.watch.accept(ref, is);
  }

  // It went forward, or somebody has taken a landing back.
  bool is_target_right() {
    if (scene_.watch.is_kept(scene_.target)) return true;
    const auto is = scene_.workspace.store().find_ref(scene_.target);
    for (const record::Operation& newest : record::operations(scene_.workspace, 1)) {
      for (const record::RefMove& move : newest.moves) {
        if (move.ref == scene_.target && is && move.after == *is) return true;
      }
    }
    return false;
  }

  bool is_as_it_should_be(const std::string& ref, const std::string& id) {
    const git::Repository& repository = scene_.workspace.repository();
    if (scene_.watch.is_kept(ref) || is_locked(record::claim_path(repository, id))) return true;
    git::Store& store = scene_.workspace.store();
    const std::string seal = record::kept_ref(id, "tip"), was = scene_.watch.known(ref);
    const auto keepers = store.refs({record::kept_ref(id, ""), scene_.target, "refs/chant/ops"});
    return std::any_of(keepers.begin(), keepers.end(), [&](const git::Ref& keeper) {
      return keeper.name != seal && store.is_ancestor(was, keeper.oid);
    });
  }

  Scene& scene_;
  std::vector<std::string> prefixes_;
  bool is_told_ = false;
};

// Runs attempts on the loop for the scheduler.
class LoopRunner : public sched::Runner {
 public:
  LoopRunner(Scene& scene, const Plan& plan, Slots& slots, OwnRefs& own_refs)
      : scene_(scene), plan_(plan), slots_(slots), own_refs_(own_refs) {
    scene_.loop.on_signal([this](int signal, int count) { interrupt(signal, count); });
    for (const sched::Job& job : plan.selection.jobs) {
      if (!job.lane.empty()) lane_of_[job.id] = job.lane;
    }
  }
  LoopRunner(const LoopRunner&) = delete;
  LoopRunner& operator=(const LoopRunner&) = delete;
  ~LoopRunner() override { scene_.loop.on_signal({}); }

  void start(const sched::Start& start) override {
    if (is_closed_elsewhere(start)) return;
    Task task{start.id, start.agent, {}, std::move(earlier_[start.id])};
    const auto lane = lane_of_.find(start.id);
    if (lane != lane_of_.end()) {
      task.lane = lane->second;
      task.before = lanes_[task.lane];
    }
    const auto dependencies = plan_.selection.dependencies.find(start.id);
    if (dependencies != plan_.selection.dependencies.end()) {
      task.dependencies = dependencies->second;
    }
    auto& attempt = attempts_[start.id];
    attempt = std::make_unique<Attempt>(scene_, std::move(task),
                                        [this](AttemptEnd end) { note_end(std::move(end)); });
    attempt->begin();
  }

  [[nodiscard]] std::int64_t now() const override { return now_ms(); }

  sched::Happening wait(std::optional<std::int64_t> until,
                        const std::vector<std::string>& agents) override {
    std::optional<process::Loop::Id> timer;
    // What has happened comes first, whatever the time.
    bool woken = false;
    const auto wake = [&woken] { woken = true; };
    if (happened_.empty() && until && *until != sched::kForGood) {
      const std::int64_t delay = std::clamp<std::int64_t>(*until - now(), 0, kLongestTimer);
      timer = scene_.loop.after(Milliseconds{delay}, wake);
    }
    if (happened_.empty() && !agents.empty()) slots_.when_free(scene_.loop, agents, wake);
    while (happened_.empty() && !woken) scene_.loop.run_once();
    if (timer) scene_.loop.cancel(*timer);
    slots_.stop_waiting();
    if (happened_.empty()) return sched::Woken{};
    sched::Happening next = std::move(happened_.front());
    happened_.pop_front();
    return next;
  }

  std::set<std::string> done_outside(const std::set<std::string>& ids) override {
    std::set<std::string> done;
    git::Store& store = scene_.workspace.store();
    const auto tip = store.find_ref(scene_.target);
    record::Boxes boxes(scene_.workspace, tip.value_or(""));
    for (const std::string& id : ids) {
      if (const auto source = scene_.source_of(id)) {
        if (boxes.is_done(*source)) done.insert(id);
        continue;
      }
      const std::string path = record::spec_path(id);
      auto text = tip ? git::find_blob(store, *tip, path) : std::nullopt;
      if (!text) continue;
      const spec::Spec spec = spec::parse_spec(id, std::move(*text), path);
      if (spec.status == "completed" || spec.status == "cancelled") done.insert(id);
    }
    return done;
  }

  void all_closed(std::int64_t until, const std::string& reason) override {
    scene_.events.waiting(until, reason);
  }

  std::vector<sched::EndedSpec> take_ended() { return std::move(ended_); }

  // What another run has done by now is done.
  void recheck_skipped(std::vector<sched::EndedSpec>& specs) {
    std::set<std::string> skipped;
    for (const sched::EndedSpec& spec : specs) {
      if (spec.kind == sched::EndedSpec::Kind::skipped) skipped.insert(spec.id);
    }
    if (skipped.empty()) return;
    const std::set<std::string> done = done_outside(skipped);
    for (sched::EndedSpec& spec : specs) {
      if (done.count(spec.id) == 0 || spec.exit_class == "ok") continue;
      spec.exit_class = "ok";
      spec.reason = "completed meanwhile by another run";
      spec.next.clear();
    }
  }
  [[nodiscard]] const sched::Usage& usage() const { return usage_; }
  [[nodiscard]] int signal() const { return signal_; }

 private:
  static constexpr std::int64_t kLongestTimer = 24LL * 3600 * 1000;

  // Another process may have learnt of a limit meanwhile.
  bool is_closed_elsewhere(const sched::Start& start) {
    for (const journal::Account& account : scene_.workspace.journal().accounts()) {
      if (account.agent != start.agent || account.closed_until <= now()) continue;
      sched::Finished finished;
      finished.id = start.id;
      finished.agent = start.agent;
      finished.again = sched::Again{};
      finished.account = sched::Finished::Account::closed;
      finished.closed_until = account.closed_until;
      finished.reason = account.reason;
      happened_.emplace_back(std::move(finished));
      return true;
    }
    return false;
  }

  void note_end(AttemptEnd end) {
    own_refs_.accept(end.finished.id);
    if (end.ended) ended_.push_back(std::move(*end.ended));
    if (end.continuation) earlier_[end.finished.id] = std::move(end.continuation);
    const auto lane = lane_of_.find(end.finished.id);
    if (lane != lane_of_.end()) lanes_[lane->second] = std::move(end.seat);
    if (end.tokens >= 0) {
      usage_.tokens += end.tokens;
      usage_.tokens_known = true;
    }
    if (end.cost_micros >= 0) {
      usage_.cost_micros += end.cost_micros;
      usage_.cost_known = true;
    }
    happened_.emplace_back(std::move(end.finished));
    const std::string spent = spent_budget();
    if (spent.empty() || is_spent_) return;
    is_spent_ = true;
    scene_.events.note("", spent + ": nothing more is started");
    happened_.emplace_back(sched::Spent{spent});
  }

  [[nodiscard]] std::string spent_budget() const {
    const config::Config& config = scene_.workspace.config();
    const auto most_tokens =
        plan_.request.max_tokens ? plan_.request.max_tokens : config.max_tokens;
    const auto most_cost = plan_.request.max_cost ? plan_.request.max_cost : config.max_cost;
    if (most_tokens && usage_.tokens >= *most_tokens) {
      return fmt::format("{} tokens of {} are used", usage_.tokens, *most_tokens);
    }
    const double cost = static_cast<double>(usage_.cost_micros) / 1e6;
    if (most_cost && cost >= *most_cost) {
      return fmt::format("${:.2f} of ${:.2f} are spent", cost, *most_cost);
    }
    return "";
  }

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
  Slots& slots_;
  OwnRefs& own_refs_;
  std::map<std::string, std::unique_ptr<Attempt>> attempts_;
  std::map<std::string, std::unique_ptr<Continuation>> earlier_;
  std::map<std::string, std::string> lane_of_;        // by id
  std::map<std::string, std::optional<Seat>> lanes_;  // where the last one of each was
  std::deque<sched::Happening> happened_;
  std::vector<sched::EndedSpec> ended_;
  sched::Usage usage_;
  bool is_spent_ = false;
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
    lane.pass(step);
  };
  return std::make_unique<land::Gate>(scene.workspace, scene.loop, std::move(options));
}

// So that every worktree has them.
void commit_new_specs(record::Workspace& workspace, const record::Snapshot& snapshot,
                      const Plan& plan, sched::Events& events) {
  std::vector<std::string> ids;
  for (const sched::Job& job : plan.selection.jobs) {
    const bool is_task = snapshot.items.at(job.id).spec.source.has_value();
    const bool finished = snapshot.states.at(job.id).state == spec::State::finished;
    if (!is_task && !finished) ids.push_back(job.id);
  }
  const std::string line = record::commit_new_specs(workspace, snapshot, ids);
  if (!line.empty()) events.note("", line);
}

void report_skipped(const sched::Queue& queue, const Plan& plan, sched::Events& events,
                    std::vector<sched::EndedSpec>& ended) {
  std::vector<sched::Skip> skipped = queue.skipped();
  skipped.insert(skipped.end(), plan.selection.left_out.begin(), plan.selection.left_out.end());
  // A task that was not started is no spec.
  const std::string& feature = plan.request.feature;
  for (const sched::Skip& skip : skipped) {
    ended.push_back({skip.id, sched::EndedSpec::Kind::skipped, "", "", skip.reason,
                     feature.empty() ? "git chant show " + skip.id
                                     : "git chant plan " + shell_quoted(feature)});
    events.ended(ended.back());
  }
}

void add_tasks(Scene& scene, const Request& request) {
  if (!request.choice.tasks) return;
  for (const FeatureTask& task : *request.choice.tasks) {
    scene.tasks[task.id] = task.text;
    scene.values[task.id] = task.values;
  }
}

const char* mode_of(const Request& request) {
  if (request.choice.tasks) return "feature";
  return request.parallel ? "parallel" : "sequential";
}

}  // namespace

RunResult run(record::Workspace& workspace, const record::Snapshot& snapshot, const Plan& plan,
              process::Loop& loop, sched::Events& events) {
  const auto began = std::chrono::steady_clock::now();
  (void)clear_scratch(workspace.repository());
  git::heal_worktrees(workspace.repository());
  commit_new_specs(workspace, snapshot, plan, events);
  const config::TrustStore trust(workspace.repository().common_dir);
  Scene scene(workspace, loop, events, trust);
  scene.target = plan.target;
  scene.mode = plan.request.choice.mode;
  scene.place = plan.request.place;
  scene.landing = plan.request.landing;
  scene.parallel = plan.request.parallel;
  scene.prompt = plan.prompt;
  scene.prompts = plan.prompts;
  OwnRefs own_refs(scene);
  scene.is_ours = [&own_refs](const std::string& ref) { return own_refs.is_ours(ref); };
  add_tasks(scene, plan.request);
  for (const config::Agent& agent : plan.agents) scene.agents[agent.name] = agent;
  if (plan.request.lands()) scene.gate = make_gate(scene);
  if (scene.place == Place::checkout) scene.watch.leave_main();
  git::save_baseline(workspace.repository(), scene.guard, scene.watch);
  RunResult result;
  result.run = workspace.journal().begin_run(mode_of(plan.request));
  scene.run = result.run;
  events.began({plan.selection.jobs.size(), plan.request.parallel});
  Slots slots(workspace.repository(), plan.agents, workspace.config().total_max);
  sched::Queue queue = plan.queue(workspace.journal().accounts(), &slots);
  {
    LoopRunner runner(scene, plan, slots, own_refs);
    const auto when_closed = plan.request.wait ? sched::WhenClosed::wait : sched::WhenClosed::end;
    result.summary.interrupted = sched::drive(queue, runner, when_closed);
    result.summary.specs = runner.take_ended();
    result.summary.usage = runner.usage();
    result.signal = runner.signal();
    report_skipped(queue, plan, events, result.summary.specs);
    runner.recheck_skipped(result.summary.specs);
  }
  workspace.journal().end_run(scene.run);
  result.planted = !scene.guard.changes().empty();
  // What is kept is for git chant doctor.
  if (scene.foreign.empty() && !result.planted) {
    git::remove_baseline(workspace.repository());
  } else {
    git::save_baseline(workspace.repository(), scene.guard, scene.watch);
  }
  result.summary.elapsed_ms =
      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - began).count();
  events.summary(result.summary);
  return result;
}

}  // namespace chant::work
