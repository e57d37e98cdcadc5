#include "work/idle_watch.h"

#include "process/loop.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "util/file.h"
#include "work/newest_change.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>

using namespace chant;
using chant::test::GitRepo;
using chant::test::kPatience;
using chant::test::Stopwatch;
using chant::test::TempDir;

namespace fs = std::filesystem;

namespace {

constexpr Milliseconds kLimit{600};

// A watch over one place, and when it spoke.
struct Watched {
  process::Loop loop;
  Stopwatch clock;
  std::vector<Milliseconds> warned;
  std::optional<Milliseconds> stalled;
  std::unique_ptr<work::IdleWatch> watch;

  explicit Watched(const fs::path& place, Milliseconds limit = kLimit) {
    watch = std::make_unique<work::IdleWatch>(
        loop, place, limit, [this](Seconds) { warned.push_back(clock.elapsed()); },
        [this] { stalled = clock.elapsed(); });
  }
  void at(Milliseconds when, process::Loop::Action action) { loop.after(when, std::move(action)); }
  void run() {
    while (!stalled && clock.elapsed() < kPatience) loop.run_once();
    REQUIRE(stalled);
  }
};

}  // namespace

TEST_CASE("who does nothing is warned of, then stalled, once", "[work][idle]") {
  const TempDir dir;
  Watched agent(dir.path());
  agent.run();
  REQUIRE(agent.warned.size() == 1);
  CHECK(agent.warned[0] >= kLimit * 3 / 4);
  CHECK(agent.warned[0] < kLimit);
  CHECK(*agent.stalled >= kLimit);
  CHECK(*agent.stalled < kLimit * 3 / 2);
  CHECK(agent.loop.idle());
}

TEST_CASE("output begins the time anew, also after the warning", "[work][idle]") {
  const TempDir dir;
  Watched agent(dir.path());
  agent.at(Milliseconds(300), [&] { agent.watch->output(); });
  agent.at(Milliseconds(850), [&] { agent.watch->output(); });
  agent.run();
  REQUIRE(agent.warned.size() == 2);
  CHECK(agent.warned[0] >= Milliseconds(300) + kLimit * 3 / 4);
  CHECK(agent.warned[1] >= Milliseconds(850) + kLimit * 3 / 4);
  CHECK(*agent.stalled >= Milliseconds(850) + kLimit);
}

TEST_CASE("a change in the worktree is a sign of life", "[work][idle]") {
  const TempDir dir;
  fs::create_directories(dir.path() / "deep/er");
  (void)dir.write("deep/er/file", "old");
  (void)dir.write("doomed/file", "old");
  const std::vector<std::function<void()>> changes = {
      [&] { (void)dir.write("deep/er/file", "new"); },
      [&] { (void)dir.write("deep/er/another", "new"); },
      [&] { fs::remove(dir.path() / "doomed/file"); },
      [&] { fs::permissions(dir.path() / "deep/er/file", fs::perms::owner_read); },
  };
  for (const auto& change : changes) {
    Watched agent(dir.path());
    agent.at(Milliseconds(350), change);
    agent.run();
    REQUIRE(agent.warned.size() == 1);
    CHECK(agent.warned[0] >= Milliseconds(330) + kLimit * 3 / 4);
    CHECK(*agent.stalled >= Milliseconds(330) + kLimit);
  }
}

TEST_CASE("what happens outside of the worktree is no sign of life", "[work][idle]") {
  const TempDir dir;
  const TempDir outside;
  fs::create_directory_symlink(outside.path(), dir.path() / "link");
  (void)outside.write("file", "old");
  Watched agent(dir.path());
  agent.at(Milliseconds(350), [&] { (void)outside.write("file", "new"); });
  agent.run();
  REQUIRE(agent.warned.size() == 1);
  CHECK(*agent.stalled < Milliseconds(350) + kLimit);
}

TEST_CASE("a commit is a sign of life, what git-chant keeps is none", "[work][idle]") {
  const GitRepo repo;
  repo.commit({{"file", "text"}});
  repo.git("worktree add -q " + repo.beside("tree").string());
  {
    Watched agent(repo.beside("tree"));
    agent.at(Milliseconds(350), [&] {
      (void)GitRepo::git_in(repo.beside("tree"), "commit -q --allow-empty -m empty");
    });
    agent.run();
    CHECK(*agent.stalled >= Milliseconds(330) + kLimit);
  }
  fs::create_directories(repo.path() / ".git/chant");
  Watched agent(repo.path());
  agent.at(Milliseconds(350), [&] { repo.write(".git/chant/journal", "text"); });
  agent.run();
  CHECK(*agent.stalled < Milliseconds(350) + kLimit);
}

TEST_CASE("a watch that is gone says nothing", "[work][idle]") {
  const TempDir dir;
  Watched agent(dir.path(), Milliseconds(50));
  agent.watch.reset();
  CHECK(agent.loop.idle());
  CHECK(agent.warned.empty());
}

TEST_CASE("a watch may go away while it speaks", "[work][idle]") {
  const TempDir dir;
  process::Loop loop;
  std::unique_ptr<work::IdleWatch> watch;
  bool warned = false;
  watch = std::make_unique<work::IdleWatch>(
      loop, dir.path(), Milliseconds(50),
      [&](Seconds) {
        warned = true;
        watch.reset();
      },
      [] { FAIL("it is gone"); });
  while (!loop.idle()) loop.run_once();
  CHECK(warned);
}

TEST_CASE("the newest change of a large tree is found piece by piece", "[work][idle]") {
  const TempDir dir;
  for (int i = 0; i < 2500; ++i) {
    (void)make_file(dir.path() / std::to_string(i), "");
  }
  work::NewestChange walk(dir.path(), {});
  CHECK(walk.step());
  while (walk.step()) {
  }
  CHECK(walk.complete());
  struct stat last {};
  REQUIRE(::stat((dir.path() / "2499").c_str(), &last) == 0);
  CHECK(walk.newest() / 1000 >= last.st_ctime);
}

TEST_CASE("odd files and places without permission are passed over", "[work][idle]") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir.path() / "fifo").c_str(), 0600) == 0);
  fs::create_symlink("loop", dir.path() / "loop");
  fs::create_directory(dir.path() / "closed");
  fs::permissions(dir.path() / "closed", fs::perms::none);
  work::NewestChange walk(dir.path(), dir.path() / "none");
  while (walk.step()) {
  }
  CHECK(walk.complete());
  CHECK(walk.newest() > 0);
  fs::permissions(dir.path() / "closed", fs::perms::owner_all);
}
