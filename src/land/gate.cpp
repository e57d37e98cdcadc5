#include "land/gate.h"

#include "git/guard.h"
#include "land/gate_run.h"
#include "land/pool.h"
#include "land/ref_watch.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/file.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace chant::land {
namespace {

struct Job {
  std::string commit;
  std::string tree;
  Gate::Done done;
  Verdict verdict;
  bool was_red = false;
  bool suspect = false;  // something was changed while it and others ran
  bool alone = false;    // is to run while nothing else does
  bool stopping = false;
  std::shared_ptr<GateRun> run;
};

std::string tree_of(record::Workspace& workspace, const std::string& commit) {
  const auto object = workspace.store().find_object(commit);
  constexpr std::string_view kTree = "tree ";
  if (!object || object->type != "commit" || object->content.compare(0, kTree.size(), kTree) != 0) {
    fail("there is no commit '{}' to test", commit);
  }
  return object->content.substr(kTree.size(), object->content.find('\n') - kTree.size());
}

}  // namespace

std::size_t gate_slots(int jobs) {
  constexpr long kMost = 4;
  if (jobs > 0) return static_cast<std::size_t>(jobs);
  return static_cast<std::size_t>(std::clamp(sysconf(_SC_NPROCESSORS_ONLN) / 2, 1L, kMost));
}

struct Gate::State : std::enable_shared_from_this<State> {
  State(record::Workspace& in, process::Loop& on, GateOptions with)
      : workspace(in),
        loop(on),
        options(std::move(with)),
        pool(in),
        guard(in.repository()),
        refs(in) {}

  Id add(const std::string& commit, Done done);
  void stop(Id id);
  void end_soon(Id id);
  void fill();
  void begin(Id id);
  void launch(Id id);
  void ended(Id id, Slot slot, const GateResult& result);
  void suspect_all();
  void settle(Id id);
  void remember(const Job& job);
  [[nodiscard]] std::size_t in_use() const;
  [[nodiscard]] bool may_begin(const Job& job) const;
  [[nodiscard]] std::filesystem::path free_log(const std::string& commit) const;

  record::Workspace& workspace;
  process::Loop& loop;
  GateOptions options;
  Pool pool;
  git::Guard guard;
  RefWatch refs;
  std::map<Id, Job> jobs;
  std::deque<Id> waiting;
  std::vector<Slot> idle;
  Id last_id = 0;
};

Gate::Id Gate::State::add(const std::string& commit, Done done) {
  const Id id = ++last_id;
  Job job;
  job.commit = commit;
  job.tree = tree_of(workspace, commit);
  job.done = std::move(done);
  const auto known = workspace.journal().find_verdict(job.tree, options.command, options.operation);
  if (known) {
    job.verdict.green = known->green;
    job.verdict.why = known->why;
    job.verdict.log = known->log;
    job.verdict.cached = true;
  }
  jobs.emplace(id, std::move(job));
  if (known) {
    end_soon(id);
  } else {
    waiting.push_back(id);
    fill();
  }
  return id;
}

void Gate::State::stop(Id id) {
  const auto found = jobs.find(id);
  if (found == jobs.end() || found->second.stopping) return;
  found->second.stopping = true;
  if (found->second.run) return found->second.run->stop();
  const auto place = std::find(waiting.begin(), waiting.end(), id);
  if (place == waiting.end()) return;  // it has its verdict
  waiting.erase(place);
  end_soon(id);
}

void Gate::State::end_soon(Id id) {
  loop.soon([weak = weak_from_this(), id] {
    if (const auto state = weak.lock()) state->settle(id);
  });
}

std::size_t Gate::State::in_use() const {
  return static_cast<std::size_t>(std::count_if(
      jobs.begin(), jobs.end(), [](const auto& entry) { return entry.second.run != nullptr; }));
}

bool Gate::State::may_begin(const Job& job) const {
  const std::size_t running = in_use();
  if (running >= std::max<std::size_t>(1, options.slots)) return false;
  if (running == 0) return true;
  return !job.alone && std::none_of(jobs.begin(), jobs.end(), [](const auto& entry) {
    return entry.second.run != nullptr && entry.second.alone;
  });
}

