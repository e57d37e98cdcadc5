#include "land/passing.h"

#include "git/worktree.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::land;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

std::size_t worktree_count(const SpecRepo& repo) {
  return git::list_worktrees(repo.repository()).size();
}

}  // namespace

TEST_CASE("a passing worktree is detached, has no files, and goes", "[land]") {
  SpecRepo repo;
  repo.config().worktree_root = repo.beside("root");
  record::Workspace workspace = repo.workspace();
  fs::path directory;
  {
    const PassingWorktree passing(workspace, "chant-passing", repo.oid("main"));
    directory = passing.directory();
    CHECK(directory == repo.beside("root") / "chant-passing");
    CHECK_FALSE(fs::exists(directory / "file"));
    CHECK(SpecRepo::git_in(directory, "rev-parse HEAD") == repo.oid("main"));
    CHECK(git::list_worktrees(repo.repository()).at(1).branch.empty());
    std::ofstream(directory / "mess") << "1";
  }
  CHECK_FALSE(fs::exists(directory));
  CHECK(worktree_count(repo) == 1);
  CHECK(fs::is_empty(repo.path() / ".git/chant/passing"));
}

TEST_CASE("a passing worktree that cannot be made leaves nothing", "[land]") {
  SpecRepo repo;
  repo.config().worktree_root = repo.beside("root");
  record::Workspace workspace = repo.workspace();
  CHECK_THROWS_AS(PassingWorktree(workspace, "chant-passing", std::string(40, '1')), Error);
  CHECK(fs::is_empty(repo.beside("root")));
  CHECK(fs::is_empty(repo.path() / ".git/chant/passing"));
}

TEST_CASE("passing worktrees of a killed process go, those of a living one stay", "[land]") {
  SpecRepo repo;
  repo.config().worktree_root = repo.beside("root");
  record::Workspace workspace = repo.workspace();
  const PassingWorktree alive(workspace, "chant-passing", repo.oid("main"));
  const fs::path notes = repo.path() / ".git/chant/passing";
  const auto leave = [&](const std::string& name, const std::string& directory) {
    std::ofstream(notes / name).close();
    std::ofstream(notes / (name + ".path")) << directory;
  };
  repo.git({"worktree", "add", "-q", "--detach", repo.beside("dead").string()});
  leave("one", repo.beside("dead").string());
  fs::create_directory(repo.beside("unborn"));
  leave("two", repo.beside("unborn").string());
  std::ofstream(notes / "three").close();
  clear_passing_worktrees(workspace);
  CHECK_FALSE(fs::exists(repo.beside("dead")));
  CHECK_FALSE(fs::exists(repo.beside("unborn")));
  CHECK(fs::exists(alive.directory()));
  CHECK(worktree_count(repo) == 2);
  CHECK(std::distance(fs::directory_iterator(notes), {}) == 2);
}
