// The agent and everything that it started, as far as the system lets us see it: the agent's
// process group and, where orphans can be adopted (Linux), every other descendant too, in
// whatever session it is. Their number stays ours: the agent is reaped last, so that its process
// group cannot become someone else's while we signal it. For the files of this module only.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace chant::process {

class Descendants {
 public:
  // `agent` is a child of this process and leads its own process group; `adopting` is what
  // adopt_orphans() said.
  Descendants(pid_t agent, bool adopting) : agent_(agent), adopting_(adopting) {}
  Descendants(const Descendants&) = delete;
  Descendants& operator=(const Descendants&) = delete;
  ~Descendants();  // kills and reaps what is left

  void reap_adopted();                      // to be called after SIGCHLD
  [[nodiscard]] bool agent_exited() const;  // leaves it to be reaped
  void signal_group(int signal) const;      // the agent's process group
  void signal_all(int signal) const;        // everything
  [[nodiscard]] std::size_t count() const;  // what runs and can be seen
  // True when nothing but the exited agent is left; reaps that too.
  [[nodiscard]] bool ended();
  // Wait status of the exited agent; reaps it when that has not been done.
  [[nodiscard]] int wait_status();

 private:
  [[nodiscard]] std::vector<pid_t> running() const;
  [[nodiscard]] bool group_exists() const;

  pid_t agent_;
  bool adopting_;
  std::optional<int> status_;
};

}  // namespace chant::process
