#include "process/marked.h"

#include "process/platform.h"
#include "process/signals.h"
#include "util/random.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

namespace chant::process {
namespace {

constexpr std::size_t kLength = 24;
constexpr std::chrono::seconds kPatience{1};    // with the kernel, which ends what was killed
constexpr std::chrono::milliseconds kBlind{5};  // where the end of a process cannot be waited for

// Until all have ended, or the time is over.
void wait_for_end(std::vector<KilledProcess>& killed, Deadline until) {
  while (!passed(until)) {
    std::vector<pollfd> fds;
    for (const KilledProcess& process : killed) {
      if (process.handle) fds.push_back({process.handle.number(), POLLIN, 0});
    }
    const SignalWait nothing_else({});
    nothing_else.wait(fds, fds.empty() ? earlier(until, Clock::now() + kBlind) : until);
    std::erase_if(killed, [&fds](const KilledProcess& process) {
      return std::any_of(fds.begin(), fds.end(), [&process](const pollfd& fd) {
        return fd.fd == process.handle.number() && fd.revents != 0;
      });
    });
    if (std::none_of(killed.begin(), killed.end(),
                     [](const KilledProcess& process) { return bool(process.handle); })) {
      return;
    }
  }
}

}  // namespace

std::string new_mark() { return random_base36(kLength); }

bool is_mark(const std::string& text) {
  return text.size() == kLength &&
         text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string::npos;
}

std::size_t end_marked(const std::string& mark) {
  if (!is_mark(mark)) return 0;
  std::set<pid_t> seen;
  const Deadline until = Clock::now() + kPatience;
  while (!passed(until)) {
    std::vector<KilledProcess> killed = kill_with_variable(kMarkVariable + ("=" + mark));
    if (killed.empty()) break;
    for (const KilledProcess& process : killed) seen.insert(process.pid);
    wait_for_end(killed, until);
  }
  return seen.size();
}

}  // namespace chant::process
