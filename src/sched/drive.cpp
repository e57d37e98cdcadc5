#include "sched/drive.h"

namespace chant::sched {
namespace {

class Driver {
 public:
  Driver(Queue& queue, Runner& runner, WhenClosed when_closed)
      : queue_(queue), runner_(runner), when_closed_(when_closed) {}

  bool run() {
    while (true) {
      const std::int64_t now = start_all();
      const auto change = queue_.next_change(now);
      if (queue_.running() == 0) {
        if (!change) return interrupted_;
        if (queue_.all_closed(now) && !wait_for_accounts(*change, now)) return interrupted_;
      }
      learn(runner_.wait(change, queue_.wanted(now)));
    }
  }

 private:
  // Returns the time at which nothing more could start.
  std::int64_t start_all() {
    while (true) {
      const std::int64_t now = runner_.now();
      const auto start = queue_.take(now);
      if (!start) return now;
      runner_.start(*start);
    }
  }

  // Returns false when the run is to end instead.
  bool wait_for_accounts(std::int64_t until, std::int64_t now) {
    if (told_until_ != until) runner_.all_closed(until, queue_.accounts().closings({}, now));
    told_until_ = until;
    return when_closed_ == WhenClosed::wait;
  }

  // All that has happened by now, before anything is started: an account that a later one of these
  // closes must not get a job that an earlier one makes ready.
  void learn(Happening happening) {
    while (!std::holds_alternative<Woken>(happening)) {
      if (const auto* finished = std::get_if<Finished>(&happening)) {
        end(*finished);
      } else if (const auto* spent = std::get_if<Spent>(&happening)) {
        queue_.close(spent->reason);
      } else {
        interrupted_ = true;
        queue_.close();
      }
      happening = runner_.wait(runner_.now(), {});
    }
    const std::set<std::string> outside = queue_.outside();
    if (outside.empty()) return;
    for (const std::string& id : runner_.done_outside(outside)) queue_.satisfy(id);
  }

  void end(const Finished& finished) {
    note_account(finished);
    if (finished.again) {
      queue_.requeue(finished.id, *finished.again);
    } else {
      queue_.finish(finished.id, finished.ending);
    }
  }

  void note_account(const Finished& finished) {
    using Account = Finished::Account;
    const std::string& agent = finished.agent;
    if (finished.account == Account::none) return;
    if (finished.account == Account::well) return queue_.speed_up(agent);
    // Several that ran at once meet the same limit: it counts once.
    const bool is_open = queue_.accounts().closed_until(agent) <= runner_.now();
    if (finished.account == Account::limited && is_open) queue_.slow_down(agent);
    queue_.close_account(agent, finished.closed_until, finished.reason);
  }

  Queue& queue_;
  Runner& runner_;
  WhenClosed when_closed_;
  bool interrupted_ = false;
  std::optional<std::int64_t> told_until_;
};

}  // namespace

bool drive(Queue& queue, Runner& runner, WhenClosed when_closed) {
  return Driver(queue, runner, when_closed).run();
}

}  // namespace chant::sched
