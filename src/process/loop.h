// The event loop of a long-running command: children, their output, descriptors, deadlines and
// signals, in one thread, with one place that blocks.
//
// Signals stay blocked except while the loop waits, so a handler only sets a flag. Callbacks run
// on this thread, one at a time, and may start further work; an exception that leaves one leaves
// run_once().
#pragma once

#include "process/command.h"
#include "util/time.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace chant::process {

class Loop {
 public:
  using Done = std::function<void(const Result&)>;
  using Bytes = std::function<void(std::string_view)>;
  using Action = std::function<void()>;

  // Installs handlers for SIGINT, SIGTERM, SIGHUP (unless it is ignored, as under nohup) and
  // SIGCHLD, ignores SIGPIPE; the destructor puts the old ones back. One Loop at a time. Children
  // that still run are killed with their groups and reaped by the destructor.
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  using Id = std::uint64_t;

  // Runs a short command in its own process group; `done` is called once, with its output, after
  // it exited. A command that cannot be started ends with Exited{127} and the reason in `err`.
  Id start(const Command& command, std::string input, Done done);

  // Runs a git-chant supervisor (supervisor.h) around `command`. An agent that cannot be started
  // ends with `error` and Exited{127}; a supervisor that is lost, with `error` and its own end.
  struct Supervised {
    Command command;
    std::filesystem::path input;  // file for stdin; empty: /dev/null
    std::filesystem::path log;    // raw output goes here, created 0600
    std::optional<Seconds> time_limit;
    Seconds grace{10};
    Bytes output;                      // also here, as it comes
    Bytes error;                       // why there is no agent to judge; `done` follows
    std::filesystem::path supervisor;  // the program to run; empty: own_path()
    std::string mark;                  // of its processes (marked.h); empty: a new one
    std::function<void(const Outcome&, std::size_t leftover_processes)> done;
  };
  Id supervise(Supervised supervised);

  enum class Force { ask, now };  // TERM then KILL after the grace; KILL at once
  void stop(Id id, Force force);

  Id after(Milliseconds delay, Action action);  // once
  void cancel(Id id);                           // what after() gave; too late when it is due
  void soon(Action action);                     // at the next turn

  // Called for the first and each further SIGINT, SIGTERM or SIGHUP, with its number. Returns what
  // was called until now.
  using OnSignal = std::function<void(int signal, int count)>;
  OnSignal on_signal(OnSignal action);

  [[nodiscard]] bool idle() const;  // nothing runs and nothing is due
  void run_once();                  // waits for at least one event and handles what is there

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace chant::process
