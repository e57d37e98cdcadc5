// The agent's output on its way: from its pipe, raw, to the log and to the screen copy that the
// parent reads. The agent has to wait when the parent is more than 1 MiB behind; when the parent
// is gone the copy is dropped and the log goes on. For the files of this module only.
#pragma once

#include "process/log_file.h"
#include "util/fd.h"

#include <poll.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chant::process {

class Relay {
 public:
  static constexpr std::size_t kMostPending = std::size_t{1024} * 1024;

  Relay(UniqueFd source, LogFile log, int screen);

  void watch(std::vector<pollfd>& fds) const;
  void transfer();             // without blocking
  void say(std::string_view);  // text of our own, to log and screen
  void drop_screen();
  void finish();  // takes what is still in the pipe, closes it and the log

  [[nodiscard]] bool at_end() const { return !source_; }         // nobody holds the pipe
  [[nodiscard]] bool flushed() const { return pending() == 0; }  // the parent has it all

 private:
  [[nodiscard]] std::size_t pending() const { return unsent_.size() - sent_; }
  [[nodiscard]] bool receive();  // false when there was nothing
  void send();
  template <typename Action>
  void with_log(Action action);

  UniqueFd source_;
  LogFile log_;
  int screen_;  // -1 once dropped
  bool log_works_ = true;
  std::string unsent_;  // the first sent_ bytes of it are sent
  std::size_t sent_ = 0;
};

}  // namespace chant::process
