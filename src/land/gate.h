// The gate: the user's command, run on exactly the tree that is to land, in a pool of detached
// worktrees that are used again (ignored files, such as build products, stay in them).
//
// Each run has its own session, a time limit and a log; what it leaves running is ended. A red is
// tried once more before it is a verdict. Verdicts are remembered by tree and command: a green one
// for good, a red one for the operation. What a run does to its worktree is undone before the next;
// a worktree that cannot be put right is made again.
//
// A run that writes to the repository is red: one that leaves its worktree at another commit, that
// lets a branch or a tag name what was tested or what it committed there, or that changes what
// makes git run programs (git/guard.h). That is no accident and is not tried again. What it moved
// and what it planted is put back before git runs. When several ran, all that may have done it are
// run again, alone.
#pragma once

#include "process/loop.h"
#include "record/workspace.h"
#include "util/time.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace chant::land {

struct GateOptions {
  std::string command;  // a shell line of the user's; it was trusted if it came from the repository
  std::optional<Seconds> time_limit;
  Seconds grace{10};
  std::size_t slots = 1;
  std::string operation;                  // name of the operation, for logs and for red verdicts
  std::filesystem::path logs;             // directory, made when absent
  std::string target;                     // full ref, told to the command
  std::filesystem::path supervisor = {};  // as in process::Loop::Supervised
  // Runs a step when nobody else in this process is changing worktrees, at once when it is empty.
  std::function<void(std::function<void()>)> exclusively = {};
};

// How many gates run at once with `reconcile.jobs`: as many, or half as many as there are
// processors, 1 to 4, for 0.
[[nodiscard]] std::size_t gate_slots(int jobs);

struct Verdict {
  bool green = false;
  bool flaky = false;    // green, after it was red on the same tree
  bool cached = false;   // known from an earlier run
  bool stopped = false;  // no verdict: stop() was called
  std::string error;     // no verdict: why it cannot be run at all
  std::string why;       // of a red: "exit 2", "timed out after 10m", "it moved refs/heads/x"
  std::filesystem::path log;
  int runs = 0;  // started for this verdict
};

class Gate {
 public:
  // `loop` and `workspace` outlive it. The worktrees are made when needed.
  Gate(record::Workspace& workspace, process::Loop& loop, GateOptions options);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  ~Gate();  // ends what runs

  // Tests the tree of a commit; `done` is called once, on the loop. At most `slots` at once.
  using Done = std::function<void(const Verdict&)>;
  using Id = std::size_t;
  Id start(const std::string& commit, const std::string& label, Done done);
  void stop(Id id);
  void stop_all();
  [[nodiscard]] std::size_t running() const;  // whose `done` is still to be called

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace chant::land
