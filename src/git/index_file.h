// The index of a checkout, read as the file that it is: which files git knows, and how they looked
// when git last compared them with what it knows. Tells in one glance at each file, without a git
// process, which may have been changed since. Takes what others wrote.
#pragma once

#include "util/fd.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace chant::git {

struct IndexEntry {
  std::uint32_t mode = 0;
  std::string_view hash;     // the bytes of the object id
  std::string_view path;     // valid while the entry is shown
  std::int64_t changed = 0;  // ctime and mtime of the file, ns since the epoch
  std::int64_t written = 0;
  std::uint32_t size = 0;  // of the file, the low 32 bits

  [[nodiscard]] std::string oid() const;
};

// files: not what is unmerged. Neither shows what is not in the checkout, is assumed to be
// unchanged or has a path that leads out of it.
enum class Entries { files, modules };

// Shows entries of an index, in its order. False when the bytes are no index, or one that is split,
// and what was shown is not all. `hash_size`: 20 or 32.
[[nodiscard]] bool read_index(std::string_view bytes, std::size_t hash_size,
                              const std::function<void(const IndexEntry&)>& show,
                              Entries which = Entries::files);

// Looks at many files of a checkout, one directory after the other.
class FileGlance {
 public:
  explicit FileGlance(const std::filesystem::path& checkout);

  // False when the file is as the entry says. What was changed at `since` (ns since the epoch) or
  // later is not, whatever its size and time, unless git has compared it after that.
  [[nodiscard]] bool differs(const IndexEntry& entry, std::int64_t since);

 private:
  [[nodiscard]] int directory_of(std::string_view path);

  UniqueFd top_;
  UniqueFd below_;
  std::string name_;  // of the directory `below_`
  std::string file_;
};

// The same clock as for the times of files, ns since the epoch.
[[nodiscard]] std::int64_t file_clock_now();

}  // namespace chant::git
