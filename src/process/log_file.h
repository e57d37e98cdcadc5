// The log of one attempt: raw bytes as they came. The first 16 MiB and the last 16 MiB are kept;
// what lies between is replaced by one line that says how much was dropped. While it grows, the
// file holds the first part; the last part waits in an unlinked file beside it and is appended
// by finish(). The file is locked (flock) while its writer lives, so that a reader can tell.
#pragma once

#include "util/fd.h"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace chant::process {

class LogFile {
 public:
  static constexpr std::uint64_t kPart = 16ULL * 1024 * 1024;

  // Makes the file, 0600; what is in it already is kept. `part` is smaller in tests. Throws Error,
  // also when the file has another writer.
  explicit LogFile(const std::filesystem::path& path, std::uint64_t part = kPart);

  void append(std::string_view bytes);
  void finish();  // idempotent

 private:
  void append_tail(std::string_view bytes);

  UniqueFd head_, tail_;
  std::filesystem::path path_;
  std::uint64_t part_;
  std::uint64_t written_ = 0;  // all bytes ever appended
  bool finished_ = false;
};

}  // namespace chant::process
