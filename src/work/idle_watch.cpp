#include "work/idle_watch.h"

#include "git/worktree.h"
#include "util/error.h"
#include "work/newest_change.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <utility>

namespace chant::work {
namespace {

using Clock = std::chrono::steady_clock;

// A point in time for deadlines, and the same for comparison with times of files.
struct Moment {
  Clock::time_point at = Clock::now();
  std::int64_t wall = now_ms();
};

std::int64_t in_ms(Clock::duration duration) {
  return std::chrono::duration_cast<Milliseconds>(duration).count();
}

std::filesystem::path find_git_directory(const std::filesystem::path& worktree) {
  try {
    return git::git_directory_of(worktree);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

struct IdleWatch::State : std::enable_shared_from_this<State> {
  State(process::Loop& on, std::filesystem::path where, Milliseconds most)
      : loop(on), worktree(std::move(where)), limit(most) {}

  void alive_at(Moment moment);
  [[nodiscard]] Clock::time_point due() const;
  void wake_at(Clock::time_point when, void (State::*step)());
  void wait();
  void look();
  void walk_on();
  void conclude();
  void speak();

  process::Loop& loop;
  std::filesystem::path worktree;
  // Known before the agent can point it elsewhere.
  std::filesystem::path git_directory = find_git_directory(worktree);
  Milliseconds limit;
  std::function<void(Seconds)> warn;
  std::function<void()> stalled;
  Moment last;  // sign of life
  bool warned = false;
  std::optional<NewestChange> walk;
  std::optional<process::Loop::Id> timer;
};

void IdleWatch::State::alive_at(Moment moment) {
  last = moment;
  warned = false;
}

Clock::time_point IdleWatch::State::due() const {
  return last.at + (warned ? limit : limit * 3 / 4);
}

void IdleWatch::State::wake_at(Clock::time_point when, void (State::*step)()) {
  const auto left = std::chrono::ceil<Milliseconds>(when - Clock::now());
  timer = loop.after(std::max(left, Milliseconds(0)), [weak = weak_from_this(), step] {
    if (const auto self = weak.lock()) ((*self).*step)();
  });
}

void IdleWatch::State::wait() { wake_at(due(), &State::look); }

void IdleWatch::State::look() {
  if (Clock::now() < due()) return wait();
  walk.emplace(worktree, git_directory);
  walk_on();
}

void IdleWatch::State::walk_on() {
  if (walk->step()) return wake_at(Clock::now(), &State::walk_on);
  conclude();
}

// A clock that was set, or a machine that slept, makes times of files say nothing: the agent gets
// the benefit of the doubt, as it does when its worktree is too large to be looked through.
void IdleWatch::State::conclude() {
  constexpr std::int64_t kClockWasSet = 2000;
  constexpr std::int64_t kClockTick = 20;  // times of files lag behind
  const Moment now;
  const std::int64_t changed = walk->newest();
  const bool all_seen = walk->complete();
  walk.reset();
  const std::int64_t drift = (now.wall - last.wall) - in_ms(now.at - last.at);
  if (!all_seen || std::llabs(drift) > kClockWasSet) {
    alive_at(now);
  } else if (changed > last.wall + kClockTick) {
    alive_at({now.at - Milliseconds(now.wall - changed), changed});
  } else if (now.at >= due()) {
    return speak();
  }
  wait();
}

void IdleWatch::State::speak() {
  if (warned) return stalled();
  warned = true;
  wait();
  warn(std::chrono::duration_cast<Seconds>(Clock::now() - last.at));
}

IdleWatch::IdleWatch(process::Loop& loop, std::filesystem::path worktree, Milliseconds limit,
                     std::function<void(Seconds)> warn, std::function<void()> stalled)
    : state_(std::make_shared<State>(loop, std::move(worktree), limit)) {
  state_->warn = std::move(warn);
  state_->stalled = std::move(stalled);
  state_->wait();
}

IdleWatch::~IdleWatch() {
  if (state_->timer) state_->loop.cancel(*state_->timer);
}

void IdleWatch::output() { state_->alive_at({}); }

}  // namespace chant::work
