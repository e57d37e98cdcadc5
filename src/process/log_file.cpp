#include "process/log_file.h"

#include "util/error.h"
#include "util/file.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

namespace chant::process {
namespace {

UniqueFd open_log(const std::filesystem::path& path) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  UniqueFd fd(::open(path.c_str(), kFlags, 0600));
  if (!fd) fail_errno("cannot open the log '" + path.string() + "'", errno);
  struct stat facts {};
  if (::fstat(fd.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    fail("cannot write the log '{}': not a regular file", path.string());
  }
  while (::flock(fd.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) fail("cannot write the log '{}': it is in use", path.string());
    fail_errno("cannot lock the log '" + path.string() + "'", errno);
  }
  return fd;
}

UniqueFd open_unlinked(const std::filesystem::path& beside) {
  std::string name = beside.string() + ".XXXXXX";
  UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) fail_errno("cannot make a file beside the log '" + beside.string() + "'", errno);
  ::unlink(name.c_str());
  return fd;
}

void write_at(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_errno("cannot write the end of a log", errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void copy_range(int from, std::uint64_t offset, std::uint64_t length, int to) {
  std::vector<char> buffer(std::size_t{64} * 1024);
  while (length > 0) {
    const auto wanted = std::min<std::uint64_t>(length, buffer.size());
    const ssize_t count = ::pread(from, buffer.data(), wanted, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_errno("cannot read the end of a log", errno);
    if (count == 0) return;
    write_all(to, {buffer.data(), static_cast<std::size_t>(count)});
    offset += static_cast<std::uint64_t>(count);
    length -= static_cast<std::uint64_t>(count);
  }
}

}  // namespace

LogFile::LogFile(const std::filesystem::path& path, std::uint64_t part)
    : head_(open_log(path)), path_(path), part_(part) {}

void LogFile::append(std::string_view bytes) {
  if (finished_) return;
  const std::uint64_t room = part_ - std::min(part_, written_);
  const auto first =
      bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
  if (!first.empty()) write_all(head_.number(), first);
  written_ += first.size();
  append_tail(bytes.substr(first.size()));
}

// The tail is a ring: byte n after the first part is at n modulo the size of a part.
void LogFile::append_tail(std::string_view bytes) {
  if (bytes.empty()) return;
  if (!tail_) tail_ = open_unlinked(path_);
  while (!bytes.empty()) {
    const std::uint64_t offset = (written_ - part_) % part_;
    const auto piece = bytes.substr(0, static_cast<std::size_t>(part_ - offset));
    write_at(tail_.number(), piece, offset);
    written_ += piece.size();
    bytes.remove_prefix(piece.size());
  }
}

void LogFile::finish() {
  if (finished_) return;
  finished_ = true;
  const std::uint64_t after_head = written_ - std::min(part_, written_);
  if (after_head > part_) {
    write_all(head_.number(),
              fmt::format("\n[git-chant: {} bytes left out]\n", after_head - part_));
    const std::uint64_t oldest = after_head % part_;
    copy_range(tail_.number(), oldest, part_ - oldest, head_.number());
    copy_range(tail_.number(), 0, oldest, head_.number());
  } else if (after_head > 0) {
    copy_range(tail_.number(), 0, after_head, head_.number());
  }
  tail_.close();
  head_.close();
}

}  // namespace chant::process
