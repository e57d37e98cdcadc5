#include "git/refs.h"

#include "git/run.h"
#include "util/error.h"
#include "util/fault.h"
#include "util/text.h"
#include "util/time.h"

#include <fmt/format.h>

#include <poll.h>
#include <sys/stat.h>

#include <chrono>

namespace chant::git {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// "<identity> <path>", or "" when there is no such file. An inode alone may be used again.
std::string identified(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return "";
  return fmt::format("{}.{}.{} {}", info.st_ino, info.st_mtim.tv_sec, info.st_mtim.tv_nsec, path);
}

std::string instruction(const RefChange& change) {
  std::string text = change.to.empty() ? "delete " : "update ";
  text += change.name + '\0';
  if (!change.to.empty()) text += change.to + '\0';
  const bool any = change.from == "*";
  const bool absent = change.from.empty();
  if (absent && !change.to.empty()) text += std::string(change.to.size(), '0');
  if (!any && !absent) text += change.from;
  return text + '\0';
}

}  // namespace

std::optional<std::string> RefWriter::change(const std::vector<RefChange>& changes,
                                             const std::function<bool()>& while_locked) {
  if (!git_) {
    git_ = std::make_unique<process::Coprocess>(command(
        directory_, {"-c", sync_ == Sync::yes ? "core.fsync=committed" : "core.fsync=none", "-c",
                     "core.fsyncMethod=batch", "update-ref", "-m", reason_, "--stdin", "-z"}));
  }
  // An error in any of these ends the git process; what it had locked is released.
  const auto expect = [&](std::string_view word) {
    const std::string answer = git_->read_line();
    if (answer != std::string(word) + ": ok") fail("git update-ref said '{}'", answer);
  };
  try {
    std::string text = std::string("start") + '\0';
    for (const RefChange& change : changes) text += instruction(change);
    git_->write(text + "prepare" + '\0');
    expect("start");
    expect("prepare");
    const bool go = !while_locked || while_locked();
    fault_point("refs locked");
    git_->write(std::string(go ? "commit" : "abort") + '\0');
    expect(go ? "commit" : "abort");
    fault_point(go ? "refs moved" : "refs released");
    return go ? std::nullopt : std::optional<std::string>("");
  } catch (const Error&) {
    const process::Result ended = git_->finish();
    git_.reset();
    if (process::succeeded(ended.outcome) || trim(ended.err).empty()) throw;
    return printable_line(trim(ended.err));
  } catch (...) {
    git_.reset();
    throw;
  }
}

std::vector<std::string> lock_files(const Repository& repository,
                                    const std::vector<std::string>& names) {
  std::vector<fs::path> paths = {repository.git_dir / "HEAD.lock",
                                 repository.common_dir / "packed-refs.lock"};
  for (const std::string& name : names) paths.push_back(repository.common_dir / (name + ".lock"));
  std::vector<std::string> found;
  for (const fs::path& path : paths) {
    std::string lock = identified(path.string());
    if (!lock.empty()) found.push_back(std::move(lock));
  }
  return found;
}

bool remove_left_locks(const std::vector<std::string>& locks, int process) {
  constexpr Milliseconds kPatience{1000};
  const auto path_of = [](const std::string& lock) { return lock.substr(lock.find(' ') + 1); };
  const auto is_there = [&](const std::string& lock) { return identified(path_of(lock)) == lock; };
  const Clock::time_point deadline = Clock::now() + kPatience;
  for (const std::string& lock : locks) {
    while (is_there(lock) && process::is_running(process)) {
      if (Clock::now() > deadline) return false;
      (void)poll(nullptr, 0, 10);
    }
    std::error_code ignored;
    if (is_there(lock)) fs::remove(path_of(lock), ignored);
  }
  return true;
}

}  // namespace chant::git
