// The slots of agents, shared by all git-chant processes on a repository: each is a kernel lock in
// <common dir>/chant/locks/, so one that died has given its slots back.
#pragma once

#include "config/config.h"
#include "git/repository.h"
#include "process/loop.h"
#include "sched/queue.h"
#include "util/lock.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chant::work {

class Slots : public sched::Slots {
 public:
  // `total_max` 0: no more than the caps. `program`: what to run to wait; empty: our own.
  Slots(const git::Repository& repository, const std::vector<config::Agent>& agents, int total_max,
        std::filesystem::path program = {});
  ~Slots() override;

  [[nodiscard]] bool take(const std::string& id, const std::string& agent) override;
  void give_back(const std::string& id) override;

  // Calls `action` once, when another process has given back a slot of one of these agents (or, of
  // the total, any), so that take() is worth a try; also when one is free already. Never when only
  // slots of our own are in the way. Only one wait at a time: a later call replaces an earlier one.
  // No polling: a child process waits for each lock (verb `wait-lock`). The loop outlives us.
  void when_free(process::Loop& loop, const std::vector<std::string>& agents,
                 std::function<void()> action);
  void stop_waiting();

 private:
  using Files = std::set<std::filesystem::path>;
  struct Slot {
    std::filesystem::path file;
    FileLock lock;
  };
  struct Held {
    Slot of_agent;
    std::optional<Slot> of_all;
  };
  struct Wait;

  [[nodiscard]] Files files_of(const std::string& agent) const;
  [[nodiscard]] Files files_of_all() const;
  [[nodiscard]] Files held() const;
  [[nodiscard]] std::optional<Files> blockers(const std::vector<std::string>& agents) const;
  static std::optional<Slot> take_one(const Files& files);
  void start_waiter(const std::filesystem::path& file);
  void wake();

  std::filesystem::path directory_, program_;
  std::map<std::string, int> caps_;
  int total_ = 0;
  std::map<std::string, Held> held_;  // by id
  std::shared_ptr<Wait> wait_;
};

// Plumbing verb `wait-lock FILE PID`: ends with 0 as soon as the lock can be had, and, where the
// system can do that, when the process PID, which must have started it, ends.
int wait_for_lock(const std::filesystem::path& file, int parent);

}  // namespace chant::work
