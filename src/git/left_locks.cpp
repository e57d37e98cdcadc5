#include "git/left_locks.h"

#include "util/text.h"
#include "util/time.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace chant::git {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kYoung = 10;  // seconds

std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_below(const fs::path& path, const fs::path& directory) {
  const std::string top = directory.string();
  const std::string name = path.string();
  return name.compare(0, top.size(), top) == 0 &&
         (name.size() == top.size() || name[top.size()] == '/');
}

// Seconds since the epoch; std::nullopt where the system does not say.
std::optional<std::int64_t> boot_time() {
  const std::string text = content_of("/proc/stat");
  const auto at = text.find("\nbtime ");
  if (at == std::string::npos) return std::nullopt;
  std::int64_t seconds = 0;
  (void)std::from_chars(text.data() + at + 7, text.data() + text.size(), seconds);
  return seconds;
}

// What other processes have open, and whether a git is at work in one of `places`.
class Processes {
 public:
  explicit Processes(const std::vector<fs::path>& places) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
      const std::string name = entry.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      known_ = true;
      if (name != std::to_string(getpid())) look(entry.path(), places);
    }
  }

  [[nodiscard]] std::string doubt_about(const fs::path& lock) const {
    if (!known_) return "cannot tell whether its process is gone";
    if (open_.count(lock.string()) > 0) return "a process has it open";
    if (git_at_work_) return "a git process is at work here";
    return "";
  }

 private:
  void look(const fs::path& process, const std::vector<fs::path>& places) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
      const std::string path = fs::read_symlink(entry.path(), error).string();
      if (path.size() > 5 && path.compare(path.size() - 5, 5, ".lock") == 0) open_.insert(path);
    }
    const std::string program = std::string(trim(content_of(process / "comm")));
    if (program.compare(0, 3, "git") != 0 || program == "git-chant") return;
    // The git that `git chant` was called by only waits.
    const std::vector<std::string> words = split(content_of(process / "cmdline"), '\0');
    if (words.size() > 1 && words[1] == "chant") return;
    const fs::path directory = fs::read_symlink(process / "cwd", error);
    git_at_work_ =
        git_at_work_ || std::any_of(places.begin(), places.end(),
                                    [&](const auto& place) { return is_below(directory, place); });
  }

  bool known_ = false;
  bool git_at_work_ = false;
  std::set<std::string> open_;
};

void add_locks(const fs::path& directory, bool below, std::vector<fs::path>& locks) {
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    if (!below) entry.disable_recursion_pending();
    if (entry->path().extension() == ".lock" && entry->is_regular_file(error)) {
      locks.push_back(entry->path());
    }
  }
}

}  // namespace

std::vector<LeftLock> find_left_locks(const Repository& repository) {
  std::vector<fs::path> locks;
  std::vector<fs::path> places = {repository.top_level, repository.common_dir};
  const fs::path& common = repository.common_dir;
  if (common.filename() == ".git") places.push_back(common.parent_path());  // the main checkout
  add_locks(repository.common_dir, false, locks);
  add_locks(repository.common_dir / "refs", true, locks);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(repository.common_dir / "worktrees", error)) {
    add_locks(entry.path(), false, locks);
    const std::string dot_git = content_of(entry.path() / "gitdir");
    places.push_back((entry.path() / std::string(trim(dot_git))).parent_path());
  }
  std::sort(locks.begin(), locks.end());
  const std::int64_t now = now_ms() / 1000;
  std::vector<LeftLock> left;
  std::optional<Processes> processes;
  for (const fs::path& lock : locks) {
    struct stat info {};
    if (lstat(lock.c_str(), &info) != 0 || info.st_mtime + kYoung > now) continue;
    if (info.st_mtime < boot_time().value_or(0)) {
      left.push_back({lock, ""});
      continue;
    }
    if (!processes) processes.emplace(places);
    left.push_back({lock, processes->doubt_about(lock)});
  }
  return left;
}

}  // namespace chant::git
