// What a Loop runs: a short command, or a supervisor around an agent. A job moves bytes without
// blocking and puts the callbacks that are due into the loop's queue; it calls none itself. For
// the files of this module only.
#pragma once

#include "process/exchange.h"
#include "process/loop.h"
#include "process/signals.h"
#include "util/fd.h"

#include <poll.h>
#include <sys/types.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::process {

using Queue = std::deque<std::function<void()>>;

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;  // ends what still runs

  virtual void watch(std::vector<pollfd>& fds) const = 0;
  [[nodiscard]] virtual Deadline deadline() const = 0;
  virtual void transfer() = 0;
  virtual void note_exit() = 0;  // to be called after SIGCHLD and when the deadline has passed
  virtual void stop(Loop::Force force) = 0;
  [[nodiscard]] virtual bool finished() const = 0;
  virtual void complete() = 0;  // once, when finished
};

class ShortJob : public Job {
 public:
  ShortJob(const Command& command, std::string input, Loop::Done done, Queue& queue);

  void watch(std::vector<pollfd>& fds) const override { exchange_.watch(fds); }
  [[nodiscard]] Deadline deadline() const override { return exchange_.deadline(); }
  void transfer() override { exchange_.transfer(); }
  void note_exit() override { exchange_.note_exit(); }
  void stop(Loop::Force force) override;
  [[nodiscard]] bool finished() const override { return exchange_.finished(); }
  void complete() override;

 private:
  Exchange exchange_;
  Loop::Done done_;
  Queue& queue_;
};

class SupervisedJob : public Job {
 public:
  // Throws Error when the supervisor cannot be started.
  SupervisedJob(std::shared_ptr<const Loop::Supervised> what, Queue& queue);
  ~SupervisedJob() override;

  void watch(std::vector<pollfd>& fds) const override;
  [[nodiscard]] Deadline deadline() const override;
  void transfer() override;
  void note_exit() override;
  void stop(Loop::Force force) override;
  [[nodiscard]] bool finished() const override;
  void complete() override;

 private:
  struct Report {
    Outcome outcome;
    std::size_t leftovers = 0;
    std::string error;  // not empty: the agent could not be started
  };

  [[nodiscard]] bool receive_output();  // false when there was nothing
  void receive_report();
  void take_line(std::string_view line);
  void end_orphans() const;
  void note_status(int wait_status);

  std::shared_ptr<const Loop::Supervised> what_;
  std::string mark_;
  Queue& queue_;
  UniqueFd output_, control_;
  pid_t supervisor_ = -1;
  pid_t agent_ = -1;
  std::string lines_;  // of the control socket, not complete yet
  std::optional<Report> report_;
  std::optional<int> wait_status_;  // of the supervisor
  Deadline drain_until_;
  Deadline kill_at_;  // when a supervisor that was told to stop is ended by force
};

}  // namespace chant::process
