#include "process/job.h"

#include "process/io.h"
#include "process/launch.h"
#include "process/marked.h"
#include "process/supervisor.h"
#include "util/text.h"

#include <unistd.h>

#include <charconv>
#include <utility>

namespace chant::process {
namespace {

constexpr std::size_t kMostShortOutput = std::size_t{512} * 1024 * 1024;
constexpr std::chrono::seconds kSlack{3};  // for a supervisor that is ending its agent

std::filesystem::path made_absolute(const std::filesystem::path& path) {
  return path.empty() ? path : std::filesystem::absolute(path);
}

pid_t launch_supervisor(const Loop::Supervised& what, const std::string& mark, int output,
                        int control) {
  SupervisorOptions options;
  options.input = made_absolute(what.input);
  options.log = made_absolute(what.log);
  options.time_limit = what.time_limit;
  options.grace = what.grace;
  options.mark = mark;
  options.argv = what.command.argv;
  Command command = what.command;
  command.argv = {"git-chant", "run-agent"};
  for (std::string& argument : supervisor_arguments(options)) {
    command.argv.push_back(std::move(argument));
  }
  LaunchOptions launch_options;
  launch_options.out = output;
  launch_options.control = control;
  launch_options.family = Family::session;
  launch_options.program = what.supervisor.empty() ? own_path() : what.supervisor;
  return launch(command, launch_options);
}

template <typename Number>
Number number(std::string_view text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

ShortJob::ShortJob(const Command& command, std::string input, Loop::Done done, Queue& queue)
    : exchange_(command, std::move(input), kMostShortOutput),
      done_(std::move(done)),
      queue_(queue) {}

void ShortJob::stop(Loop::Force force) {
  exchange_.signal_group(force == Loop::Force::now ? SIGKILL : SIGTERM);
}

void ShortJob::complete() {
  exchange_.transfer();
  queue_.emplace_back(
      [done = std::move(done_), result = exchange_.take_result()] { done(result); });
}

SupervisedJob::SupervisedJob(std::shared_ptr<const Loop::Supervised> what, Queue& queue)
    : what_(std::move(what)), mark_(what_->mark.empty() ? new_mark() : what_->mark), queue_(queue) {
  Pipe output = make_pipe();
  auto [ours, theirs] = make_socket_pair();
  set_nonblocking(output.read.number());
  set_nonblocking(ours.number());
  supervisor_ = launch_supervisor(*what_, mark_, output.write.number(), theirs.number());
  output_ = std::move(output.read);
  control_ = std::move(ours);
}

// The supervisor is told to kill; when it does not answer, we do its work as well as we can.
SupervisedJob::~SupervisedJob() {
  if (wait_status_) return;
  stop(Loop::Force::now);
  output_.close();
  const auto status = wait_until(supervisor_, Clock::now() + kSlack);
  receive_report();
  if (!status) kill_and_reap(supervisor_);
  if (!report_) end_orphans();
}

void SupervisedJob::watch(std::vector<pollfd>& fds) const {
  if (output_) fds.push_back({output_.number(), POLLIN, 0});
  if (control_) fds.push_back({control_.number(), POLLIN, 0});
}

Deadline SupervisedJob::deadline() const { return earlier(drain_until_, kill_at_); }

void SupervisedJob::transfer() {
  static_cast<void>(receive_output());
  receive_report();
}

bool SupervisedJob::receive_output() {
  if (!output_) return false;
  const Chunk chunk = read_some(output_.number(), read_buffer());
  if (chunk.flow == Flow::ended) output_.close();
  if (chunk.flow != Flow::moved) return false;
  if (what_->output) {
    queue_.emplace_back([what = what_, bytes = std::string(chunk.bytes)] { what->output(bytes); });
  }
  return true;
}

void SupervisedJob::receive_report() {
  if (!control_) return;
  const Chunk chunk = read_some(control_.number(), read_buffer());
  lines_.append(chunk.bytes);
  if (chunk.flow == Flow::ended) control_.close();
  for (auto end = lines_.find('\n'); end != std::string::npos; end = lines_.find('\n')) {
    take_line(std::string_view(lines_).substr(0, end));
    lines_.erase(0, end + 1);
  }
}

void SupervisedJob::take_line(std::string_view line) {
  constexpr std::string_view kError = "error ";
  if (line.starts_with(kError)) {
    report_ = Report{Exited{127}, 0, std::string(line.substr(kError.size()))};
    return;
  }
  const auto words = split(line, ' ');
  const int value = words.size() > 1 ? number<int>(words[1]) : 0;
  const std::size_t leftovers = words.size() > 2 ? number<std::size_t>(words[2]) : 0;
  if (words[0] == "pid") agent_ = value;
  if (words[0] == "exited") report_ = Report{Exited{value}, leftovers, {}};
  if (words[0] == "signaled") report_ = Report{Signaled{value}, leftovers, {}};
  if (words[0] == "timeout") report_ = Report{TimedOut{}, leftovers, {}};
  if (words[0] == "stopped") report_ = Report{Stopped{}, leftovers, {}};
}

void SupervisedJob::note_exit() {
  if (wait_status_) return;
  continue_if_stopped(supervisor_);
  if (const auto status = find_wait_status(supervisor_)) {
    note_status(*status);
  } else if (passed(kill_at_)) {
    note_status(kill_and_reap(supervisor_));
  }
}

void SupervisedJob::note_status(int wait_status) {
  wait_status_ = wait_status;
  kill_at_.reset();
  drain_until_ = Clock::now() + kDrainTime;
  transfer();
  if (!report_) end_orphans();
}

// What the agent left, without a supervisor to end it. The agent's number may belong to someone
// else by now, but then in another session. An agent that is gone while its group is not keeps the
// number taken.
void SupervisedJob::end_orphans() const {
  const pid_t session = agent_ > 1 ? getsid(agent_) : 0;
  if (session == -1 || session == supervisor_) ::kill(-agent_, SIGKILL);
  end_marked(mark_);
}

void SupervisedJob::stop(Loop::Force force) {
  if (!control_ || wait_status_) return;
  const bool now = force == Loop::Force::now;
  std::string_view wish = now ? "K" : "T";
  static_cast<void>(write_some(control_.number(), wish));
  const auto patience = now ? kSlack : kSlack + what_->grace;
  kill_at_ = earlier(kill_at_, Clock::now() + patience);
}

bool SupervisedJob::finished() const {
  return wait_status_ && ((!output_ && !control_) || passed(drain_until_));
}

void SupervisedJob::complete() {
  while (receive_output()) {
  }
  Report report;
  if (report_) {
    report = *report_;
  } else {
    report.outcome = outcome_of(*wait_status_);
    report.error = "the supervisor of the agent ended without a report";
    if (succeeded(report.outcome)) report.outcome = Exited{127};
  }
  queue_.emplace_back([what = what_, report] {
    if (!report.error.empty() && what->error) what->error(report.error);
    if (what->done) what->done(report.outcome, report.leftovers);
  });
}

}  // namespace chant::process
