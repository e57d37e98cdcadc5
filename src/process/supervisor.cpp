#include "process/supervisor.h"

#include "process/descendants.h"
#include "process/exchange.h"
#include "process/io.h"
#include "process/launch.h"
#include "process/marked.h"
#include "process/platform.h"
#include "process/relay.h"
#include "process/signals.h"
#include "util/error.h"
#include "util/text.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace chant::process {
namespace {

constexpr int kControl = 3;
constexpr std::chrono::seconds kLeftoverTime{1};  // for leftovers, to end by themselves
constexpr std::chrono::seconds kKillTime{1};      // for the kernel, to end what was killed

// Our end of the control socket; absent when the supervisor was started by hand.
class Control {
 public:
  Control() {
    struct stat facts {};
    if (fstat(kControl, &facts) != 0 || !S_ISSOCK(facts.st_mode)) return;
    fcntl(kControl, F_SETFD, FD_CLOEXEC);
    socket_ = UniqueFd(kControl);
    set_nonblocking(kControl);
  }

  void watch(std::vector<pollfd>& fds) const {
    if (socket_) fds.push_back({socket_.number(), POLLIN, 0});
  }
  // What the parent wants; std::nullopt when it is gone.
  [[nodiscard]] std::optional<std::string_view> receive() {
    const Chunk chunk = read_some(socket_.number(), read_buffer());
    if (chunk.flow != Flow::ended) return chunk.bytes;
    socket_.close();
    return std::nullopt;
  }
  void send(std::string_view line) const {
    if (socket_) static_cast<void>(write_some(socket_.number(), line));
  }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(socket_); }

 private:
  UniqueFd socket_;
};

// A file size limit of the user's stops the log, not us.
void outlive_file_size_limit() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &action, nullptr);
}

void leave_no_core_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  limit.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &limit);
}

UniqueFd open_input(const std::filesystem::path& path) {
  const char* name = path.empty() ? "/dev/null" : path.c_str();
  UniqueFd fd(::open(name, O_RDONLY | O_CLOEXEC));
  if (!fd) fail_errno("cannot open '" + std::string(name) + "'", errno);
  return fd;
}

struct Agent {
  pid_t pid = -1;
  UniqueFd output;
};

Agent start_agent(const SupervisorOptions& options) {
  const UniqueFd input = open_input(options.input);
  Pipe output = make_pipe();
  LaunchOptions launch_options;
  launch_options.in = input.number();
  launch_options.out = output.write.number();
  launch_options.err = output.write.number();
  Command command;
  command.argv = options.argv;
  if (!options.mark.empty()) command.env[kMarkVariable] = options.mark;
  return {launch(command, launch_options), std::move(output.read)};
}

Agent start_agent_or_log(const SupervisorOptions& options, LogFile& log) {
  try {
    return start_agent(options);
  } catch (const Error& error) {
    log.append(std::string(error.what()) + "\n");
    log.finish();
    throw;
  }
}

class Supervision {
 public:
  Supervision(const SupervisorOptions& options, const SignalWait& signals, Control& control,
              Descendants& descendants, Relay& relay);

  void run();  // until the agent and what it left behind have ended and all output is delivered
  [[nodiscard]] std::string report();

 private:
  enum class Phase { running, draining, ending, over };
  enum class Reason { none, time, asked };

  void turn();
  [[nodiscard]] Deadline next_deadline() const;
  void obey_parent();
  void advance();
  void ask_to_end(Reason reason);
  void kill();
  void begin_ending();
  void continue_ending();
  void deliver();

  const SignalWait& signals_;
  Control& control_;
  Descendants& descendants_;
  Relay& relay_;
  Seconds grace_;
  std::string mark_;
  Phase phase_ = Phase::running;
  Reason reason_ = Reason::none;
  bool killing_ = false;
  std::size_t leftovers_ = 0;
  Deadline limit_at_;     // end of the agent's time
  Deadline drain_until_;  // end of waiting for late output
  Deadline kill_at_;      // end of the patience after TERM
  Deadline give_up_at_;   // end of waiting for what cannot even be killed
};

Supervision::Supervision(const SupervisorOptions& options, const SignalWait& signals,
                         Control& control, Descendants& descendants, Relay& relay)
    : signals_(signals),
      control_(control),
      descendants_(descendants),
      relay_(relay),
      grace_(options.grace),
      mark_(options.mark) {
  if (options.time_limit) limit_at_ = Clock::now() + *options.time_limit;
}

void Supervision::run() {
  while (phase_ != Phase::over) {
    turn();
    advance();
  }
  leftovers_ += end_marked(mark_);
  relay_.finish();
  deliver();
}

