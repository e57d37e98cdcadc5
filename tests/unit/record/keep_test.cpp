#include "record/keep.h"

#include "git/worktree.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"
#include "util/lock.h"

using namespace chant;
using namespace chant::record;
using test::GitRepo;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

// A worktree as an attempt makes it.
fs::path make_worktree(const SpecRepo& repo, const std::string& id) {
  const fs::path path = git::make_worktree_directory(repo.beside("root"), "chant-" + id);
  git::add_worktree(repo.repository(), path, "spec/" + id, id);
  (void)process::run(git::populate_command(path));
  return path;
}

}  // namespace

TEST_CASE("a branch that is put aside stays reachable", "[record]") {
  SpecRepo repo;
  const std::string tip = repo.commit_on("spec/x", "main", {{"a", "1"}});
  repo.git("update-ref refs/chant/spec/x/1 main");
  Workspace workspace = repo.workspace();
  CHECK(free_kept_ref(workspace, "x", 0) == "refs/chant/spec/x/2");
  CHECK(put_branch_aside(workspace, "x", {"refs/heads/spec/x", tip, false, true}) ==
        "refs/chant/spec/x/2");
  CHECK_FALSE(repo.has_ref("refs/heads/spec/x"));
  CHECK(repo.oid("refs/chant/spec/x/2") == tip);
  repo.git("branch spec/x main");
  CHECK_THROWS_WITH(put_branch_aside(workspace, "x", {"refs/heads/spec/x", tip, false, true}),
                    Catch::StartsWith("cannot put 'spec/x' aside"));
  CHECK(repo.has_ref("refs/heads/spec/x"));
  CHECK_FALSE(repo.has_ref("refs/chant/spec/x/3"));
}

TEST_CASE("leftovers are kept under a ref of their own", "[record]") {
  SpecRepo repo;
  repo.git("branch spec/x");
  const fs::path worktree = make_worktree(repo, "x");
  Workspace workspace = repo.workspace();
  CHECK_FALSE(keep_leftovers(workspace, "x", worktree, 3));
  std::ofstream(worktree / "left") << "over";
  CHECK(keep_leftovers(workspace, "x", worktree, 3) == "refs/chant/spec/x/3");
  CHECK(repo.git("show refs/chant/spec/x/3:left") == "over");
  CHECK(keep_leftovers(workspace, "x", worktree, 3) == "refs/chant/spec/x/4");
  CHECK(fs::exists(worktree / "left"));
}

TEST_CASE("worktrees of ours are saved and removed", "[record]") {
  SpecRepo repo;
  repo.git("branch spec/x");
  Workspace workspace = repo.workspace();
  CHECK(put_worktrees_aside(workspace, "x", "refs/heads/spec/x").empty());
  const fs::path worktree = make_worktree(repo, "x");
  std::ofstream(worktree / "left") << "over";
  CHECK(put_worktrees_aside(workspace, "x", "refs/heads/spec/x").size() == 2);
  CHECK_FALSE(fs::exists(worktree));
  CHECK(repo.git("show refs/chant/spec/x/1:left") == "over");
  const fs::path again = make_worktree(repo, "x");
  fs::remove_all(again);
  (void)put_worktrees_aside(workspace, "x", "refs/heads/spec/x");
  CHECK(git::list_worktrees(repo.repository()).size() == 1);
}

TEST_CASE("a worktree that a person made is not touched", "[record]") {
  SpecRepo repo;
  repo.git("branch spec/x");
  const fs::path theirs = repo.beside("theirs");
  repo.git({"worktree", "add", "-q", theirs.string(), "spec/x"});
  std::ofstream(theirs / "work") << "mine";
  Workspace workspace = repo.workspace();
  CHECK_THROWS_WITH(put_worktrees_aside(workspace, "x", "refs/heads/spec/x"),
                    Catch::Contains("which git chant did not make"));
  CHECK(fs::exists(theirs / "work"));
}

TEST_CASE("branches are released by worktrees of ours alone", "[record]") {
  SpecRepo repo;
  for (const std::string id : {"x", "y", "z", "free"}) repo.git("branch spec/" + id);
  const fs::path ours = make_worktree(repo, "x");
  std::ofstream(ours / "left") << "over";
  const fs::path busy = make_worktree(repo, "y");
  const fs::path theirs = repo.beside("theirs");
  repo.git({"worktree", "add", "-q", theirs.string(), "spec/z"});
  git::mark_worktree(theirs, "z", git::Owner::person);
  Workspace workspace = repo.workspace();
  const FileLock claim = FileLock::acquire(claim_path(repo.repository(), "y"));
  CHECK(release_branches(workspace, {"refs/heads/spec/free"}).lines.empty());
  const Released released =
      release_branches(workspace, {"refs/heads/spec/x", "refs/heads/spec/y", "refs/heads/spec/z",
                                   "refs/heads/spec/free", "refs/heads/main"});
  CHECK(released.lines.size() == 2);
  CHECK_FALSE(fs::exists(ours));
  CHECK(repo.git("show refs/chant/spec/x/1:left") == "over");
  REQUIRE(released.held.size() == 3);
  CHECK(released.held.at("refs/heads/main") == repo.path());
  CHECK(released.held.at("refs/heads/spec/y") == busy);
  CHECK(released.held.at("refs/heads/spec/z") == theirs);
  CHECK(repo.has_ref("refs/heads/spec/x"));
}
