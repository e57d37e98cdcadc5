// Waiting for descriptors, a deadline, or a signal, without a race between them: the signals are
// blocked except inside wait(), and their handler only counts. For the files of this module only.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace chant::process {

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;  // std::nullopt: never

[[nodiscard]] Deadline earlier(Deadline a, Deadline b);
[[nodiscard]] bool passed(Deadline deadline);

// Blocks and handles `signals` while it lives; the destructor puts mask and handlers back. May be
// nested: then wait() leaves the signals of the outer one blocked, except those it names itself.
// A SIGHUP that is ignored (nohup) stays ignored.
class SignalWait {
 public:
  explicit SignalWait(std::initializer_list<int> signals);
  SignalWait(const SignalWait&) = delete;
  SignalWait& operator=(const SignalWait&) = delete;
  ~SignalWait();

  // Returns when a descriptor is ready, a signal was handled, or the deadline has passed.
  void wait(std::vector<pollfd>& fds, Deadline until) const;

 private:
  sigset_t saved_mask_{};
  sigset_t open_mask_{};
  std::vector<std::pair<int, struct sigaction>> saved_actions_;
};

// How often a handled signal arrived since the last call; one that our parent passes on to us after
// we had it from elsewhere counts once.
[[nodiscard]] int take_signals(int signal);

// Ignores SIGPIPE while it lives: a write to a reader that is gone fails with EPIPE.
class SigpipeIgnored {
 public:
  SigpipeIgnored();
  SigpipeIgnored(const SigpipeIgnored&) = delete;
  SigpipeIgnored& operator=(const SigpipeIgnored&) = delete;
  ~SigpipeIgnored();

 private:
  struct sigaction saved_ {};
};

// Wait status of the child `pid` once it ended, and std::nullopt while it runs; reaps it.
[[nodiscard]] std::optional<int> find_wait_status(pid_t pid);
// The same, but waits for it until the deadline.
[[nodiscard]] std::optional<int> wait_until(pid_t pid, Deadline until);
// Lets a child run on that somebody has stopped; to be called after SIGCHLD.
void continue_if_stopped(pid_t pid);
// Kills the child `pid` with its process group and reaps it.
int kill_and_reap(pid_t pid);

}  // namespace chant::process
