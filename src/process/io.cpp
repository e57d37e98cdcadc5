#include "process/io.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace chant::process {
namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Chunk read_some(int fd, std::span<char> buffer) {
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count > 0) return {Flow::moved, {buffer.data(), static_cast<std::size_t>(count)}};
    if (count == 0) return {Flow::ended, {}};
    if (errno != EINTR) return {would_block(errno) ? Flow::blocked : Flow::ended, {}};
  }
}

Flow write_some(int fd, std::string_view& rest) {
  for (;;) {
    const ssize_t count = ::write(fd, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
      return Flow::moved;
    }
    if (errno != EINTR) return would_block(errno) ? Flow::blocked : Flow::ended;
  }
}

std::span<char> read_buffer() {
  static std::array<char, std::size_t{64} * 1024> buffer;
  return buffer;
}

}  // namespace chant::process
