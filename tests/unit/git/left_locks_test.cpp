#include "git/left_locks.h"

#include "git/run.h"
#include "process/coprocess.h"
#include "support/catch.h"
#include "support/git_repo.h"

#include <chrono>

using namespace chant;
using test::GitRepo;
namespace fs = std::filesystem;

namespace {

void make_old(const fs::path& path) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
}

}  // namespace

TEST_CASE("locks that a killed git left are found in all worktrees", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.git({"worktree", "add", "-q", repo.beside("wt").string()});
  const std::vector<std::string> names = {".git/config.lock", ".git/index.lock",
                                          ".git/refs/heads/x/y.lock",
                                          ".git/worktrees/wt/index.lock"};
  for (const std::string& name : names) {
    repo.write(name, "");
    make_old(repo.path() / name);
  }
  // Locks of other kinds, and one that is just being used.
  repo.write(".git/chant/locks/x.lock", "");
  make_old(repo.path() / ".git/chant/locks/x.lock");
  repo.write(".git/HEAD.lock", "");
  std::vector<std::string> found;
  for (const git::LeftLock& lock : git::find_left_locks(repo.repository())) {
    CHECK(lock.doubt.empty());
    found.push_back(lock.path.lexically_relative(repo.path()).string());
  }
  CHECK(found == names);
}

TEST_CASE("a lock that may be held is doubted", "[git]") {
  const GitRepo repo;
  const std::string commit = repo.commit({{"a", "1"}});
  repo.write(".git/index.lock", "");
  make_old(repo.path() / ".git/index.lock");
  const auto doubt = [&] {
    const auto locks = git::find_left_locks(repo.repository());
    return locks.size() == 1 ? locks.front().doubt : "not one lock";
  };
  {
    process::Coprocess git(git::command(repo.path(), {"cat-file", "--batch-check"}));
    git.write(commit + "\n");
    (void)git.read_line();
    CHECK(doubt() == "a git process is at work here");
  }
  {
    process::Command holder;
    holder.argv = {"sh", "-c", "exec 9<.git/index.lock; cat"};
    holder.cwd = repo.path();
    process::Coprocess cat(holder);
    cat.write("x\n");
    (void)cat.read_line();
    CHECK(doubt() == "a process has it open");
  }
  CHECK(doubt().empty());
}

TEST_CASE("a git at work in the main checkout is seen from another worktree", "[git]") {
  const GitRepo repo;
  const std::string commit = repo.commit({{"a", "1"}});
  repo.git({"worktree", "add", "-q", repo.beside("wt").string()});
  repo.write(".git/index.lock", "");
  make_old(repo.path() / ".git/index.lock");
  process::Coprocess git(git::command(repo.path(), {"cat-file", "--batch-check"}));
  git.write(commit + "\n");
  (void)git.read_line();
  const auto locks = git::find_left_locks(git::discover(repo.beside("wt")));
  REQUIRE(locks.size() == 1);
  CHECK(locks.front().doubt == "a git process is at work here");
}
