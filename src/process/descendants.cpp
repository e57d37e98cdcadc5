#include "process/descendants.h"

#include "process/platform.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace chant::process {
namespace {

// The child that has ended but is not reaped yet, 0 for none, -1 when there is no child at all.
pid_t peek_ended(idtype_t type, id_t id) {
  siginfo_t info{};
  while (waitid(type, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    if (errno != EINTR) return -1;
  }
  return info.si_pid;
}

bool reap_if_ended(pid_t pid) {
  int ignored = 0;
  return waitpid(pid, &ignored, WNOHANG) == pid;
}

}  // namespace

Descendants::~Descendants() {
  if (status_) return;
  signal_all(SIGKILL);
  static_cast<void>(wait_status());
}

bool Descendants::agent_exited() const {
  return status_ || peek_ended(P_PID, static_cast<id_t>(agent_)) == agent_;
}

void Descendants::reap_adopted() {
  for (pid_t pid = peek_ended(P_ALL, 0); pid > 0 && pid != agent_; pid = peek_ended(P_ALL, 0)) {
    reap_if_ended(pid);
  }
  if (!agent_exited()) return;
  // The agent, which stays unreaped, may stand before others in the kernel's list.
  for (const pid_t pid : find_children(getpid()).value_or(std::vector<pid_t>())) {
    if (pid != agent_) reap_if_ended(pid);
  }
}

std::vector<pid_t> Descendants::running() const {
  std::vector<pid_t> found = find_children(getpid()).value_or(std::vector<pid_t>());
  std::erase_if(found, [this](pid_t pid) { return pid == agent_ && agent_exited(); });
  for (std::size_t next = 0; next < found.size(); ++next) {
    const auto below = find_children(found[next]).value_or(std::vector<pid_t>());
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

bool Descendants::group_exists() const { return ::kill(-agent_, 0) == 0 || errno != ESRCH; }

void Descendants::signal_group(int signal) const {
  if (!status_ || !adopting_) ::kill(-agent_, signal);
}

void Descendants::signal_all(int signal) const {
  signal_group(signal);
  for (const pid_t pid : running()) ::kill(pid, signal);
}

std::size_t Descendants::count() const { return running().size(); }

bool Descendants::ended() {
  reap_adopted();
  if (!agent_exited() || !running().empty()) return false;
  static_cast<void>(wait_status());
  return adopting_ ? peek_ended(P_ALL, 0) == -1 : !group_exists();
}

int Descendants::wait_status() {
  while (!status_) {
    int status = 0;
    if (waitpid(agent_, &status, 0) == agent_) {
      status_ = status;
    } else if (errno != EINTR) {
      status_ = SIGKILL;  // lost; never a success
    }
  }
  return *status_;
}

}  // namespace chant::process
