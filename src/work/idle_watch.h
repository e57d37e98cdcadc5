// Notices an agent that does nothing: no output, and nothing changed in its worktree or branch.
#pragma once

#include "process/loop.h"
#include "util/time.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace chant::work {

class IdleWatch {
 public:
  // After three quarters of `limit` without a sign of life, `warn` is called with the time that it
  // has been silent; after all of it, `stalled`. A sign of life begins the time anew, and then
  // `warn` may be called again. The worktree is looked at only when the output was silent: a walk
  // over times and sizes of files, without git, ignored files included, and of its git directory.
  IdleWatch(process::Loop& loop, std::filesystem::path worktree, Milliseconds limit,
            std::function<void(Seconds)> warn, std::function<void()> stalled);
  IdleWatch(const IdleWatch&) = delete;
  IdleWatch& operator=(const IdleWatch&) = delete;
  ~IdleWatch();  // nothing is called any more

  void output();  // the agent has printed something

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace chant::work
