// Waiting for a person's answer.
#pragma once

namespace chant::process {

// Waits until `fd` can be read. False when SIGINT, SIGTERM or SIGHUP came instead and somebody
// handles it, as a Loop does, which blocks them while it does not wait itself.
[[nodiscard]] bool wait_readable(int fd);

}  // namespace chant::process
