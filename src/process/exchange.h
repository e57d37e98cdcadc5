// A running short command with its three pipes: takes its input, gives its output, none of it
// blocking. It is finished when the process has exited and its pipes are at their end, or a little
// later when something it left behind holds them open. For the files of this module only.
#pragma once

#include "process/command.h"
#include "process/signals.h"
#include "util/fd.h"

#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chant::process {

inline constexpr std::chrono::milliseconds kDrainTime{250};

class Exchange {
 public:
  // Starts the command; keeps at most `max_output` bytes of each stream. Throws Error.
  Exchange(const Command& command, std::string input, std::size_t max_output);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();  // kills the process group and reaps, when it still runs

  void watch(std::vector<pollfd>& fds) const;
  [[nodiscard]] Deadline deadline() const;
  void transfer();
  void note_exit();  // to be called after SIGCHLD, before finished()
  void signal_group(int signal) const;

  [[nodiscard]] bool finished() const;
  [[nodiscard]] Result take_result();

 private:
  void receive(UniqueFd& from, std::string& into) const;

  std::string input_;
  std::string_view unsent_;
  std::size_t max_output_;
  UniqueFd in_, out_, err_;
  pid_t pid_ = -1;
  Deadline drain_until_;  // set once the process has exited
  Result result_;
};

}  // namespace chant::process
