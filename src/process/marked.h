// The mark of an attempt: a random value in the environment of its agent, which everything that the
// agent starts inherits. By it we find again what no supervisor can see any more, because the
// supervisor was killed or because another process had it started.
#pragma once

#include <cstddef>
#include <string>

namespace chant::process {

inline constexpr const char* kMarkVariable = "CHANT_ATTEMPT_MARK";

[[nodiscard]] std::string new_mark();
[[nodiscard]] bool is_mark(const std::string& text);

// Kills all processes of this user, except this one, that were started with this mark, and those
// that they start meanwhile; waits for their end for a moment. How many there were; 0 where the
// system does not show the environment of processes (all but Linux).
std::size_t end_marked(const std::string& mark);

}  // namespace chant::process
