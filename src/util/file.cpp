#include "util/file.h"

#include "util/error.h"
#include "util/random.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace chant {
namespace {

namespace fs = std::filesystem;

constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

std::string read_checked(const UniqueFd& file, const fs::path& path, std::size_t max_bytes) {
  struct stat info {};
  if (fstat(file.number(), &info) != 0) fail_errno("cannot read " + quoted(path), errno);
  if (!S_ISREG(info.st_mode)) throw Error(quoted(path) + " is not a regular file");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_bytes) {
    fail("{} is too large ({} bytes, at most {})", quoted(path), size, max_bytes);
  }
  std::string text(size, '\0');
  std::size_t used = 0;
  while (used < size) {
    const ssize_t n = ::read(file.number(), text.data() + used, size - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("cannot read " + quoted(path), errno);
    if (n == 0) break;  // it was cut while we read
    used += static_cast<std::size_t>(n);
  }
  text.resize(used);
  return text;
}

[[noreturn]] void fail_open(const fs::path& path, int error_number) {
  if (error_number == ELOOP) throw Error(quoted(path) + " is a symbolic link");
  fail_errno("cannot open " + quoted(path), error_number);
}

void sync_directory(const fs::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.number());
}

}  // namespace

std::string load_file(const fs::path& path, std::size_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), kOpenFlags));
  if (!file) fail_open(path, errno);
  return read_checked(file, path, max_bytes);
}

std::optional<std::string> find_file(const fs::path& path, std::size_t max_bytes) {
  const UniqueFd file(::open(path.c_str(), kOpenFlags));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file) fail_open(path, errno);
  return read_checked(file, path, max_bytes);
}

UniqueFd open_directory(const fs::path& path) {
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) fail_open(path, errno == ENOTDIR && fs::is_symlink(path) ? ELOOP : errno);
  return directory;
}

std::string load_file_at(const UniqueFd& directory, const std::string& name, const fs::path& shown,
                         std::size_t max_bytes) {
  const UniqueFd file(::openat(directory.number(), name.c_str(), kOpenFlags));
  if (!file) fail_open(shown, errno);
  return read_checked(file, shown, max_bytes);
}

bool make_file(const fs::path& path, std::string_view text, unsigned mode) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                             static_cast<mode_t>(mode)));
  if (!file && errno == EEXIST) return false;
  if (!file) fail_errno("cannot create " + quoted(path), errno);
  write_all(file.number(), text);
  return true;
}

AtomicFile::AtomicFile(fs::path path, unsigned mode)
    : path_(std::move(path)),
      temporary_(path_.parent_path() /
                 (".tmp-" + random_base36(10) + "-" + path_.filename().string())) {
  struct stat info {};
  const bool replaces = lstat(path_.c_str(), &info) == 0;
  if (replaces && !S_ISREG(info.st_mode)) throw Error(quoted(path_) + " is not a regular file");
  fd_ = UniqueFd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                        static_cast<mode_t>(mode)));
  if (!fd_) fail_errno("cannot create " + quoted(temporary_), errno);
  if (replaces && fchmod(fd_.number(), info.st_mode & 07777) != 0) {
    fail_errno("cannot set the mode of " + quoted(temporary_), errno);
  }
}

AtomicFile::~AtomicFile() {
  if (fd_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view text) { write_all(fd_.number(), text); }

void AtomicFile::commit() {
  if (::fsync(fd_.number()) != 0) fail_errno("cannot write " + quoted(path_), errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail_errno("cannot replace " + quoted(path_), errno);
  }
  fd_.close();
  sync_directory(path_.parent_path());
}

void make_private_directories(const fs::path& path) {
  if (path.has_parent_path() && path.parent_path() != path) {
    std::error_code ignored;
    if (!fs::exists(path.parent_path(), ignored)) make_private_directories(path.parent_path());
  }
  if (::mkdir(path.c_str(), 0700) == 0) return;
  const int error_number = errno;
  struct stat info {};
  if (error_number == EEXIST && stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return;
  fail_errno("cannot create the directory " + quoted(path), error_number);
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno("cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::optional<fs::path> find_user_directory(const char* variable, std::string_view fallback) {
  const char* set = std::getenv(variable);
  if (set != nullptr && set[0] == '/') return fs::path(set);
  const char* home = std::getenv("HOME");
  if (home == nullptr || home[0] != '/') return std::nullopt;
  return fs::path(home) / fallback;
}

}  // namespace chant
