#include "git/refs.h"

#include "git/run.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

using namespace chant;
using namespace chant::git;
using test::GitRepo;

namespace {

struct Scene {
  GitRepo repo;
  std::string one = repo.commit({{"a", "1"}});
  std::string two = repo.commit({{"a", "2"}});
  RefWriter refs{repo.path(), "git chant: test"};
};

}  // namespace

TEST_CASE("refs are made, moved and deleted together", "[git]") {
  const Scene scene;
  const GitRepo& repo = scene.repo;
  RefWriter refs(repo.path(), "reason of the test");
  CHECK_FALSE(
      refs.change({{"refs/heads/spec/a", "", scene.one}, {"refs/chant/x", "*", scene.two}}));
  CHECK(repo.oid("refs/heads/spec/a") == scene.one);
  CHECK(repo.oid("refs/chant/x") == scene.two);
  CHECK_FALSE(refs.change({{"refs/heads/spec/a", scene.one, scene.two},
                           {"refs/chant/x", scene.two, ""},
                           {"refs/chant/y", "*", scene.one}}));
  CHECK(repo.oid("refs/heads/spec/a") == scene.two);
  CHECK_FALSE(repo.has_ref("refs/chant/x"));
  CHECK_FALSE(refs.change({{"refs/chant/y", "*", scene.two}}));
  CHECK(repo.oid("refs/chant/y") == scene.two);
  CHECK(repo.git("reflog -1 --format=%gs refs/heads/spec/a") == "reason of the test");
}

TEST_CASE("when one ref is not as expected none moves, and later changes still work", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  const std::vector<std::vector<RefChange>> wrong = {
      {{"refs/chant/new", "", scene.one}, {"refs/heads/main", scene.one, scene.two}},
      {{"refs/chant/new", "", scene.one}, {"refs/heads/main", "", scene.two}},
      {{"refs/chant/new", "", scene.one}, {"refs/heads/absent", scene.one, ""}},
      {{"refs/chant/new", "", scene.one}, {"refs/heads/absent", scene.one, scene.two}},
      {{"refs/chant/new", "", scene.one}, {"refs/heads/main/below", "", scene.one}},
      {{"refs/chant/new", "", scene.one}, {"refs/heads/bad..name", "", scene.one}},
      {{"refs/chant/new", "", scene.one}, {"refs/heads/x", "", std::string(40, '1')}}};
  for (const auto& changes : wrong) {
    INFO(changes.back().name);
    const auto reason = scene.refs.change(changes);
    REQUIRE(reason);
    CHECK_FALSE(reason->empty());
    CHECK_FALSE(repo.has_ref("refs/chant/new"));
    CHECK(repo.oid("refs/heads/main") == scene.two);
    CHECK_FALSE(scene.refs.change({{"refs/chant/after", "*", scene.one}}));
  }
  CHECK(repo.oid("refs/chant/after") == scene.one);
}

TEST_CASE("what is done while the refs are locked decides", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  const std::vector<RefChange> changes = {{"refs/heads/main", scene.two, scene.one}};
  bool locked = false;
  CHECK(scene.refs.change(changes, [&] {
    const auto other = GitRepo::try_git(repo.path(), {"-c", "core.filesRefLockTimeout=0",
                                                      "update-ref", "refs/heads/main", scene.one});
    locked = !process::succeeded(other.outcome);
    return false;
  }) == "");
  CHECK(locked);
  CHECK(repo.oid("refs/heads/main") == scene.two);
  CHECK_THROWS_WITH(scene.refs.change(changes, []() -> bool { throw Error("no"); }), "no");
  CHECK(repo.oid("refs/heads/main") == scene.two);
  CHECK_THROWS_AS(scene.refs.change(changes, []() -> bool { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(repo.oid("refs/heads/main") == scene.two);
  CHECK_FALSE(std::filesystem::exists(repo.path() / ".git/refs/heads/main.lock"));
  CHECK_FALSE(scene.refs.change(changes, [] { return true; }));
  CHECK(repo.oid("refs/heads/main") == scene.one);
}

TEST_CASE("a refused change does not call what is to be done while locked", "[git]") {
  Scene scene;
  bool called = false;
  CHECK(scene.refs.change({{"refs/heads/main", scene.one, scene.two}},
                          [&] { return called = true; }));
  CHECK_FALSE(called);
}

TEST_CASE("of two writers that race for a ref one wins each step", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  constexpr int kSteps = 25;
  const auto count_up = [&](RefWriter& refs, const std::string& mine) {
    int won = 0;
    for (int step = 0; step < kSteps;) {
      // Each step may be made once, by either of them.
      const std::string ref = "refs/chant/step/" + std::to_string(step);
      if (!refs.change({{ref, "", scene.one}, {mine + std::to_string(step), "", scene.two}})) ++won;
      ++step;
    }
    return won;
  };
  const pid_t child = fork();
  if (child == 0) {
    RefWriter own(repo.path(), "child");
    _exit(count_up(own, "refs/chant/child/"));
  }
  RefWriter own(repo.path(), "parent");
  const int mine = count_up(own, "refs/chant/parent/");
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(mine + WEXITSTATUS(status) == kSteps);
  const auto refs = [&](const std::string& below) {
    const std::string text = repo.git("for-each-ref --format=x " + below);
    return static_cast<int>((text.size() + 1) / 2);
  };
  CHECK(refs("refs/chant/step/") == kSteps);
  CHECK(refs("refs/chant/parent/") == mine);
}

TEST_CASE("a writer that cannot run git throws", "[git]") {
  const test::TempDir directory;
  RefWriter refs(directory.path() / "no", "test");
  CHECK_THROWS_AS(refs.change({{"refs/heads/x", "", std::string(40, '1')}}), Error);
}

TEST_CASE("locks that a killed git left are removed when it is gone, and no others", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  const git::Repository where = repo.repository();
  const std::vector<std::string> names = {"refs/heads/main", "refs/heads/gone"};
  repo.git("branch gone " + scene.one);
  CHECK(lock_files(where, names).empty());
  std::vector<std::string> locks;
  int holder = 0;
  CHECK_THROWS_AS(scene.refs.change({{names[0], scene.two, scene.one}, {names[1], scene.one, ""}},
                                    [&] {
                                      locks = lock_files(where, names);
                                      holder = scene.refs.process();
                                      REQUIRE(kill(holder, SIGKILL) == 0);
                                      return true;
                                    }),
                  Error);
  CHECK(locks.size() == 4);  // HEAD, packed-refs and the two
  CHECK(lock_files(where, names) == locks);
  CHECK_FALSE(remove_left_locks(locks, getpid()));
  CHECK(lock_files(where, names) == locks);
  // One that another process made since then is not ours.
  const std::string other = (where.common_dir / "refs/heads/gone.lock").string();
  std::filesystem::remove(other);
  std::ofstream(other) << "";
  CHECK(remove_left_locks(locks, holder));
  CHECK(lock_files(where, names).size() == 1);
  std::filesystem::remove(other);
  CHECK_FALSE(scene.refs.change({{names[0], scene.two, scene.one}, {names[1], scene.one, ""}}));
  CHECK(repo.oid("main") == scene.one);
  CHECK_FALSE(repo.has_ref("refs/heads/gone"));
}
