#include "work/newest_change.h"

#include "util/fd.h"
#include "util/time.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace chant::work {
namespace {

constexpr std::size_t kAtOnce = 2000;
constexpr std::size_t kMostEntries = 2'000'000;
constexpr std::size_t kMostBytes = std::size_t{32} * 1024 * 1024;  // of paths that wait

// The time of the last change of content, name or attributes, which nobody can set at will.
std::int64_t changed_at(const struct stat& info) {
#ifdef __APPLE__
  const timespec& at = info.st_ctimespec;
#else
  const timespec& at = info.st_ctim;
#endif
  return std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000;
}

}  // namespace

NewestChange::NewestChange(const std::filesystem::path& worktree,
                           const std::filesystem::path& git_directory)
    : worktree_(worktree), git_directory_(git_directory) {
  add({worktree_, Below::all});
  if (git_directory_.empty()) return;
  add({git_directory_, Below::nothing});
  add({git_directory_ / "logs", Below::nothing});
}

void NewestChange::add(Place place) {
  places_size_ += place.path.native().size() + sizeof(Place);
  if (places_size_ > kMostBytes) {
    complete_ = false;
    return;
  }
  places_.push_back(std::move(place));
}

bool NewestChange::step() {
  for (std::size_t left = kAtOnce; left > 0; --left) {
    if (!complete_ || (!directory_ && !open_next())) return false;
    if (const dirent* entry = readdir(directory_.get())) {
      see(entry->d_name);
    } else {
      directory_.reset();
    }
  }
  return true;
}

// What cannot be opened has gone, or is not to be seen.
bool NewestChange::open_next() {
  while (!places_.empty()) {
    here_ = std::move(places_.back());
    places_.pop_back();
    places_size_ -= here_.path.native().size() + sizeof(Place);
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    const int fd = ::open(here_.path.c_str(), kFlags);
    if (fd < 0) continue;
    directory_.reset(fdopendir(fd));
    if (directory_) return true;
    UniqueFd(fd).close();
  }
  return false;
}

void NewestChange::see(const char* name) {
  const std::string_view text = name;
  if (++seen_ > kMostEntries) complete_ = false;
  if (text == "..") return;
  // The git directory is looked at by itself; what we keep in it is no sign of the agent's life.
  if (text == ".git" && here_.path == worktree_) return;
  if (text == "chant" && here_.path == git_directory_) return;
  struct stat info {};
  if (fstatat(dirfd(directory_.get()), name, &info, AT_SYMLINK_NOFOLLOW) != 0) return;
  // A time to come is from a clock that was wrong.
  const std::int64_t changed = changed_at(info);
  if (changed <= now_ms()) newest_ = std::max(newest_, changed);
  if (text == "." || !S_ISDIR(info.st_mode) || here_.below == Below::nothing) return;
  add({here_.path / text, Below::all});
}

}  // namespace chant::work
