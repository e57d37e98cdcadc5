#include "process/launch.h"

#include "process/platform.h"
#include "util/error.h"
#include "util/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

extern char** environ;

namespace chant::process {
namespace {

std::size_t g_started = 0;

void check(int error, const char* what) {
  if (error != 0) fail_errno(what, error);
}

struct Attributes {
  posix_spawnattr_t value{};
  Attributes() { check(posix_spawnattr_init(&value), "cannot prepare a child process"); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&value); }
};

struct FileActions {
  posix_spawn_file_actions_t value{};
  FileActions() { check(posix_spawn_file_actions_init(&value), "cannot prepare a child process"); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&value); }
};

// A copy far above the numbers that the child's descriptors get, so that no dup2() in the child
// overwrites the source of a later one, whatever our own 0, 1 and 2 are.
UniqueFd lifted(int fd) {
  constexpr int kAboveTargets = 10;
  UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, kAboveTargets));
  if (!copy) fail_errno("cannot copy a descriptor for a child process", errno);
  return copy;
}

UniqueFd open_null() {
  UniqueFd fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!fd) fail_errno("cannot open '/dev/null'", errno);
  return fd;
}

// The descriptors that the child gets, 0 first.
std::vector<UniqueFd> child_descriptors(const LaunchOptions& options) {
  std::vector<UniqueFd> result;
  for (const int fd : {options.in, options.out, options.err}) {
    result.push_back(fd >= 0 ? lifted(fd) : lifted(open_null().number()));
  }
  if (options.control >= 0) result.push_back(lifted(options.control));
  return result;
}

void set_files(FileActions& actions, const std::vector<UniqueFd>& files,
               const std::filesystem::path& cwd) {
  constexpr const char* kWhat = "cannot prepare the files of a child process";
  int target = 0;
  for (const UniqueFd& fd : files) {
    check(posix_spawn_file_actions_adddup2(&actions.value, fd.number(), target++), kWhat);
  }
  check(add_close_from(&actions.value, target), kWhat);
  if (!cwd.empty()) check(add_directory(&actions.value, cwd.c_str()), kWhat);
}

void set_signals(Attributes& attributes, Family family) {
  constexpr const char* kWhat = "cannot prepare the signals of a child process";
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | extra_spawn_flags();
  if (family == Family::session) flags |= POSIX_SPAWN_SETSID;
  if (family == Family::group) flags |= POSIX_SPAWN_SETPGROUP;
  check(posix_spawnattr_setsigmask(&attributes.value, &none), kWhat);
  check(posix_spawnattr_setsigdefault(&attributes.value, &all), kWhat);
  check(posix_spawnattr_setpgroup(&attributes.value, 0), kWhat);
  check(posix_spawnattr_setflags(&attributes.value, static_cast<short>(flags)), kWhat);
}

std::vector<std::string> environment_with(const EnvChanges& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!changes.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : changes) {
    if (value) result.push_back(name + '=' + *value);
  }
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::filesystem::path require_program(const Command& command) {
  const std::string& name = command.argv.front();
  if (name.find('/') != std::string::npos) return std::filesystem::absolute(command.cwd / name);
  const auto program = find_program(name);
  if (!program) fail("cannot find '{}' in PATH", name);
  return *program;
}

// With SIGCHLD ignored, as some parents leave it, the kernel would throw exit codes away.
void keep_exit_codes() {
  struct sigaction action {};
  sigaction(SIGCHLD, nullptr, &action);
  if (action.sa_handler != SIG_IGN) return;
  action.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &action, nullptr);
}

// No process to be had is often over in a moment.
template <typename Spawn>
int spawn_with_patience(const Spawn& spawn) {
  int error = spawn();
  for (const int wait_ms : {10, 50, 250}) {
    if (error != EAGAIN) return error;
    poll(nullptr, 0, wait_ms);
    error = spawn();
  }
  return error;
}

}  // namespace

pid_t launch(const Command& command, const LaunchOptions& options) {
  if (command.argv.empty()) fail("cannot run an empty command");
  const auto program = options.program.empty() ? require_program(command) : options.program;
  const auto files = child_descriptors(options);
  FileActions actions;
  set_files(actions, files, command.cwd);
  Attributes attributes;
  set_signals(attributes, options.family);
  auto arguments = command.argv;
  auto environment = environment_with(command.env);
  const auto argv = pointers(arguments);
  const auto envp = pointers(environment);
  keep_exit_codes();
  pid_t pid = -1;
  const int error = spawn_with_patience([&] {
    return posix_spawn(&pid, program.c_str(), &actions.value, &attributes.value, argv.data(),
                       envp.data());
  });
  if (error != 0 && !command.cwd.empty() && !std::filesystem::is_directory(command.cwd)) {
    fail("cannot run '{}' in '{}': no such directory", command.argv[0], command.cwd.string());
  }
  if (error != 0) fail_errno("cannot run '" + command.argv[0] + "'", error);
  ++g_started;
  return pid;
}

Piped launch_piped(const Command& command) {
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  LaunchOptions options;
  options.in = in.read.number();
  options.out = out.write.number();
  options.err = err.write.number();
  for (const UniqueFd* end : {&in.write, &out.read, &err.read}) set_nonblocking(end->number());
  const pid_t pid = launch(command, options);
  return {pid, std::move(in.write), std::move(out.read), std::move(err.read)};
}

std::size_t started_count() { return g_started; }

}  // namespace chant::process
