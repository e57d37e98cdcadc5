// For tests with real processes: shell commands, and waiting for what they do without sleeping.
#pragma once

#include "process/command.h"
#include "util/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace chant::test {

inline constexpr std::chrono::seconds kPatience{30};  // of a test, for what must happen

inline process::Command shell(const std::string& script) {
  process::Command command;
  command.argv = {"sh", "-c", script};
  return command;
}

inline bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0 || errno != ESRCH; }

// A FIFO that processes under test open and write to; the test waits for that.
class Fifo {
 public:
  explicit Fifo(const std::filesystem::path& path) {
    if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("cannot make a FIFO");
    fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }

  // The next line; throws when the patience ends.
  std::string line() {
    std::string result;
    for (char next = 0; next != '\n';) {
      if (!wait(kPatience)) throw std::runtime_error("nothing was written to the FIFO");
      if (::read(fd_.number(), &next, 1) == 1 && next != '\n') result += next;
    }
    return result;
  }

  // True when something is written within `limit`.
  bool speaks_within(std::chrono::milliseconds limit) { return wait(limit); }

  // True when everyone who had it open has closed it within `limit`.
  bool closes_within(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (char skipped = 0;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0 || !wait(left)) return false;
      if (::read(fd_.number(), &skipped, 1) == 0) return true;
    }
  }

 private:
  bool wait(std::chrono::milliseconds limit) {
    pollfd entry{fd_.number(), POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(limit.count())) > 0;
  }

  UniqueFd fd_;
};

class Stopwatch {
 public:
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start_);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace chant::test
