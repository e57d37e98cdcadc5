// Many small files brought to the disk at the cost of one wait.
#pragma once

#include <filesystem>
#include <vector>

namespace chant {

// When it returns, those of these files that exist would survive a loss of power, under their
// names, as far as the file system keeps the order of what it is told. `directory` is on the same
// file system and writable. Throws Error.
void make_durable(const std::vector<std::filesystem::path>& files,
                  const std::filesystem::path& directory);

}  // namespace chant
