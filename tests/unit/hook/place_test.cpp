#include "hook/place.h"

#include "hook/event.h"
#include "support/catch.h"
#include "support/git_repo.h"

using namespace chant;
using test::GitRepo;

TEST_CASE("the place of a hook is found by reading files", "[hook]") {
  GitRepo repo;
  const std::string tip = repo.commit({{"file", "1\n"}});
  const auto place = hook::find_place(repo.path());
  REQUIRE(place);
  CHECK(place->common_dir == repo.path() / ".git");
  CHECK(place->git_dir == repo.path() / ".git");
  CHECK(place->index_file == repo.path() / ".git/index");
  CHECK(place->head_ref == "refs/heads/main");
  CHECK(place->spec.empty());
  CHECK(hook::read_ref(*place, "refs/heads/main") == tip);
  CHECK_FALSE(hook::read_ref(*place, "refs/heads/mai"));
  repo.git("pack-refs --all");
  CHECK(hook::read_ref(*place, "refs/heads/main") == tip);
  CHECK_FALSE(hook::read_ref(*place, "refs/heads/mai"));
  CHECK_FALSE(hook::find_place(repo.path().parent_path()));
}

TEST_CASE("the place of a hook in a linked worktree names its spec", "[hook]") {
  GitRepo repo;
  repo.commit({{"file", "1\n"}});
  repo.git("worktree add -q -b spec/x ../linked");
  const auto git_dir = repo.path() / ".git/worktrees/linked";
  std::filesystem::create_directories(git_dir / "chant");
  repo.write(".git/worktrees/linked/chant/spec", "x\n");
  const auto place = hook::find_place(repo.beside("linked"));
  REQUIRE(place);
  CHECK(std::filesystem::equivalent(place->git_dir, git_dir));
  CHECK(std::filesystem::equivalent(place->common_dir, repo.path() / ".git"));
  CHECK(place->head_ref == "refs/heads/spec/x");
  CHECK(place->spec == "x");
}

TEST_CASE("a hook has no business where the environment means another repository", "[hook]") {
  GitRepo repo;
  GitRepo other;
  repo.commit({{"file", "1\n"}});
  other.commit({{"file", "1\n"}});
  repo.environment().set("GIT_DIR", (repo.path() / ".git").string());
  repo.environment().set("GIT_INDEX_FILE", ".git/next-index-1.lock");
  const auto place = hook::find_place(repo.path());
  REQUIRE(place);
  CHECK(place->index_file == repo.path() / ".git/next-index-1.lock");
  CHECK_FALSE(hook::find_place(other.path()));
  repo.environment().set("GIT_DIR", std::nullopt);
  repo.environment().set("GIT_WORK_TREE", other.path().string());
  CHECK_FALSE(hook::find_place(repo.path()));
}

TEST_CASE("a hook that is switched off, or has no repository, does nothing", "[hook]") {
  GitRepo repo;
  repo.commit({{"file", "1\n"}});
  std::string report;
  repo.environment().set("CHANT_HOOK", "0");
  CHECK(hook::run_event(repo.path(), "pre-commit", {}, report) == 0);
  repo.environment().set("CHANT_HOOK", std::nullopt);
  CHECK(hook::run_event(repo.path().parent_path(), "post-merge", {"0"}, report) == 0);
  CHECK(hook::run_event(repo.path(), "post-merge", {"0"}, report) == 0);
  CHECK(report.empty());
  CHECK_FALSE(std::filesystem::exists(repo.path() / ".git/chant"));
}
