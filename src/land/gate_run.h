// One run of the gate: a commit brought into a worktree, the command run in it, what it did to the
// repository looked at, and what it left cleaned up. For the files of this module only.
#pragma once

#include "git/guard.h"
#include "land/gate.h"
#include "land/pool.h"
#include "land/ref_watch.h"
#include "process/loop.h"
#include "record/workspace.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chant::land {

struct GateResult {
  bool green = false;
  bool stopped = false;
  bool wrote = false;     // red because of what it did to the repository: not by chance
  bool tampered = false;  // refs or settings were changed while it ran, by whoever
  std::string why;        // of a red
};

class GateRun : public std::enable_shared_from_this<GateRun> {
 public:
  struct Scene {
    record::Workspace& workspace;
    process::Loop& loop;
    Pool& pool;
    const git::Guard& guard;
    RefWatch& refs;
    const GateOptions& options;
    std::function<void()>
        changed;  // called as soon as it is known that something was tampered with
  };
  using Done = std::function<void(Slot slot, const GateResult& result)>;

  GateRun(Scene scene, Slot slot, std::string commit, std::filesystem::path log, Done done);

  void begin();
  void stop();     // `done` is called when it has ended
  void abandon();  // ends it at once; `done` is not called, and nothing of the scene is used again

 private:
  void run_steps(std::vector<process::Command> steps, std::size_t next);
  void step_failed(const process::Result& result);
  void launch();
  void ended(const process::Outcome& outcome);
  void judge(const process::Outcome& outcome);
  [[nodiscard]] std::string put_back();
  void look_at_worktree();
  [[nodiscard]] std::set<std::string> commits_made() const;
  void clean_up();
  void finish();

  std::optional<Scene> scene_;  // none: abandoned
  Slot slot_;
  std::string commit_;
  std::filesystem::path log_;
  Done done_;
  GateResult result_;
  std::string start_error_;
  std::size_t reflog_size_ = 0;
  std::optional<process::Loop::Id> running_;
  process::Loop* loop_;
  bool made_again_ = false;
  bool stopping_ = false;
};

}  // namespace chant::land
