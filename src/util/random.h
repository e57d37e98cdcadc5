// Unpredictable text from the kernel.
#pragma once

#include <cstddef>
#include <string>

namespace chant {

// `length` characters of [0-9a-z].
[[nodiscard]] std::string random_base36(std::size_t length);

// Evenly from [0, 1).
[[nodiscard]] double random_fraction();

}  // namespace chant