void Gate::State::fill() {
  while (!waiting.empty() && may_begin(jobs.at(waiting.front()))) {
    const Id id = waiting.front();
    waiting.pop_front();
    begin(id);
  }
}

// A file of its own for each run, also of an operation that was interrupted and goes on.
std::filesystem::path Gate::State::free_log(const std::string& commit) const {
  make_private_directories(options.logs);
  constexpr std::size_t kShort = 12;
  for (int n = 1;; ++n) {
    const std::filesystem::path path =
        options.logs / fmt::format("gate-{}.{}.log", commit.substr(0, kShort), n);
    if (make_file(path, "", 0600)) return path;
  }
}

void Gate::State::begin(Id id) {
  const auto step = [weak = weak_from_this(), id] {
    const auto state = weak.lock();
    if (!state || state->jobs.count(id) == 0) return;
    Job& job = state->jobs.at(id);
    try {
      if (!job.stopping) return state->launch(id);
    } catch (const Error& error) {
      job.verdict.error = error.what();
    }
    state->end_soon(id);
  };
  if (!options.exclusively) return step();
  options.exclusively(step);
}

void Gate::State::launch(Id id) {
  Job& job = jobs.at(id);
  if (idle.empty()) idle.push_back(pool.take(job.commit));
  Slot slot = std::move(idle.back());
  idle.pop_back();
  ++job.verdict.runs;
  job.verdict.log = free_log(job.commit);
  const auto weak = weak_from_this();
  const auto changed = [weak] {
    if (const auto state = weak.lock()) state->suspect_all();
  };
  const auto done = [weak, id](Slot used, const GateResult& result) {
    if (const auto state = weak.lock()) state->ended(id, std::move(used), result);
  };
  job.run = std::make_shared<GateRun>(
      GateRun::Scene{workspace, loop, pool, guard, refs, options, changed}, std::move(slot),
      job.commit, job.verdict.log, done);
  job.run->begin();
}

void Gate::State::ended(Id id, Slot slot, const GateResult& result) {
  idle.push_back(std::move(slot));
  Job& job = jobs.at(id);
  job.run.reset();
  job.verdict.why = result.why;
  job.verdict.green = result.green;
  if (job.stopping) {
    if (result.green && !job.suspect) remember(job);
    settle(id);
  } else if (job.suspect) {
    job.suspect = false;
    job.alone = true;
    waiting.push_front(id);
  } else if (!result.green && !job.was_red && !result.wrote && !result.tampered) {
    job.was_red = true;
    waiting.push_front(id);
  } else {
    job.verdict.flaky = result.green && job.was_red;
    remember(job);
    settle(id);
  }
  fill();
}

// Whoever ran may have done it, unless it ran alone.
void Gate::State::suspect_all() {
  if (in_use() < 2) return;
  for (auto& [id, job] : jobs) job.suspect = job.suspect || job.run != nullptr;
}

void Gate::State::settle(Id id) {
  auto job = jobs.extract(id);
  if (job.empty()) return;
  Verdict verdict = job.mapped().verdict;
  verdict.stopped = job.mapped().stopping && !verdict.cached;
  if (verdict.stopped) verdict.green = false;
  job.mapped().done(verdict);
}

// A verdict that cannot be remembered is found again.
void Gate::State::remember(const Job& job) {
  try {
    workspace.journal().set_verdict({job.tree, options.command, options.operation,
                                     job.verdict.green, job.verdict.why, job.verdict.log.string(),
                                     0});
    fault_point("a verdict remembered");
  } catch (const Error&) {
    return;
  }
}

Gate::Gate(record::Workspace& workspace, process::Loop& loop, GateOptions options)
    : state_(std::make_shared<State>(workspace, loop, std::move(options))) {}

Gate::~Gate() {
  for (auto& [id, job] : state_->jobs) {
    if (job.run) job.run->abandon();
  }
}

Gate::Id Gate::start(const std::string& commit, const std::string& /*label*/, Done done) {
  return state_->add(commit, std::move(done));
}

void Gate::stop(Id id) { state_->stop(id); }

void Gate::stop_all() {
  std::vector<Id> ids;
  for (const auto& [id, job] : state_->jobs) ids.push_back(id);
  for (const Id id : ids) state_->stop(id);
}

std::size_t Gate::running() const { return state_->jobs.size(); }

}  // namespace chant::land