void Supervision::turn() {
  std::vector<pollfd> fds;
  control_.watch(fds);
  relay_.watch(fds);
  signals_.wait(fds, next_deadline());
  if (control_) obey_parent();
  relay_.transfer();
  if (take_signals(SIGCHLD) > 0) descendants_.reap_adopted();
  if (take_signals(SIGTERM) + take_signals(SIGINT) + take_signals(SIGHUP) > 0) {
    ask_to_end(Reason::asked);
  }
}

Deadline Supervision::next_deadline() const {
  return earlier(earlier(limit_at_, drain_until_), earlier(kill_at_, give_up_at_));
}

void Supervision::obey_parent() {
  const auto wishes = control_.receive();
  if (!wishes) {
    relay_.drop_screen();
    ask_to_end(Reason::asked);
    return;
  }
  for (const char wish : *wishes) {
    if (wish == 'T') ask_to_end(Reason::asked);
    if (wish != 'K') continue;
    ask_to_end(Reason::asked);
    kill();
  }
}

void Supervision::advance() {
  if (phase_ == Phase::running && descendants_.agent_exited()) {
    phase_ = Phase::draining;
    limit_at_.reset();
    drain_until_ = Clock::now() + kDrainTime;
  }
  if (passed(limit_at_)) ask_to_end(Reason::time);
  if (passed(kill_at_)) kill();
  if (phase_ == Phase::draining && (relay_.at_end() || passed(drain_until_))) begin_ending();
  if (phase_ == Phase::ending) continue_ending();
}

void Supervision::ask_to_end(Reason reason) {
  if (phase_ != Phase::running || reason_ != Reason::none || descendants_.agent_exited()) return;
  reason_ = reason;
  limit_at_.reset();
  kill_at_ = Clock::now() + grace_;
  descendants_.signal_group(SIGTERM);
  descendants_.signal_group(SIGCONT);
}

void Supervision::kill() {
  killing_ = true;
  limit_at_.reset();
  kill_at_.reset();
  descendants_.signal_all(SIGKILL);
  if (phase_ == Phase::ending) give_up_at_ = Clock::now() + kKillTime;
}

void Supervision::begin_ending() {
  phase_ = Phase::ending;
  drain_until_.reset();
  if (descendants_.ended()) return;
  leftovers_ = std::max<std::size_t>(1, descendants_.count());
  if (killing_) return kill();
  kill_at_ = earlier(kill_at_, Clock::now() + kLeftoverTime);
  descendants_.signal_all(SIGTERM);
  descendants_.signal_all(SIGCONT);
}

void Supervision::continue_ending() {
  if (descendants_.ended() || passed(give_up_at_)) {
    phase_ = Phase::over;
  } else if (killing_) {
    descendants_.signal_all(SIGKILL);
  }
}

// A parent that is suspended reads later; one that is gone never does.
void Supervision::deliver() {
  while (!relay_.flushed()) {
    std::vector<pollfd> fds;
    control_.watch(fds);
    relay_.watch(fds);
    signals_.wait(fds, std::nullopt);
    if (control_ && !control_.receive()) relay_.drop_screen();
    relay_.transfer();
  }
}

std::string Supervision::report() {
  const Outcome outcome = outcome_of(descendants_.wait_status());
  if (reason_ == Reason::time) return fmt::format("timeout 0 {}\n", leftovers_);
  if (reason_ == Reason::asked) return fmt::format("stopped 0 {}\n", leftovers_);
  if (const auto* signaled = std::get_if<Signaled>(&outcome)) {
    return fmt::format("signaled {} {}\n", signaled->signal, leftovers_);
  }
  return fmt::format("exited {} {}\n", std::get<Exited>(outcome).code, leftovers_);
}

// Signals are taken before the agent starts: its end must not be missed, however early.
std::string supervise_agent(const SupervisorOptions& options, Control& control) {
  const bool adopting = adopt_orphans();
  const SignalWait signals({SIGCHLD, SIGTERM, SIGINT, SIGHUP});
  LogFile log(options.log);
  Agent agent = start_agent_or_log(options, log);
  Descendants descendants(agent.pid, adopting);
  control.send(fmt::format("pid {}\n", agent.pid));
  Relay relay(std::move(agent.output), std::move(log), STDOUT_FILENO);
  Supervision supervision(options, signals, control, descendants, relay);
  supervision.run();
  return supervision.report();
}

}  // namespace

int run_supervisor(const SupervisorOptions& options) {
  Control control;
  const SigpipeIgnored no_sigpipe;
  if (getsid(0) != getpid()) setsid();
  leave_no_core_files();
  outlive_file_size_limit();
  try {
    control.send(supervise_agent(options, control));
    return 0;
  } catch (const std::exception& error) {
    control.send("error " + printable_line(error.what()) + "\n");
    return 1;
  }
}

}  // namespace chant::process
