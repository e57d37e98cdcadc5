#include "git/repository.h"

#include "git/run.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"
#include "util/text.h"

#include <algorithm>

using namespace chant;
using namespace chant::git;
using test::GitRepo;
namespace fs = std::filesystem;

TEST_CASE("a repository is found from any directory of a checkout", "[git]") {
  GitRepo repo;
  const std::string head = repo.commit({{"dir/sub/a", "1"}});
  for (const char* where : {"", "dir", "dir/sub"}) {
    const Repository found = discover(repo.path() / where);
    CHECK(found.top_level == repo.path());
    CHECK(found.git_dir == repo.path() / ".git");
    CHECK(found.common_dir == repo.path() / ".git");
    CHECK(found.head == head);
    CHECK(found.head_ref == "refs/heads/main");
    CHECK(found.chant_dir() == repo.path() / ".git/chant");
    CHECK(found.specs_dir() == repo.path() / ".chant/specs");
  }
}

TEST_CASE("a linked worktree shares the common directory", "[git]") {
  GitRepo repo;
  repo.commit({{"dir/a", "1"}});
  const fs::path linked = repo.beside("linked");
  repo.git({"worktree", "add", "-q", "-b", "spec/x", linked.string()});
  const Repository found = discover(linked / "dir");
  CHECK(found.top_level == linked);
  CHECK(found.git_dir == repo.path() / ".git/worktrees/linked");
  CHECK(found.common_dir == repo.path() / ".git");
  CHECK(found.head_ref == "refs/heads/spec/x");
}

TEST_CASE("a detached HEAD has a commit and no branch", "[git]") {
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  repo.git("checkout -q --detach");
  CHECK(repo.repository().head == head);
  CHECK(repo.repository().head_ref.empty());
}

TEST_CASE("a repository without a commit has a branch and no commit", "[git]") {
  GitRepo repo;
  CHECK(repo.repository().top_level == repo.path());
  CHECK(repo.repository().head.empty());
  CHECK(repo.repository().head_ref == "refs/heads/main");
}

TEST_CASE("where there is no checkout the reason is said", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.git({"clone", "-q", "--bare", ".", repo.beside("bare.git").string()});
  CHECK_THROWS_WITH(discover(repo.beside("bare.git")), Catch::Contains("bare repository"));
  CHECK_THROWS_WITH(discover(repo.path() / ".git"), Catch::Contains("inside a git directory"));
  CHECK_THROWS_WITH(discover(repo.path() / ".git/refs"), Catch::Contains("inside a git directory"));
  CHECK_THROWS_WITH(discover(repo.path().parent_path()), Catch::Contains("not a git repository"));
  GitRepo::git_in(repo.beside("bare.git"),
                  {"worktree", "add", "-q", repo.beside("of-bare").string(), "main"});
  CHECK(discover(repo.beside("of-bare")).head_ref == "refs/heads/main");
}

TEST_CASE("settings of git chant are read in the order they apply", "[git]") {
  GitRepo repo;
  repo.git("config --global chant.target global");
  repo.git("config chant.Target local");
  repo.git({"config", "chant.prompt", "two\nlines = x"});
  repo.git("config chanting.x y");
  repo.write(".git/config", repo.read(".git/config") + "[chant]\n\tbare\n");
  using Settings = std::vector<std::pair<std::string, std::string>>;
  CHECK(chant_settings(repo.path()) == Settings{{"chant.target", "global"},
                                                {"chant.target", "local"},
                                                {"chant.prompt", "two\nlines = x"},
                                                {"chant.bare", "true"}});
}

TEST_CASE("an operation in progress is seen", "[git]") {
  GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}});
  repo.commit_on("side", base, {{"a", "2\n"}});
  repo.commit({{"a", "3\n"}});
  const auto operation = [&] { return operation_in_progress(repo.repository().git_dir); };
  CHECK_FALSE(operation());
  const std::vector<std::tuple<std::vector<std::string>, std::string, std::string>> cases = {
      {{"merge", "side"}, "merge", "merge --abort"},
      {{"rebase", "side"}, "rebase", "rebase --abort"},
      {{"rebase", "--apply", "side"}, "rebase", "rebase --abort"},
      {{"cherry-pick", "side"}, "cherry-pick", "cherry-pick --abort"},
      {{"revert", "--no-edit", base}, "revert", "revert --abort"},
      {{"bisect", "start"}, "bisect", "bisect reset"}};
  for (const auto& [start, name, end] : cases) {
    INFO(name);
    (void)GitRepo::try_git(repo.path(), start);
    CHECK(operation() == name);
    repo.git(end);
    CHECK_FALSE(operation());
  }
}

TEST_CASE("the variables that tie a process to a repository are those of git", "[git]") {
  GitRepo repo;
  const auto& ours = local_environment_variables();
  for (const std::string& name : split(repo.git("rev-parse --local-env-vars"), '\n')) {
    INFO(name);
    CHECK(std::find(ours.begin(), ours.end(), name) != ours.end());
  }
}

TEST_CASE("the environment of a hook does not reach git once it is scrubbed", "[git]") {
  GitRepo other;
  other.commit({{"other", "1"}});
  GitRepo repo;
  repo.commit({{"a", "1"}});
  test::Environment environment;
  environment.set("GIT_DIR", (other.path() / ".git").string());
  environment.set("GIT_INDEX_FILE", (other.path() / ".git/index").string());
  environment.set("GIT_WORK_TREE", other.path().string());
  environment.set("GIT_PREFIX", "sub/");
  scrub_environment();
  CHECK(discover(repo.path()).top_level == repo.path());
  CHECK(output(repo.path(), {"ls-files"}) == "a");
}

TEST_CASE("git's own words are in the error, in one line that does nothing to a terminal",
          "[git]") {
  GitRepo repo;
  CHECK(output(repo.path(), {"symbolic-ref", "HEAD"}) == "refs/heads/main");
  CHECK_THROWS_WITH(output(repo.path(), {"cat-file", "-p", "no\033[31msuch"}),
                    Catch::StartsWith("git cat-file failed (exit 128): ") &&
                        Catch::Contains("Not a valid object name") && !Catch::Contains("\033"));
  CHECK(is_transient("fatal: Unable to create '/x/.git/index.lock': File exists."));
  CHECK_FALSE(is_transient("fatal: not a git repository"));
}
