#include "git/guard.h"

#include "support/catch.h"
#include "support/git_repo.h"

#include <unistd.h>

using namespace chant;
using chant::git::Guard;
using chant::git::is_dangerous_key;
using test::GitRepo;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

TEST_CASE("settings that can make git run something are told from others", "[git]") {
  for (const char* key : {"alias.x", "filter.x.smudge", "Core.HooksPath", "hook.x.command",
                          "remote.origin.vcs", "extensions.worktreeConfig"}) {
    CAPTURE(key);
    CHECK(is_dangerous_key(key));
  }
  // The last one is set by `git worktree add` itself.
  for (const char* key :
       {"user.name", "branch.main.merge", "remote.origin.url", "extensions.relativeWorktrees"}) {
    CAPTURE(key);
    CHECK_FALSE(is_dangerous_key(key));
  }
}

TEST_CASE("what makes git run something is noticed and put back", "[git]") {
  const GitRepo repo;
  repo.git({"config", "alias.mine", "status"});
  repo.git({"config", "--add", "filter.lfs.smudge", "one"});
  repo.write(".git/hooks/post-commit", "#!/bin/sh\n");
  fs::permissions(repo.path() / ".git/hooks/post-commit", fs::perms::owner_all);
  fs::create_symlink("../mine", repo.path() / ".git/hooks/pre-push");
  const Guard guard(repo.repository());
  CHECK(guard.changes().empty());

  repo.git({"config", "user.nickname", "x"});
  CHECK(guard.changes().empty());
  repo.git({"config", "alias.mine", "!evil"});
  repo.git({"config", "core.fsmonitor", "evil"});
  repo.git({"config", "--unset", "filter.lfs.smudge"});
  repo.write(".git/hooks/post-commit", "#!/bin/sh\nevil\n");
  fs::remove(repo.path() / ".git/hooks/pre-push");
  repo.write(".git/hooks/post-merge", "evil\n");
  repo.write(".git/info/attributes", "* filter=evil\n");
  CHECK(guard.changes() == Names{"git config alias.mine", "git config core.fsmonitor",
                                 "git config filter.lfs.smudge", "hooks/post-commit",
                                 "hooks/post-merge", "hooks/pre-push", "info/attributes"});

  guard.put_back(repo.beside("aside"));
  CHECK(repo.git("config alias.mine") == "status");
  CHECK(repo.git("config filter.lfs.smudge") == "one");
  CHECK(repo.git("config user.nickname") == "x");
  CHECK(repo.git("config --get-regexp core\\..*").find("fsmonitor") == std::string::npos);
  CHECK(repo.read(".git/hooks/post-commit") == "#!/bin/sh\n");
  CHECK(::access((repo.path() / ".git/hooks/post-commit").c_str(), X_OK) == 0);
  CHECK(fs::read_symlink(repo.path() / ".git/hooks/pre-push") == "../mine");
  CHECK_FALSE(repo.has(".git/hooks/post-merge"));
  CHECK_FALSE(repo.has(".git/info/attributes"));
  CHECK(fs::exists(repo.beside("aside") / "hooks-post-merge"));
  CHECK(fs::exists(repo.beside("aside") / "config"));
}

TEST_CASE("a configuration that git cannot read any more is put back whole", "[git]") {
  const GitRepo repo;
  const std::string before = repo.read(".git/config");
  const Guard guard(repo.repository());
  repo.write(".git/config", "[broken\n");
  CHECK_FALSE(guard.changes().empty());
  guard.put_back(repo.beside("aside"));
  CHECK(repo.read(".git/config") == before);
}
