#include "process/log_file.h"

#include "support/catch.h"
#include "support/temp_dir.h"
#include "util/error.h"
#include "util/lock.h"

#include <sys/stat.h>

using chant::process::LogFile;
using chant::test::TempDir;

TEST_CASE("a short log is kept byte for byte", "[process]") {
  const TempDir dir;
  LogFile log(dir.path() / "log", 8);
  log.append(std::string_view("a\0b", 3));
  log.append("\x1b[0m");
  log.finish();
  CHECK(dir.read("log") == std::string("a\0b\x1b[0m", 7));
}

TEST_CASE("a log of up to two parts is whole", "[process]") {
  const TempDir dir;
  LogFile log(dir.path() / "log", 8);
  log.append("0123456");
  log.append("789abcd");
  log.append("ef");
  log.finish();
  CHECK(dir.read("log") == "0123456789abcdef");
}

TEST_CASE("a long log keeps its first and last part and says what it lost", "[process]") {
  const TempDir dir;
  LogFile log(dir.path() / "log", 8);
  for (char c = 'a'; c <= 'z'; ++c) log.append(std::string(1, c));
  log.finish();
  CHECK(dir.read("log") == "abcdefgh\n[git-chant: 10 bytes left out]\nstuvwxyz");
}

TEST_CASE("one piece larger than all parts is cut like many small ones", "[process]") {
  const TempDir dir;
  LogFile log(dir.path() / "log", 8);
  log.append("abcdefghijklmnopqrstuvwxyz");
  log.finish();
  CHECK(dir.read("log") == "abcdefgh\n[git-chant: 10 bytes left out]\nstuvwxyz");
}

TEST_CASE("a log is private, locked while it is written, and alone in its directory", "[process]") {
  const TempDir dir;
  const auto path = dir.path() / "log";
  LogFile log(path, 4);
  log.append("0123456789");
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(chant::is_locked(path));
  CHECK_THROWS_AS(LogFile(path), chant::Error);
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);
  log.finish();
  CHECK_FALSE(chant::is_locked(path));
}

TEST_CASE("finishing a log twice changes nothing", "[process]") {
  const TempDir dir;
  LogFile log(dir.path() / "log", 4);
  log.append("0123456789");
  log.finish();
  const std::string once = dir.read("log");
  log.finish();
  log.append("late");
  CHECK(dir.read("log") == once);
}

TEST_CASE("an older log of the same name is kept", "[process]") {
  const TempDir dir;
  dir.write("log", "before\n");
  LogFile log(dir.path() / "log");
  log.append("after\n");
  log.finish();
  CHECK(dir.read("log") == "before\nafter\n");
}

TEST_CASE("a log is never written through a link", "[process]") {
  const TempDir dir;
  dir.write("precious", "text");
  std::filesystem::create_symlink("precious", dir.path() / "log");
  CHECK_THROWS_AS(LogFile(dir.path() / "log"), chant::Error);
  CHECK(dir.read("precious") == "text");
}
