#include "util/file.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "support/temp_dir.h"
#include "util/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>

using namespace chant;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777U;
}

std::ptrdiff_t entries_in(const fs::path& directory) {
  return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
}

}  // namespace

TEST_CASE("a file is read whole, up to the limit", "[util]") {
  const test::TempDir directory;
  const std::string text("one\r\n\0two", 9);
  const fs::path file = directory.write("file", text);
  CHECK(load_file(file, 9) == text);
  CHECK(find_file(file, 9) == text);
  CHECK_THROWS_WITH(load_file(file, 8), Catch::Contains("too large"));
  CHECK_THROWS_AS(find_file(file, 8), Error);
  CHECK(load_file(directory.write("empty", ""), 0).empty());
}

TEST_CASE("an absent file is an error or nothing", "[util]") {
  const test::TempDir directory;
  const fs::path file = directory.write("file", "x");
  CHECK_THROWS_WITH(load_file(directory.path() / "no", 9), Catch::Contains("cannot open '"));
  CHECK_FALSE(find_file(directory.path() / "no", 9));
  CHECK_FALSE(find_file(file / "below", 9));
}

TEST_CASE("a link, a FIFO and a directory are refused at once", "[util]") {
  const test::TempDir directory;
  const fs::path& root = directory.path();
  directory.write("file", "secret");
  fs::create_symlink("file", root / "link");
  fs::create_symlink("nowhere", root / "dangling");
  REQUIRE(mkfifo((root / "fifo").c_str(), 0600) == 0);
  CHECK_THROWS_WITH(load_file(root / "link", 99), Catch::Contains("is a symbolic link"));
  CHECK_THROWS_AS(find_file(root / "dangling", 99), Error);
  CHECK_THROWS_WITH(load_file(root / "fifo", 99), Catch::Contains("is not a regular file"));
  CHECK_THROWS_AS(load_file(root, 99), Error);
  CHECK_THROWS_AS(load_file("/dev/zero", 99), Error);
}

TEST_CASE("an entry of an open directory is read even when the path now leads elsewhere",
          "[util]") {
  const test::TempDir directory;
  const fs::path& root = directory.path();
  directory.write("specs/a", "right");
  directory.write("other/a", "wrong");
  const UniqueFd specs = open_directory(root / "specs");
  fs::rename(root / "specs", root / "moved");
  fs::create_symlink("other", root / "specs");
  CHECK(load_file_at(specs, "a", "specs/a", 99) == "right");
  CHECK_THROWS_WITH(open_directory(root / "specs"), Catch::Contains("is a symbolic link"));
  fs::create_symlink("a", root / "moved/link");
  CHECK_THROWS_WITH(load_file_at(specs, "link", "specs/link", 99), Catch::Contains("specs/link"));
}

TEST_CASE("a new file never takes the place of another", "[util]") {
  const test::TempDir directory;
  const fs::path file = directory.path() / "file";
  CHECK(make_file(file, "one", 0600));
  CHECK_FALSE(make_file(file, "two"));
  CHECK(directory.read("file") == "one");
  CHECK(mode_of(file) == 0600);
  fs::create_symlink("target", directory.path() / "link");
  CHECK_FALSE(make_file(directory.path() / "link", "x"));
  CHECK_FALSE(fs::exists(directory.path() / "target"));
  CHECK_THROWS_AS(make_file(directory.path() / "no/file", "x"), Error);
}

TEST_CASE("a file is replaced in one step, by commit only", "[util]") {
  const test::TempDir directory;
  const fs::path file = directory.write("file", "old");
  fs::permissions(file, static_cast<fs::perms>(0640));
  {
    AtomicFile writer(file);
    writer.write("never seen");
  }
  CHECK(directory.read("file") == "old");
  CHECK(entries_in(directory.path()) == 1);
  AtomicFile writer(file);
  writer.write("new ");
  writer.write("text");
  CHECK(directory.read("file") == "old");
  writer.commit();
  CHECK(directory.read("file") == "new text");
  CHECK(mode_of(file) == 0640);
  CHECK(entries_in(directory.path()) == 1);
}

TEST_CASE("a file is not written through a link", "[util]") {
  const test::TempDir directory;
  directory.write("outside", "mine");
  fs::create_symlink("outside", directory.path() / "link");
  CHECK_THROWS_AS(AtomicFile(directory.path() / "link"), Error);
  CHECK_THROWS_AS(AtomicFile(directory.path() / "no/file"), Error);
  CHECK(directory.read("outside") == "mine");
}

TEST_CASE("directories are made private, with their parents", "[util]") {
  const test::TempDir directory;
  const fs::path made = directory.path() / "a/b/c";
  make_private_directories(made);
  make_private_directories(made);
  CHECK(mode_of(made) == 0700);
  CHECK(mode_of(made.parent_path()) == 0700);
  const fs::path file = directory.write("file", "x");
  CHECK_THROWS_AS(make_private_directories(file), Error);
  CHECK_THROWS_AS(make_private_directories(file / "below"), Error);
}

TEST_CASE("the user's directories come from absolute paths in the environment", "[util]") {
  test::Environment environment;
  environment.set("HOME", "/home-of-test");
  environment.set("CHANT_TEST_DIRECTORY", "/set");
  CHECK(find_user_directory("CHANT_TEST_DIRECTORY", ".config") == fs::path("/set"));
  environment.set("CHANT_TEST_DIRECTORY", "relative");
  CHECK(find_user_directory("CHANT_TEST_DIRECTORY", ".config") ==
        fs::path("/home-of-test/.config"));
  environment.set("CHANT_TEST_DIRECTORY", std::nullopt);
  environment.set("HOME", std::nullopt);
  CHECK_FALSE(find_user_directory("CHANT_TEST_DIRECTORY", ".config"));
}
