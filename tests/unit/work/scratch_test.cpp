#include "work/scratch.h"

#include "process/marked.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>
#include <optional>

using namespace chant;
using chant::test::Environment;
using chant::test::Fifo;
using chant::test::kPatience;
using chant::test::TempDir;

namespace fs = std::filesystem;

namespace {

struct Place {
  TempDir dir;
  Environment environment;
  git::Repository repository;
  fs::path logs = dir.path() / "logs";

  Place() {
    repository.common_dir = dir.path() / "git";
    fs::create_directories(dir.path() / "tmp");
    fs::create_directories(logs);
    environment.set("TMPDIR", (dir.path() / "tmp").string());
  }
  [[nodiscard]] fs::path records() const { return repository.chant_dir() / "scratch"; }
  [[nodiscard]] std::size_t left() const {
    std::size_t count = 0;
    for (const char* name : {"tmp", "git/chant/scratch"}) {
      if (!fs::exists(dir.path() / name)) continue;
      for (const auto& entry : fs::directory_iterator(dir.path() / name)) {
        (void)entry;
        ++count;
      }
    }
    return count;
  }

  // Another process makes one and is killed; its mark.
  [[nodiscard]] std::string killed_one() const {
    Fifo fifo(dir.path() / "fifo");
    const pid_t other = ::fork();
    if (other == 0) {
      const work::Scratch scratch(repository, logs);
      std::ofstream(scratch.directory() / "file") << "text";
      const UniqueFd fd(::open((dir.path() / "fifo").c_str(), O_WRONLY));
      (void)!::write(fd.number(), (scratch.mark() + "\n").c_str(), scratch.mark().size() + 1);
      for (;;) ::pause();
    }
    std::string mark = fifo.line();
    ::kill(other, SIGKILL);
    REQUIRE(::waitpid(other, nullptr, 0) == other);
    fs::remove(dir.path() / "fifo");
    return mark;
  }
};

}  // namespace

TEST_CASE("an attempt has a private directory, which is gone afterwards", "[work][scratch]") {
  const Place place;
  {
    const work::Scratch scratch(place.repository, place.logs);
    struct stat info {};
    REQUIRE(::stat(scratch.directory().c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0700);
    CHECK(scratch.directory().parent_path() == place.dir.path() / "tmp");
    process::EnvChanges environment;
    scratch.add_to(environment);
    CHECK(environment["TMPDIR"] == scratch.directory().string());
    CHECK(environment["CHANT_TMPDIR"] == scratch.directory().string());
    CHECK(process::is_mark(scratch.mark()));
    const work::Scratch other(place.repository, place.logs);
    CHECK(other.directory() != scratch.directory());
    CHECK(other.mark() != scratch.mark());
  }
  CHECK(place.left() == 0);
}

TEST_CASE("what an agent made unwritable is removed, what it links to is not", "[work][scratch]") {
  const Place place;
  const auto kept = place.dir.write("kept/file", "text");
  {
    const work::Scratch scratch(place.repository, place.logs);
    fs::create_directories(scratch.directory() / "module/deep");
    std::ofstream(scratch.directory() / "module/deep/file") << "text";
    fs::create_directory_symlink(kept.parent_path(), scratch.directory() / "link");
    fs::permissions(scratch.directory() / "module/deep", fs::perms::owner_read);
    fs::permissions(scratch.directory() / "module", fs::perms::owner_read);
    fs::permissions(scratch.directory(), fs::perms::none);
  }
  CHECK(place.left() == 0);
  CHECK(place.dir.read("kept/file") == "text");
}

TEST_CASE("what a killed process left is cleared, what is in use is not", "[work][scratch]") {
  const Place place;
  const work::Scratch ours(place.repository, place.logs);
  (void)place.killed_one();
  CHECK(place.left() == 4);
  work::clear_scratch(place.repository);
  CHECK(place.left() == 2);
  CHECK(fs::exists(ours.directory()));
}

TEST_CASE("an agent that its supervisor still ends is left to it", "[work][scratch]") {
  const Place place;
  (void)place.killed_one();
  {
    const FileLock log = FileLock::acquire(place.logs / "1.log");
    work::clear_scratch(place.repository);
    CHECK(place.left() == 2);
  }
  work::clear_scratch(place.repository);
  CHECK(place.left() == 0);
}

#ifdef __linux__
TEST_CASE("processes that outlived both git-chant and supervisor are ended", "[work][scratch]") {
  const Place place;
  const std::string mark = place.killed_one();
  Fifo alive(place.dir.path() / "alive");
  const std::string script = "exec 9>'" + (place.dir.path() / "alive").string() +
                             "'; trap '' TERM; echo up >&9; sleep 60; sleep 60";
  const pid_t orphan = ::fork();
  if (orphan == 0) {
    ::setenv(process::kMarkVariable, mark.c_str(), 1);
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    ::_exit(127);
  }
  REQUIRE(alive.line() == "up");
  CHECK(work::clear_scratch(place.repository) >= 1);
  CHECK(alive.closes_within(kPatience));
  REQUIRE(::waitpid(orphan, nullptr, 0) == orphan);
  CHECK(place.left() == 0);
}
#endif

TEST_CASE("a record that was forged removes nothing of anybody", "[work][scratch]") {
  const Place place;
  const auto precious = place.dir.write("precious/file", "text").parent_path();
  const auto named = place.dir.write("git-chant-open/file", "text").parent_path();
  fs::permissions(named, fs::perms::all);
  fs::create_directory_symlink(precious, place.dir.path() / "git-chant-link");
  fs::create_directories(place.records());
  int n = 0;
  for (const fs::path& path : {precious, named, place.dir.path() / "git-chant-link"}) {
    (void)place.dir.write("git/chant/scratch/" + std::to_string(n++),
                          process::new_mark() + '\0' + path.string() + '\0' + '\0');
  }
  (void)place.dir.write("git/chant/scratch/garbage", "garbage");
  work::clear_scratch(place.repository);
  CHECK(place.dir.read("precious/file") == "text");
  CHECK(place.dir.read("git-chant-open/file") == "text");
  CHECK(fs::is_empty(place.records()));
}
