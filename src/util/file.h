// Files that other people wrote, and files that must never be seen half written.
//
// Reading never follows a link in the last component, never blocks on a FIFO, and never reads
// more than the caller allows. Publishing a file takes an explicit commit(); destroying the
// writer discards.
#pragma once

#include "util/fd.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace chant {

// The content of a regular file of at most `max_bytes`. Throws Error when it is absent, too
// large, a link or not a regular file.
[[nodiscard]] std::string load_file(const std::filesystem::path& path, std::size_t max_bytes);

// As load_file, but an absent file is std::nullopt.
[[nodiscard]] std::optional<std::string> find_file(const std::filesystem::path& path,
                                                   std::size_t max_bytes);

// Opens a directory without following a link in its last component. Throws Error.
[[nodiscard]] UniqueFd open_directory(const std::filesystem::path& path);

// As load_file, for the entry `name` of an open directory. `shown` is the path for messages.
[[nodiscard]] std::string load_file_at(const UniqueFd& directory, const std::string& name,
                                       const std::filesystem::path& shown, std::size_t max_bytes);

// Creates a file that must not exist yet. Throws Error; false when it exists.
[[nodiscard]] bool make_file(const std::filesystem::path& path, std::string_view text,
                             unsigned mode = 0666);

// Replaces a file in one step: the text is written beside it, flushed to disk, and renamed over
// it by commit(). Keeps the mode of the file it replaces.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path, unsigned mode = 0666);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(std::string_view text);
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  UniqueFd fd_;
};

// Creates the directory and its missing parents, 0700 each. Throws Error when the last component
// is there and is not a directory.
void make_private_directories(const std::filesystem::path& path);

// Writes all bytes, retrying short writes. Throws Error.
void write_all(int fd, std::string_view bytes);

// $HOME-style directory from the environment: `variable` when set and absolute, else
// $HOME/`fallback`; std::nullopt when neither is known.
[[nodiscard]] std::optional<std::filesystem::path> find_user_directory(const char* variable,
                                                                       std::string_view fallback);

}  // namespace chant
