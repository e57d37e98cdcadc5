#include "process/relay.h"

#include "process/io.h"
#include "util/error.h"

#include <fcntl.h>

#include <utility>

namespace chant::process {

Relay::Relay(UniqueFd source, LogFile log, int screen)
    : source_(std::move(source)), log_(std::move(log)), screen_(screen) {
  set_nonblocking(source_.number());
  if (fcntl(screen_, F_GETFD) < 0) screen_ = -1;
  if (screen_ >= 0) set_nonblocking(screen_);
}

void Relay::watch(std::vector<pollfd>& fds) const {
  if (source_ && pending() < kMostPending) fds.push_back({source_.number(), POLLIN, 0});
  if (screen_ >= 0 && pending() > 0) fds.push_back({screen_, POLLOUT, 0});
}

void Relay::transfer() {
  if (pending() < kMostPending) static_cast<void>(receive());
  send();
}

bool Relay::receive() {
  if (!source_) return false;
  const Chunk chunk = read_some(source_.number(), read_buffer());
  if (chunk.flow == Flow::ended) source_.close();
  if (chunk.flow != Flow::moved) return false;
  say(chunk.bytes);
  return true;
}

void Relay::say(std::string_view bytes) {
  if (screen_ >= 0) unsent_.append(bytes);
  with_log([&] { log_.append(bytes); });
}

// A log that cannot be written any more (a full disk) must not end the agent's work.
template <typename Action>
void Relay::with_log(Action action) {
  if (!log_works_) return;
  try {
    action();
  } catch (const Error& error) {
    log_works_ = false;
    if (screen_ >= 0) unsent_.append("\n[git-chant: " + std::string(error.what()) + "]\n");
  }
}

void Relay::send() {
  if (screen_ < 0 || pending() == 0) return;
  std::string_view rest = std::string_view(unsent_).substr(sent_);
  const Flow flow = write_some(screen_, rest);
  if (flow == Flow::ended) return drop_screen();
  sent_ = unsent_.size() - rest.size();
  if (rest.empty() || sent_ >= kMostPending / 4) unsent_.erase(0, std::exchange(sent_, 0));
}

void Relay::drop_screen() {
  screen_ = -1;
  unsent_.clear();
  sent_ = 0;
}

void Relay::finish() {
  // The largest pipe holds 1 MiB; more can only come from a process that nothing could end.
  constexpr std::size_t kMostReads = 32;
  for (std::size_t reads = 0; reads < kMostReads && receive(); ++reads) {
  }
  source_.close();
  with_log([this] { log_.finish(); });
}

}  // namespace chant::process
