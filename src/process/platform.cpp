#include "process/platform.h"

#include "process/command.h"
#include "util/error.h"

#ifdef __APPLE__
#include <mach-o/dyld.h>
#include <sys/select.h>
#else
#include <sys/prctl.h>
#endif

#include <cerrno>
#include <fstream>
#include <string>

namespace chant::process {

#ifdef __APPLE__

// There is no ppoll(); pselect() waits under a mask as well, and poll() then tells the events.
int poll_with_mask(std::vector<pollfd>& fds, const timespec* timeout, const sigset_t& mask) {
  fd_set readable;
  fd_set writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  int highest = -1;
  for (const pollfd& entry : fds) {
    if (entry.fd >= FD_SETSIZE) {
      errno = EINVAL;
      return -1;
    }
    if ((entry.events & POLLIN) != 0) FD_SET(entry.fd, &readable);
    if ((entry.events & POLLOUT) != 0) FD_SET(entry.fd, &writable);
    highest = entry.fd > highest ? entry.fd : highest;
  }
  const int count = pselect(highest + 1, &readable, &writable, nullptr, timeout, &mask);
  if (count <= 0) return count;
  return poll(fds.data(), static_cast<nfds_t>(fds.size()), 0);
}

int add_close_from(posix_spawn_file_actions_t*, int) { return 0; }

short extra_spawn_flags() { return POSIX_SPAWN_CLOEXEC_DEFAULT; }

bool adopt_orphans() { return false; }

bool is_running(int pid) { return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM); }

std::optional<std::vector<pid_t>> find_children(pid_t) { return std::nullopt; }

std::filesystem::path own_path() {
  std::uint32_t size = 0;
  _NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (_NSGetExecutablePath(path.data(), &size) != 0) fail("cannot find the path of this program");
  return std::filesystem::canonical(path.c_str());
}

#else

int poll_with_mask(std::vector<pollfd>& fds, const timespec* timeout, const sigset_t& mask) {
  return ppoll(fds.data(), static_cast<nfds_t>(fds.size()), timeout, &mask);
}

int add_close_from(posix_spawn_file_actions_t* actions, int first) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
  static_cast<void>(actions);
  static_cast<void>(first);
  return 0;
#endif
}

short extra_spawn_flags() { return 0; }

bool adopt_orphans() { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0; }

std::optional<std::vector<pid_t>> find_children(pid_t pid) {
  std::vector<pid_t> children;
  bool told = false;
  std::error_code gone;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  std::filesystem::directory_iterator task(tasks, gone);
  for (; !gone && task != std::filesystem::directory_iterator(); task.increment(gone)) {
    std::ifstream list(task->path() / "children");
    told = told || list.is_open();
    for (pid_t child = 0; list >> child;) children.push_back(child);
  }
  if (!told) return std::nullopt;
  return children;
}

// A process that has ended stays until its parent asks for it, and not every parent does.
bool is_running(int pid) {
  if (pid <= 0 || (kill(pid, 0) != 0 && errno != EPERM)) return false;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return true;
  const auto end = line.rfind(')');  // of the name, which may have any characters
  return end == std::string::npos || line.substr(end, 3) != ") Z";
}

std::filesystem::path own_path() {
  constexpr std::string_view kDeleted = " (deleted)";
  std::error_code error;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) fail_errno("cannot find the path of this program", error.value());
  // The kernel says so when the binary was replaced while it runs; the new one is at the old path.
  if (path.ends_with(kDeleted) && !std::filesystem::exists(path)) {
    path.resize(path.size() - kDeleted.size());
  }
  return path;
}

#endif

int add_directory(posix_spawn_file_actions_t* actions, const char* directory) {
  return posix_spawn_file_actions_addchdir_np(actions, directory);
}

}  // namespace chant::process
