#include "process/signals.h"

#include "process/platform.h"
#include "util/error.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace chant::process {
namespace {

std::array<volatile sig_atomic_t, NSIG> g_arrived{};
std::array<volatile sig_atomic_t, NSIG> g_echo_due{};

// `git chant` has git between the terminal and us: one Ctrl-C reaches us from the terminal and
// again from git, which passes it on. What only our parent repeats is no second request.
extern "C" void count_signal(int signal, siginfo_t* info, void* /*context*/) {
  const auto index = static_cast<std::size_t>(signal);
  const bool from_parent = info->si_pid == getppid();
  const bool echo = from_parent && g_echo_due[index] != 0;
  g_echo_due[index] = from_parent ? 0 : 1;
  if (!echo) g_arrived[index] = g_arrived[index] + 1;
}

timespec time_left(Clock::time_point until) {
  using std::chrono::nanoseconds;
  const auto left = std::max<nanoseconds>(until - Clock::now(), nanoseconds(0));
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
  timespec result{};
  result.tv_sec = static_cast<time_t>(whole.count());
  result.tv_nsec = static_cast<long>((left - whole).count());
  return result;
}

}  // namespace

Deadline earlier(Deadline a, Deadline b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

bool passed(Deadline deadline) { return deadline && Clock::now() >= *deadline; }

SignalWait::SignalWait(std::initializer_list<int> signals) {
  sigset_t ours;
  sigemptyset(&ours);
  for (const int signal : signals) sigaddset(&ours, signal);
  sigprocmask(SIG_BLOCK, &ours, &saved_mask_);
  open_mask_ = saved_mask_;
  for (const int signal : signals) {
    struct sigaction action {};
    struct sigaction old {};
    sigaction(signal, nullptr, &old);
    if (signal == SIGHUP && old.sa_handler == SIG_IGN) continue;
    action.sa_sigaction = count_signal;
    action.sa_flags = SA_SIGINFO;
    sigfillset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
    saved_actions_.emplace_back(signal, old);
    sigdelset(&open_mask_, signal);
  }
}

SignalWait::~SignalWait() {
  for (const auto& [signal, action] : saved_actions_) sigaction(signal, &action, nullptr);
  sigprocmask(SIG_SETMASK, &saved_mask_, nullptr);
}

void SignalWait::wait(std::vector<pollfd>& fds, Deadline until) const {
  timespec left{};
  if (until) left = time_left(*until);
  if (poll_with_mask(fds, until ? &left : nullptr, open_mask_) >= 0) return;
  if (errno != EINTR) fail_errno("cannot wait for events", errno);
  for (pollfd& entry : fds) entry.revents = 0;
}

int take_signals(int signal) {
  auto& arrived = g_arrived[static_cast<std::size_t>(signal)];
  const int count = arrived;
  arrived = 0;
  return count;
}

SigpipeIgnored::SigpipeIgnored() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, &saved_);
}

SigpipeIgnored::~SigpipeIgnored() { sigaction(SIGPIPE, &saved_, nullptr); }

std::optional<int> find_wait_status(pid_t pid) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(pid, &status, WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return std::nullopt;
  if (ended < 0) fail_errno("cannot wait for a child process", errno);
  return status;
}

std::optional<int> wait_until(pid_t pid, Deadline until) {
  const SignalWait signals({SIGCHLD});
  std::vector<pollfd> nothing;
  for (;;) {
    const auto status = find_wait_status(pid);
    if (status || passed(until)) return status;
    signals.wait(nothing, until);
  }
}

void continue_if_stopped(pid_t pid) {
  siginfo_t info{};
  const int found = waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED | WNOHANG);
  if (found == 0 && info.si_pid == pid) ::kill(pid, SIGCONT);
}

int kill_and_reap(pid_t pid) {
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace chant::process
