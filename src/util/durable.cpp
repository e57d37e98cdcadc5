#include "util/durable.h"

#include "util/error.h"
#include "util/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace chant {
namespace {

// Begins to write a file out; where that cannot be told apart from waiting for it, waits.
int begin_writing(const UniqueFd& file) {
#ifdef __linux__
  const int result = sync_file_range(file.number(), 0, 0, SYNC_FILE_RANGE_WRITE);
  if (result == 0 || (errno != ENOSYS && errno != EINVAL)) return result;
#endif
  return fsync(file.number());
}

}  // namespace

void make_durable(const std::vector<std::filesystem::path>& files,
                  const std::filesystem::path& directory) {
  for (const std::filesystem::path& path : files) {
    const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file && begin_writing(file) != 0) {
      fail("cannot write '{}' to the disk: {}", path.string(), std::strerror(errno));
    }
  }
  // What was named before this file was is on the disk when this one is.
  std::string name = (directory / "chant-sync-XXXXXX").string();
  const UniqueFd last(mkostemp(name.data(), O_CLOEXEC));
  if (!last) fail("cannot create a file in '{}': {}", directory.string(), std::strerror(errno));
  const bool done = write(last.number(), "\n", 1) == 1 && fsync(last.number()) == 0;
  const int error = errno;
  (void)unlink(name.c_str());
  if (!done) fail("cannot write '{}' to the disk: {}", name, std::strerror(error));
}

}  // namespace chant
