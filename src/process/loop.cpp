#include "process/loop.h"

#include "process/job.h"
#include "process/signals.h"
#include "util/error.h"

#include <algorithm>
#include <map>
#include <utility>

namespace chant::process {

struct Loop::State {
  SigpipeIgnored no_sigpipe;
  SignalWait signals{SIGINT, SIGTERM, SIGHUP, SIGCHLD};
  Queue queue;  // callbacks that are due
  struct Timer {
    Id id = 0;
    Action action;
  };
  std::multimap<Clock::time_point, Timer> timers;
  std::map<Id, std::unique_ptr<Job>> jobs;
  Id last_id = 0;
  std::function<void(int, int)> on_signal;
  int signal_count = 0;

  [[nodiscard]] Deadline next_deadline() const;
  void wait_and_transfer();
  void note_signals();
  void note_exits();
  void note_timers();
  void run_queue();
};

Deadline Loop::State::next_deadline() const {
  if (!queue.empty()) return Clock::now();
  Deadline next;
  if (!timers.empty()) next = timers.begin()->first;
  for (const auto& [id, job] : jobs) next = earlier(next, job->deadline());
  return next;
}

void Loop::State::wait_and_transfer() {
  std::vector<pollfd> fds;
  std::vector<std::pair<Job*, std::size_t>> ends;  // where the descriptors of each job end
  for (const auto& [id, job] : jobs) {
    job->watch(fds);
    ends.emplace_back(job.get(), fds.size());
  }
  signals.wait(fds, next_deadline());
  auto first = fds.begin();
  for (const auto& [job, end] : ends) {
    const auto last = fds.begin() + static_cast<std::ptrdiff_t>(end);
    if (std::any_of(first, last, [](const pollfd& fd) { return fd.revents != 0; })) {
      job->transfer();
    }
    first = last;
  }
}

void Loop::State::note_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    for (int left = take_signals(signal); left > 0; --left) {
      const int count = ++signal_count;
      queue.emplace_back([this, signal, count] {
        if (on_signal) on_signal(signal, count);
      });
    }
  }
}

void Loop::State::note_exits() {
  const bool child_ended = take_signals(SIGCHLD) > 0;
  for (auto entry = jobs.begin(); entry != jobs.end();) {
    Job& job = *entry->second;
    if (child_ended || passed(job.deadline())) job.note_exit();
    const bool finished = job.finished();
    if (finished) job.complete();
    entry = finished ? jobs.erase(entry) : std::next(entry);
  }
}

void Loop::State::note_timers() {
  while (!timers.empty() && passed(timers.begin()->first)) {
    queue.push_back(std::move(timers.begin()->second.action));
    timers.erase(timers.begin());
  }
}

// What a callback adds waits for the next turn; what an exception leaves undone, too.
void Loop::State::run_queue() {
  for (std::size_t left = queue.size(); left > 0; --left) {
    const Action action = std::move(queue.front());
    queue.pop_front();
    action();
  }
}

Loop::Loop() : state_(std::make_unique<State>()) {}

// All are told to end before the first is waited for.
Loop::~Loop() {
  for (const auto& [id, job] : state_->jobs) job->stop(Force::now);
}

Loop::Id Loop::start(const Command& command, std::string input, Done done) {
  const Id id = ++state_->last_id;
  try {
    auto job = std::make_unique<ShortJob>(command, std::move(input), done, state_->queue);
    state_->jobs.emplace(id, std::move(job));
  } catch (const Error& error) {
    soon([done = std::move(done), reason = std::string(error.what())] {
      done(Result{Exited{127}, {}, reason});
    });
  }
  return id;
}

Loop::Id Loop::supervise(Supervised supervised) {
  const Id id = ++state_->last_id;
  const auto what = std::make_shared<const Supervised>(std::move(supervised));
  try {
    auto job = std::make_unique<SupervisedJob>(what, state_->queue);
    state_->jobs.emplace(id, std::move(job));
  } catch (const Error& error) {
    soon([what, reason = std::string(error.what())] {
      if (what->error) what->error(reason);
      if (what->done) what->done(Exited{127}, 0);
    });
  }
  return id;
}

void Loop::stop(Id id, Force force) {
  const auto found = state_->jobs.find(id);
  if (found != state_->jobs.end()) found->second->stop(force);
}

Loop::Id Loop::after(Milliseconds delay, Action action) {
  const Id id = ++state_->last_id;
  state_->timers.emplace(Clock::now() + delay, State::Timer{id, std::move(action)});
  return id;
}

void Loop::cancel(Id id) {
  std::erase_if(state_->timers, [id](const auto& timer) { return timer.second.id == id; });
}

void Loop::soon(Action action) { state_->queue.push_back(std::move(action)); }

Loop::OnSignal Loop::on_signal(OnSignal action) {
  return std::exchange(state_->on_signal, std::move(action));
}

bool Loop::idle() const {
  return state_->jobs.empty() && state_->timers.empty() && state_->queue.empty();
}

void Loop::run_once() {
  if (idle()) return;
  state_->wait_and_transfer();
  state_->note_signals();
  state_->note_exits();
  state_->note_timers();
  state_->run_queue();
}

}  // namespace chant::process
