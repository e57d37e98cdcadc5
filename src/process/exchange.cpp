#include "process/exchange.h"

#include "process/io.h"
#include "process/launch.h"

#include <algorithm>
#include <utility>

namespace chant::process {

Exchange::Exchange(const Command& command, std::string input, std::size_t max_output)
    : input_(std::move(input)), unsent_(input_), max_output_(max_output) {
  Piped child = launch_piped(command);
  pid_ = child.pid;
  if (!unsent_.empty()) in_ = std::move(child.in);
  out_ = std::move(child.out);
  err_ = std::move(child.err);
}

Exchange::~Exchange() {
  if (!drain_until_ && pid_ > 0) kill_and_reap(pid_);
}

void Exchange::watch(std::vector<pollfd>& fds) const {
  if (in_) fds.push_back({in_.number(), POLLOUT, 0});
  if (out_) fds.push_back({out_.number(), POLLIN, 0});
  if (err_) fds.push_back({err_.number(), POLLIN, 0});
}

Deadline Exchange::deadline() const { return drain_until_; }

void Exchange::transfer() {
  if (in_ && (write_some(in_.number(), unsent_) == Flow::ended || unsent_.empty())) in_.close();
  receive(out_, result_.out);
  receive(err_, result_.err);
}

void Exchange::receive(UniqueFd& from, std::string& into) const {
  // A full pipe and more, yet an end to it when the writer is as fast as we are.
  constexpr int kMostReads = 32;
  for (int reads = 0; from && reads < kMostReads; ++reads) {
    const Chunk chunk = read_some(from.number(), read_buffer());
    if (chunk.flow == Flow::blocked) return;
    if (chunk.flow == Flow::ended) return from.close();
    into.append(chunk.bytes.substr(0, max_output_ - std::min(max_output_, into.size())));
  }
}

void Exchange::note_exit() {
  if (drain_until_) return;
  const auto status = find_wait_status(pid_);
  if (!status) return;
  result_.outcome = outcome_of(*status);
  drain_until_ = Clock::now() + kDrainTime;
  in_.close();
  transfer();
}

void Exchange::signal_group(int signal) const {
  if (!drain_until_) ::kill(-pid_, signal);
}

bool Exchange::finished() const {
  return drain_until_ && ((!out_ && !err_) || passed(drain_until_));
}

Result Exchange::take_result() { return std::move(result_); }

}  // namespace chant::process
