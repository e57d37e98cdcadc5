#include "process/platform.h"

#include "process/command.h"
#include "util/error.h"

#ifdef __APPLE__
#include <mach-o/dyld.h>
#include <sys/select.h>
#else
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#endif

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
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

bool end_with_parent(int parent) { return getppid() == parent; }

std::vector<KilledProcess> kill_with_variable(const std::string&) { return {}; }

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

bool end_with_parent(int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  return getppid() == parent;
}

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

namespace {

std::optional<pid_t> pid_of(const std::string& name) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc() || end != name.data() + name.size() || pid <= 1) return std::nullopt;
  return pid;
}

// Of a process that has ended or is not ours, "".
std::string environment_of(const std::filesystem::path& process) {
  constexpr std::size_t kMost = std::size_t{8} * 1024 * 1024;  // more than the kernel takes
  struct stat info {};
  if (stat(process.c_str(), &info) != 0 || info.st_uid != geteuid()) return "";
  const UniqueFd file(::open((process / "environ").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  for (ssize_t count = 1; file && count > 0 && text.size() < kMost;) {
    const std::size_t known = text.size();
    text.resize(known + 16 * 1024);
    count = read(file.number(), text.data() + known, text.size() - known);
    text.resize(known + static_cast<std::size_t>(count > 0 ? count : 0));
  }
  return text;
}

bool has_entry(const std::string& environment, const std::string& entry) {
  for (auto at = environment.find(entry); at != std::string::npos;
       at = environment.find(entry, at + 1)) {
    const auto end = at + entry.size();
    if ((at == 0 || environment[at - 1] == '\0') &&
        (end == environment.size() || environment[end] == '\0')) {
      return true;
    }
  }
  return false;
}

// A descriptor that stays with this process, even if its number becomes another's.
UniqueFd handle_of(pid_t pid) {
#ifdef SYS_pidfd_open
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  static_cast<void>(pid);
  return {};
#endif
}

void kill_by_handle(const UniqueFd& handle, pid_t pid) {
#ifdef SYS_pidfd_send_signal
  if (handle) {
    syscall(SYS_pidfd_send_signal, handle.number(), SIGKILL, nullptr, 0);
    return;
  }
#endif
  static_cast<void>(handle);
  ::kill(pid, SIGKILL);
}

}  // namespace

std::vector<KilledProcess> kill_with_variable(const std::string& entry) {
  std::vector<KilledProcess> killed;
  std::error_code gone;
  std::filesystem::directory_iterator process("/proc", gone);
  for (; !gone && process != std::filesystem::directory_iterator(); process.increment(gone)) {
    const auto pid = pid_of(process->path().filename().string());
    if (!pid || *pid == getpid()) continue;
    if (!has_entry(environment_of(process->path()), entry)) continue;
    UniqueFd handle = handle_of(*pid);
    // Its number may have become another's before we had the handle.
    if (!has_entry(environment_of(process->path()), entry)) continue;
    kill_by_handle(handle, *pid);
    killed.push_back({*pid, std::move(handle)});
  }
  return killed;
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
