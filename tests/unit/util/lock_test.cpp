#include "util/lock.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/error.h"
#include "util/fd.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace chant;

TEST_CASE("a lock is held once, and seen by those who only look", "[util]") {
  const test::TempDir directory;
  const auto path = directory.path() / "locks/one.lock";
  CHECK_FALSE(is_locked(path));
  CHECK_FALSE(std::filesystem::exists(path));
  {
    const auto held = FileLock::try_acquire(path);
    REQUIRE(held);
    CHECK_FALSE(FileLock::try_acquire(path));
    CHECK(is_locked(path));
    CHECK(FileLock::try_acquire(directory.path() / "locks/two.lock"));
  }
  CHECK_FALSE(is_locked(path));
  CHECK(FileLock::try_acquire(path));
}

TEST_CASE("looking at a lock does not take it", "[util]") {
  const test::TempDir directory;
  const auto path = directory.path() / "lock";
  { const auto made = FileLock::acquire(path); }
  CHECK_FALSE(is_locked(path));
  CHECK_FALSE(is_locked(path));
  const auto held = FileLock::try_acquire(path);
  CHECK(held);
}

TEST_CASE("a lock dies with its process and is not passed to its children", "[util]") {
  const test::TempDir directory;
  const auto path = directory.path() / "lock";
  Pipe ready = make_pipe();
  Pipe end = make_pipe();
  const pid_t child = fork();
  if (child == 0) {
    end.write.close();
    const auto held = FileLock::try_acquire(path);
    char byte = held ? 'y' : 'n';
    (void)!::write(ready.write.number(), &byte, 1);
    (void)!::read(end.read.number(), &byte, 1);  // until the parent closes its end
    _exit(0);
  }
  char answer = 0;
  REQUIRE(::read(ready.read.number(), &answer, 1) == 1);
  REQUIRE(answer == 'y');
  CHECK(is_locked(path));
  CHECK_FALSE(FileLock::try_acquire(path));
  end.write.close();
  const FileLock waited = FileLock::acquire(path);  // comes back when the child has ended
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("those who only look never keep an owner from its lock", "[util]") {
  const test::TempDir directory;
  const auto path = directory.path() / "lock";
  { const auto made = FileLock::acquire(path); }
  Pipe end = make_pipe();
  const pid_t child = fork();
  if (child == 0) {
    end.write.close();
    set_nonblocking(end.read.number());
    char byte = 0;
    while (::read(end.read.number(), &byte, 1) < 0) (void)is_locked(path);
    _exit(0);
  }
  int taken = 0;
  for (int round = 0; round < 20000; ++round) taken += FileLock::try_acquire(path) ? 1 : 0;
  end.write.close();
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(taken == 20000);
}

TEST_CASE("a lock is not taken through a link", "[util]") {
  const test::TempDir directory;
  std::filesystem::create_symlink("elsewhere", directory.path() / "lock");
  CHECK_THROWS_AS(FileLock::acquire(directory.path() / "lock"), Error);
  CHECK_FALSE(is_locked(directory.path() / "lock"));
  CHECK_FALSE(std::filesystem::exists(directory.path() / "elsewhere"));
}
