// Moving bytes without blocking. For the files of this module only.
#pragma once

#include "util/fd.h"

#include <span>
#include <string_view>

namespace chant::process {

enum class Flow {
  moved,    // some bytes
  blocked,  // none now
  ended,    // the other end is gone
};

struct Chunk {
  Flow flow = Flow::ended;
  std::string_view bytes;  // inside the buffer that was given
};

// EINTR is retried; an error counts as the end of the stream.
[[nodiscard]] Chunk read_some(int fd, std::span<char> buffer);

// Removes from `rest` what was written.
[[nodiscard]] Flow write_some(int fd, std::string_view& rest);

// One buffer for all reads of this process, which has one thread.
[[nodiscard]] std::span<char> read_buffer();

}  // namespace chant::process
