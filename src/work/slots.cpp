#include "work/slots.h"

#include "process/command.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace chant::work {

namespace fs = std::filesystem;

// How long to believe that nothing is free when nobody waits for it.
constexpr Milliseconds kWithoutWaiter{5000};

struct Slots::Wait {
  process::Loop& loop;
  Files files;
  std::function<void()> action;
  std::vector<process::Loop::Id> waiters = {};
};

Slots::Slots(const git::Repository& repository, const std::vector<config::Agent>& agents,
             int total_max, fs::path program)
    : directory_(repository.chant_dir() / "locks/slots"),
      program_(std::move(program)),
      total_(total_max) {
  for (const config::Agent& agent : agents) caps_[agent.name] = agent.max_concurrent;
}

Slots::~Slots() { stop_waiting(); }

Slots::Files Slots::files_of(const std::string& agent) const {
  Files files;
  const auto cap = caps_.find(agent);
  for (int n = 1; cap != caps_.end() && n <= cap->second; ++n) {
    files.insert(directory_ / "agents" / agent / fmt::format("{:04}", n));
  }
  return files;
}

Slots::Files Slots::files_of_all() const {
  Files files;
  for (int n = 1; n <= total_; ++n) files.insert(directory_ / "all" / fmt::format("{:04}", n));
  return files;
}

std::optional<Slots::Slot> Slots::take_one(const Files& files) {
  for (const fs::path& file : files) {
    if (auto lock = FileLock::try_acquire(file)) return Slot{file, std::move(*lock)};
  }
  return std::nullopt;
}

bool Slots::take(const std::string& id, const std::string& agent) {
  if (held_.contains(id)) return true;
  auto of_agent = take_one(files_of(agent));
  if (!of_agent) return false;
  std::optional<Slot> of_all;
  if (total_ > 0 && !(of_all = take_one(files_of_all()))) return false;
  held_.emplace(id, Held{std::move(*of_agent), std::move(of_all)});
  return true;
}

void Slots::give_back(const std::string& id) { held_.erase(id); }

Slots::Files Slots::held() const {
  Files files;
  for (const auto& [id, slots] : held_) {
    files.insert(slots.of_agent.file);
    if (slots.of_all) files.insert(slots.of_all->file);
  }
  return files;
}

// Slots of others that are in the way; std::nullopt when nothing is.
std::optional<Slots::Files> Slots::blockers(const std::vector<std::string>& agents) const {
  const Files ours = held();
  Files taken;
  const auto one_is_free = [&](const Files& files) {
    return std::any_of(files.begin(), files.end(), [&](const fs::path& file) {
      if (ours.contains(file)) return false;
      if (!is_locked(file)) return true;
      taken.insert(file);
      return false;
    });
  };
  if (total_ > 0 && !one_is_free(files_of_all())) return taken;
  taken.clear();
  for (const std::string& agent : agents) {
    if (one_is_free(files_of(agent))) return std::nullopt;
  }
  return taken;
}

void Slots::when_free(process::Loop& loop, const std::vector<std::string>& agents,
                      std::function<void()> action) {
  const auto files = blockers(agents);
  if (files && wait_ && wait_->files == *files) {
    wait_->action = std::move(action);
    return;
  }
  stop_waiting();
  if (files && files->empty()) return;
  wait_ = std::make_shared<Wait>(Wait{loop, files.value_or(Files()), std::move(action)});
  for (const fs::path& file : wait_->files) start_waiter(file);
  if (files) return;
  loop.soon([this, weak = std::weak_ptr<Wait>(wait_)] {
    if (weak.lock()) wake();
  });
}

// A waiter that could not be started or was ended by somebody says nothing about the lock.
void Slots::start_waiter(const fs::path& file) {
  process::Command command;
  const fs::path program = program_.empty() ? process::own_path() : program_;
  command.argv = {program.string(), "wait-lock", file.string(), std::to_string(::getpid())};
  process::Loop& loop = wait_->loop;
  const auto done = [this, &loop,
                     weak = std::weak_ptr<Wait>(wait_)](const process::Result& result) {
    if (!weak.lock()) return;
    if (process::succeeded(result.outcome)) return wake();
    loop.after(kWithoutWaiter, [this, weak] {
      if (weak.lock()) wake();
    });
  };
  wait_->waiters.push_back(loop.start(command, {}, done));
}

void Slots::wake() {
  const std::function<void()> action = std::move(wait_->action);
  stop_waiting();
  action();
}

void Slots::stop_waiting() {
  if (!wait_) return;
  for (const process::Loop::Id id : wait_->waiters) {
    wait_->loop.stop(id, process::Loop::Force::now);
  }
  wait_.reset();
}

int wait_for_lock(const fs::path& file, int parent) {
  if (!process::end_with_parent(parent)) return 1;
  wait_until_free(file);
  return 0;
}

}  // namespace chant::work
