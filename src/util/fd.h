// Owned file descriptors. Everything that git-chant opens is close-on-exec; a descriptor that a
// child needs is passed to it by name when it is started.
#pragma once

#include <utility>

namespace chant {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { close(); }

  [[nodiscard]] int number() const noexcept { return fd_; }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
  void close() noexcept;

 private:
  int fd_ = -1;
};

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

// A pipe, both ends close-on-exec. Throws Error.
[[nodiscard]] Pipe make_pipe();

// A connected pair of stream sockets, both close-on-exec; what one writes the other reads.
[[nodiscard]] std::pair<UniqueFd, UniqueFd> make_socket_pair();

void set_nonblocking(int fd);

// Takes those of 0, 1 and 2 that were closed when the program started, so that no file opened
// later gets such a number and what is meant for the caller; writing to them still fails.
void occupy_standard_descriptors();

}  // namespace chant
