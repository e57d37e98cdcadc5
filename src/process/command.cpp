#include "process/command.h"

#include "process/exchange.h"
#include "process/signals.h"
#include "util/text.h"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace chant::process {
namespace {

bool is_program(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

struct Description {
  std::string operator()(const Exited& exited) const { return fmt::format("exit {}", exited.code); }
  std::string operator()(const Signaled& signaled) const {
    return fmt::format("killed by signal {}", signaled.signal);
  }
  std::string operator()(const TimedOut&) const { return "timed out"; }
  std::string operator()(const Stopped&) const { return "stopped"; }
};

}  // namespace

Outcome outcome_of(int wait_status) {
  if (WIFSIGNALED(wait_status)) return Signaled{WTERMSIG(wait_status)};
  return Exited{WEXITSTATUS(wait_status)};
}

bool succeeded(const Outcome& outcome) {
  const auto* exited = std::get_if<Exited>(&outcome);
  return exited != nullptr && exited->code == 0;
}

bool crashed(const Outcome& outcome) {
  const auto* signaled = std::get_if<Signaled>(&outcome);
  if (signaled == nullptr) return false;
  const int signal = signaled->signal;
  return signal == SIGABRT || signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE;
}

std::string describe(const Outcome& outcome) { return std::visit(Description{}, outcome); }

Result run(const Command& command, std::string_view input, std::size_t max_output) {
  const SigpipeIgnored no_sigpipe;
  const SignalWait signals({SIGCHLD});
  Exchange exchange(command, std::string(input), max_output);
  while (!exchange.finished()) {
    std::vector<pollfd> fds;
    exchange.watch(fds);
    signals.wait(fds, exchange.deadline());
    exchange.transfer();
    exchange.note_exit();
  }
  return exchange.take_result();
}

std::optional<std::filesystem::path> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (is_program(name)) return name;
    return std::nullopt;
  }
  const char* path = std::getenv("PATH");
  for (const std::string& entry : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    const std::filesystem::path directory = entry;
    if (!name.empty() && directory.is_absolute() && is_program(directory / name)) {
      return directory / name;
    }
  }
  return std::nullopt;
}

}  // namespace chant::process
