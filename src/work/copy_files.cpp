#include "git/run.h"
#include "util/error.h"
#include "util/fd.h"
#include "util/file.h"
#include "util/random.h"
#include "util/text.h"
#include "work/setup.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

namespace chant::work {
namespace {

namespace fs = std::filesystem;

// The run waits while files are copied: more than this is for `worktree.setup`.
constexpr std::size_t kMostFiles = 20000;
constexpr std::uint64_t kMostBytes = 1024UL * 1024 * 1024;
constexpr std::size_t kMostPatternBytes = 256UL * 1024;
constexpr std::size_t kBuffer = 256UL * 1024;

// A file that only git reads, for as long as this lives.
class PatternFile {
 public:
  PatternFile(const git::Repository& repository, std::string_view text)
      : path_(repository.chant_dir() / ("copy-" + random_base36(10))) {
    make_private_directories(repository.chant_dir());
    if (!make_file(path_, text, 0600)) fail("'{}' exists", path_.string());
  }
  PatternFile(const PatternFile&) = delete;
  PatternFile& operator=(const PatternFile&) = delete;
  ~PatternFile() { ::unlink(path_.c_str()); }

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string load_patterns(const git::Repository& repository, const config::Config& config) {
  const auto file = find_file(repository.top_level / ".worktreeinclude", kMostPatternBytes);
  std::string patterns = file.value_or("");
  for (const std::string& pattern : config.copy) patterns += "\n" + pattern;
  return trim(patterns).empty() ? "" : patterns + "\n";
}

// Nothing of git's, and nothing of ours: a copied spec would be a change that the agent made.
bool may_be_copied(const std::string& path) {
  const auto parts = split(path, '/');
  return lower(parts.front()) != ".chant" &&
         std::none_of(parts.begin(), parts.end(), [](const std::string& part) {
           return part.empty() || part == ".." || lower(part) == ".git";
         });
}

std::vector<std::string> matching_paths(const git::Repository& repository,
                                        const std::string& patterns) {
  const PatternFile file(repository, patterns);
  const process::Result result =
      git::run(repository.top_level,
               {"ls-files", "-z", "--others", "--ignored", "--exclude-from=" + file.path()});
  if (!process::succeeded(result.outcome)) git::fail_git("git ls-files", result);
  std::vector<std::string> paths = split(result.out, '\0');
  paths.erase(std::remove_if(paths.begin(), paths.end(),
                             [](const std::string& path) { return !may_be_copied(path); }),
              paths.end());
  return paths;
}

void check_size(const git::Repository& repository, const std::vector<std::string>& paths) {
  std::uint64_t bytes = 0;
  for (const std::string& path : paths) {
    struct stat info {};
    const bool found = ::lstat((repository.top_level / path).c_str(), &info) == 0;
    if (found && S_ISREG(info.st_mode)) bytes += static_cast<std::uint64_t>(info.st_size);
  }
  if (paths.size() <= kMostFiles && bytes <= kMostBytes) return;
  throw Error(
      fmt::format("too much to copy into a worktree: {}, {} MiB (at most {} and {} MiB)",
                  counted(paths.size(), "file"), bytes >> 20U, kMostFiles, kMostBytes >> 20U),
      "narrow 'worktree.copy' and '.worktreeinclude', or let 'worktree.setup' make them");
}

// A directory below an open one, never through a link; none when something else is in the way.
enum class Missing { make, leave };
UniqueFd descend(const UniqueFd& root, const fs::path& directory, Missing missing) {
  UniqueFd at(::openat(root.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const fs::path& part : directory) {
    if (!at) break;
    if (missing == Missing::make) ::mkdirat(at.number(), part.c_str(), 0777);
    at = UniqueFd(
        ::openat(at.number(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  }
  return at;
}

// Where one file is copied from and to.
struct Way {
  UniqueFd from, to;  // directories
  std::string name;
  std::string shown;
};

void pump(int from, int to, const std::string& shown) {
  std::string buffer(kBuffer, '\0');
  while (true) {
    const ssize_t n = ::read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("cannot read '" + shown + "'", errno);
    if (n == 0) return;
    write_all(to, std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
  }
}

bool copy_content(const Way& way) {
  // What is no regular file must not make us wait.
  const UniqueFd from(::openat(way.from.number(), way.name.c_str(),
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!from && (errno == ENOENT || errno == ELOOP)) return false;
  if (!from) fail_errno("cannot read '" + way.shown + "'", errno);
  struct stat info {};
  if (::fstat(from.number(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  const UniqueFd to(::openat(way.to.number(), way.name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             info.st_mode & 0777U));
  if (!to && errno == EEXIST) return false;
  if (!to) fail_errno("cannot copy '" + way.shown + "' into the worktree", errno);
  try {
    pump(from.number(), to.number(), way.shown);
  } catch (const Error& error) {
    ::unlinkat(way.to.number(), way.name.c_str(), 0);
    fail("cannot copy '{}' into the worktree: {}", way.shown, error.what());
  }
  return true;
}

// A relative target that goes up no further than the root, and only at its beginning: behind a name
// `..` need not lead back to where the name was.
bool stays_inside(const fs::path& target, const fs::path& directory) {
  if (target.empty() || target.is_absolute()) return false;
  auto left = std::distance(directory.begin(), directory.end());
  bool down = false;
  for (const fs::path& part : target) {
    if (part != "..") {
      down = down || (part != "." && !part.empty());
    } else if (down || left-- == 0) {
      return false;
    }
  }
  return true;
}

bool is_below(const fs::path& path, const fs::path& root) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

bool copy_link(const Way& way, const fs::path& path, const fs::path& worktree) {
  std::array<char, 4096> target{};
  const ssize_t n =
      ::readlinkat(way.from.number(), way.name.c_str(), target.data(), target.size() - 1);
  if (n <= 0 || !stays_inside(target.data(), path.parent_path())) return false;
  if (::symlinkat(target.data(), way.to.number(), way.name.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail_errno("cannot copy '" + way.shown + "' into the worktree", errno);
  }
  // It may lead out over another link, one that is tracked.
  std::error_code error;
  const fs::path end = fs::weakly_canonical(worktree / path, error);
  if (!error && is_below(end, worktree)) return true;
  ::unlinkat(way.to.number(), way.name.c_str(), 0);
  return false;
}

bool copy_one(const UniqueFd& from, const UniqueFd& to, const fs::path& path,
              const fs::path& worktree) {
  Way way;
  way.shown = printable_line(path.string());
  way.name = path.filename().string();
  way.from = descend(from, path.parent_path(), Missing::leave);
  struct stat info {};
  if (!way.from ||
      ::fstatat(way.from.number(), way.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
      (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode))) {
    return false;
  }
  way.to = descend(to, path.parent_path(), Missing::make);
  if (!way.to) return false;
  return S_ISLNK(info.st_mode) ? copy_link(way, path, worktree) : copy_content(way);
}

}  // namespace

std::vector<std::string> copy_files(const git::Repository& repository, const config::Config& config,
                                    const fs::path& worktree) {
  const std::string patterns = load_patterns(repository, config);
  if (patterns.empty()) return {};
  const std::vector<std::string> paths = matching_paths(repository, patterns);
  if (paths.empty()) return {};
  check_size(repository, paths);
  const UniqueFd from = open_directory(repository.top_level);
  const UniqueFd to = open_directory(worktree);
  const fs::path real = fs::canonical(worktree);
  std::vector<std::string> copied;
  for (const std::string& path : paths) {
    if (copy_one(from, to, path, real)) copied.push_back(path);
  }
  return copied;
}

}  // namespace chant::work
