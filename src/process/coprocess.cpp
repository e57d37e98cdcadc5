#include "process/coprocess.h"

#include "process/io.h"
#include "process/launch.h"
#include "process/signals.h"
#include "util/error.h"
#include "util/text.h"

#include <utility>

namespace chant::process {
namespace {

constexpr std::size_t kComplaintBytes = std::size_t{64} * 1024;
constexpr std::chrono::seconds kPatience{5};

void wait_for(std::vector<pollfd>& fds, Deadline until) {
  const SignalWait nothing_to_handle({});
  nothing_to_handle.wait(fds, until);
}

}  // namespace

Coprocess::Coprocess(const Command& command)
    : name_(command.argv.empty() ? std::string() : command.argv.front()) {
  Piped child = launch_piped(command);
  pid_ = child.pid;
  in_ = std::move(child.in);
  out_ = std::move(child.out);
  err_ = std::move(child.err);
}

Coprocess::~Coprocess() {
  if (pid_ < 0) return;
  in_.close();
  out_.close();
  err_.close();
  static_cast<void>(reap());
}

// A child that does not end with its input is killed: a destructor has to come to an end.
int Coprocess::reap() {
  const pid_t pid = std::exchange(pid_, -1);
  const auto status = wait_until(pid, Clock::now() + kPatience);
  return status ? *status : kill_and_reap(pid);
}

// Waits until something can be read (or written, when `writing`) and reads what is there.
void Coprocess::receive(bool writing) {
  std::vector<pollfd> fds;
  if (writing) fds.push_back({in_.number(), POLLOUT, 0});
  if (out_) fds.push_back({out_.number(), POLLIN, 0});
  if (err_) fds.push_back({err_.number(), POLLIN, 0});
  wait_for(fds, std::nullopt);
  if (out_) {
    const Chunk chunk = read_some(out_.number(), read_buffer());
    buffer_.append(chunk.bytes);
    if (chunk.flow == Flow::ended) out_.close();
  }
  if (err_) {
    const Chunk chunk = read_some(err_.number(), read_buffer());
    complaint_.append(chunk.bytes);
    if (complaint_.size() > kComplaintBytes) {
      complaint_.erase(0, complaint_.size() - kComplaintBytes);
    }
    if (chunk.flow == Flow::ended) err_.close();
  }
}

void Coprocess::write(std::string_view bytes) {
  const SigpipeIgnored no_sigpipe;
  while (!bytes.empty()) {
    const Flow flow = in_ ? write_some(in_.number(), bytes) : Flow::ended;
    if (flow == Flow::ended) {
      fail("cannot write to '{}': it has ended: {}", name_, trim(complaint_));
    }
    if (flow == Flow::blocked) receive(true);
  }
}

void Coprocess::fill() {
  if (!out_) fail("cannot read from '{}': it has ended: {}", name_, trim(complaint_));
  buffer_.erase(0, std::exchange(used_, 0));
  receive(false);
}

std::string Coprocess::read_line() {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = buffer_.find('\n', used_ + searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(used_, end - used_);
      used_ = end + 1;
      return line;
    }
    searched = buffer_.size() - used_;
    fill();
  }
}

std::string Coprocess::read_exactly(std::size_t bytes) {
  while (buffer_.size() - used_ < bytes) fill();
  std::string result = buffer_.substr(used_, bytes);
  used_ += bytes;
  return result;
}

void Coprocess::end_input() { in_.close(); }

std::string Coprocess::read_more() {
  while (used_ == buffer_.size() && out_) fill();
  return buffer_.substr(std::exchange(used_, buffer_.size()));
}

Result Coprocess::finish() {
  in_.close();
  while (out_ || err_) receive(false);
  Result result;
  if (pid_ >= 0) result.outcome = outcome_of(reap());
  result.out = buffer_.substr(used_);
  used_ = buffer_.size();
  result.err = complaint_;
  return result;
}

}  // namespace chant::process
