#include "git/guard.h"

#include "support/catch.h"
#include "support/git_repo.h"

#include <unistd.h>

#include <fstream>

using namespace chant;
using chant::git::Guard;
using chant::git::is_dangerous_key;
using test::GitRepo;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

TEST_CASE("settings that can make git run something are told from others", "[git]") {
  for (const char* key :
       {"alias.x", "filter.x.smudge", "Core.HooksPath", "hook.x.command", "remote.origin.vcs",
        "extensions.worktreeConfig", "http.proxy", "submodule.x.update"}) {
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

TEST_CASE("a hook that was written again as it was is no finding", "[git]") {
  const GitRepo repo;
  repo.write(".git/hooks/post-commit", "#!/bin/sh\n");
  const Guard guard(repo.repository());
  fs::remove(repo.path() / ".git/hooks/post-commit");
  repo.write(".git/hooks/post-commit", "#!/bin/sh\n");
  CHECK(guard.changes().empty());
  fs::permissions(repo.path() / ".git/hooks/post-commit", fs::perms::owner_all);
  CHECK(guard.changes() == Names{"hooks/post-commit"});
}

TEST_CASE("a worktree that leads to another repository is noticed and put back", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.git({"worktree", "add", "-q", repo.beside("old").string()});
  const Guard guard(repo.repository());
  repo.git({"worktree", "add", "-q", repo.beside("new").string()});
  CHECK(guard.changes().empty());
  GitRepo::git_in(repo.beside("old").parent_path(), "init -q evil");
  for (const char* name : {"old", "new"}) {
    CAPTURE(name);
    const fs::path dot_git = repo.beside(name) / ".git";
    CHECK(git::is_worktree_of(repo.repository(), repo.beside(name)));
    fs::remove(dot_git);
    CHECK_FALSE(git::is_worktree_of(repo.repository(), repo.beside(name)));
    if (name == std::string("old")) {
      std::ofstream(dot_git) << "gitdir: " << (repo.beside("evil") / ".git").string() << "\n";
    } else {
      GitRepo::git_in(repo.beside(name).parent_path(), std::string("init -q ") + name);
    }
    CHECK_FALSE(git::is_worktree_of(repo.repository(), repo.beside(name)));
    CHECK(guard.changes() == Names{dot_git.string()});
    guard.put_back(repo.beside("aside"));
    CHECK(guard.changes().empty());
    CHECK(git::is_worktree_of(repo.repository(), repo.beside(name)));
    CHECK(GitRepo::git_in(repo.beside(name), "status --porcelain").empty());
  }
  // What it shares its configuration with counts as well.
  repo.write(".git/worktrees/new/commondir", (repo.beside("evil") / ".git").string() + "\n");
  CHECK_FALSE(git::is_worktree_of(repo.repository(), repo.beside("new")));
  CHECK(guard.changes() == Names{(repo.beside("new") / ".git").string()});
  guard.put_back(repo.beside("aside"));
  CHECK(guard.changes().empty());
}

TEST_CASE("the configuration of one worktree is guarded, and may be copied to a new one", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.git("config extensions.worktreeConfig true");
  repo.git("config --worktree filter.mine.clean cat");
  repo.git({"worktree", "add", "-q", repo.beside("old").string()});
  const Guard guard(repo.repository());
  repo.git({"worktree", "add", "-q", repo.beside("new").string()});
  GitRepo::git_in(repo.beside("new"), "config --worktree filter.mine.clean cat");
  CHECK(guard.changes().empty());
  GitRepo::git_in(repo.beside("new"), "config --worktree core.fsmonitor evil");
  GitRepo::git_in(repo.beside("old"), "config --worktree filter.x.smudge evil");
  CHECK(guard.changes() == Names{"git config core.fsmonitor", "git config filter.x.smudge"});
  guard.put_back(repo.beside("aside"));
  CHECK(guard.changes().empty());
}

TEST_CASE("a guard is known to the next process", "[git]") {
  const GitRepo repo;
  repo.git("config alias.mine status");
  repo.write(".git/hooks/post-commit", "#!/bin/sh\n");
  const std::string text = Guard(repo.repository()).save();
  CHECK(Guard::load(repo.repository(), text).changes().empty());
  repo.git("config alias.mine !evil");
  repo.write(".git/hooks/post-commit", "evil\n");
  const Guard guard = Guard::load(repo.repository(), text);
  CHECK(guard.changes() == Names{"git config alias.mine", "hooks/post-commit"});
  guard.put_back(repo.beside("aside"));
  CHECK(repo.git("config alias.mine") == "status");
  CHECK(repo.read(".git/hooks/post-commit") == "#!/bin/sh\n");
}

TEST_CASE("a repository inside a worktree cannot make our git run anything", "[git]") {
  for (const char* index : {"2", "4", "split"}) {
    CAPTURE(index);
    const GitRepo repo;
    repo.commit({{"a", "1"}});
    const std::string ran = repo.beside("ran").string();
    fs::path where = repo.path();
    for (const char* name : {"sub", "deep"}) {
      GitRepo::git_in(where, std::string("init -q ") + name);
      where /= name;
      std::ofstream(where / "file") << "x";
      GitRepo::git_in(where, "add file");
      GitRepo::git_in(where, "commit -q -m x");
    }
    GitRepo::git_in(repo.path() / "sub", "add deep");
    GitRepo::git_in(repo.path() / "sub", "commit -q -m deep");
    if (index == std::string("split")) {
      repo.git("update-index --split-index");
    } else {
      repo.git({"update-index", "--index-version", index});
    }
    repo.commit({});
    CHECK(git::disarm_submodules(repo.path(), repo.beside("aside")).empty());
    CHECK_FALSE(fs::exists(repo.beside("aside")));

    GitRepo::git_in(where, {"config", "filter.x.clean", "touch " + ran});
    GitRepo::git_in(where, "config user.nickname x");
    std::ofstream(where / ".git/info/attributes") << "* filter=x\n";
    std::ofstream(where / "file") << "y";
    CHECK(git::disarm_submodules(repo.path(), repo.beside("aside")) ==
          Names{(where / ".git").string() + ": git config filter.x.clean"});
    (void)git::run(repo.path(), {"status", "--ignore-submodules=none"});
    CHECK_FALSE(fs::exists(ran));
    CHECK(GitRepo::git_in(where, "config user.nickname") == "x");
    CHECK(fs::exists(repo.beside("aside") / "submodule-config"));
    CHECK(git::disarm_submodules(repo.path(), repo.beside("aside")).empty());
    // It would have been run.
    GitRepo::git_in(where, {"config", "filter.x.clean", "touch " + ran});
    std::ofstream(where / "file") << "w";
    (void)git::run(repo.path(), {"status", "--ignore-submodules=none"});
    CHECK(fs::exists(ran));
  }
}

TEST_CASE("what a worktree is said to be is never removed", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.git({"worktree", "add", "-q", repo.beside("wt").string()});
  const Guard guard(repo.repository());
  const fs::path mine = repo.beside("mine");
  fs::create_directories(mine);
  std::ofstream(mine / "precious") << "x";
  for (const fs::path& named : {mine, repo.path() / ".git"}) {
    CAPTURE(named);
    repo.write(".git/worktrees/wt/gitdir", named.string() + "\n");
    CHECK_FALSE(git::is_worktree_of(repo.repository(), repo.beside("wt")));
    CHECK(guard.changes().empty());
    guard.put_back(repo.beside("aside"));
    CHECK(fs::exists(mine / "precious"));
    CHECK(repo.has(".git/objects"));
  }
}

TEST_CASE("hooks that lead elsewhere are put back, and nothing is removed there", "[git]") {
  const GitRepo repo;
  repo.write(".git/hooks/post-commit", "#!/bin/sh\n");
  const Guard guard(repo.repository());
  const fs::path mine = repo.beside("mine");
  fs::create_directories(mine / "below");
  std::ofstream(mine / "precious") << "x";
  fs::rename(repo.path() / ".git/hooks", repo.beside("moved"));
  fs::create_directory_symlink(mine, repo.path() / ".git/hooks");
  CHECK(guard.changes().front() == "hooks");
  guard.put_back(repo.beside("aside"));
  CHECK(guard.changes().empty());
  CHECK(repo.read(".git/hooks/post-commit") == "#!/bin/sh\n");
  CHECK_FALSE(fs::is_symlink(repo.path() / ".git/hooks"));
  CHECK(fs::exists(mine / "precious"));
  CHECK(fs::exists(mine / "below"));
}

TEST_CASE("what is put back twice is saved twice", "[git]") {
  const GitRepo repo;
  const Guard guard(repo.repository());
  for (const char* text : {"one", "two"}) {
    repo.write(".git/hooks/post-merge", text);
    guard.put_back(repo.beside("aside"));
    CHECK(guard.changes().empty());
  }
  std::string saved;
  std::getline(std::ifstream(repo.beside("aside") / "hooks-post-merge-2"), saved);
  CHECK(saved == "two");
}

TEST_CASE("a hook that is too large to be kept is never written as something else", "[git]") {
  const GitRepo repo;
  const std::string program(5UL * 1024 * 1024, 'x');
  repo.write(".git/hooks/pre-push", program);
  const Guard guard(repo.repository());
  CHECK(guard.changes().empty());
  repo.write(".git/hooks/pre-push", program + "y");
  CHECK(guard.changes() == Names{"hooks/pre-push"});
  guard.put_back(repo.beside("aside"));
  CHECK_FALSE(repo.has(".git/hooks/pre-push"));
  CHECK(fs::file_size(repo.beside("aside") / "hooks-pre-push") == program.size() + 1);
}

TEST_CASE("a worktree of another repository inside a worktree cannot make our git run anything",
          "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  const fs::path evil = repo.beside("evil");
  GitRepo::git_in(evil.parent_path(), "init -q evil");
  GitRepo::git_in(evil, "commit -q --allow-empty -m x");
  GitRepo::git_in(evil, {"worktree", "add", "-q", "-b", "sub", (repo.path() / "sub").string()});
  repo.git("add sub");
  GitRepo::git_in(evil, "config filter.x.clean evil");
  CHECK(git::disarm_submodules(repo.path(), repo.beside("aside")) ==
        Names{(repo.path() / "sub/.git").string() + ": git config filter.x.clean"});
  CHECK(git::disarm_submodules(repo.path(), repo.beside("aside")).empty());
}

TEST_CASE("settings of a repository that git would not look into are left alone", "[git]") {
  const GitRepo repo;
  repo.commit({{"a", "1"}});
  repo.git("config alias.mine status");
  const fs::path other = repo.beside("other");
  GitRepo::git_in(other.parent_path(), "init -q other");
  GitRepo::git_in(other, "config alias.mine status");
  // Our own, as a submodule of its worktree; and one at the end of a link.
  const fs::path worktree = repo.beside("wt");
  repo.git({"worktree", "add", "-q", worktree.string()});
  repo.git({"worktree", "add", "-q", (worktree / "own").string()});
  const std::string commit = repo.oid("HEAD");
  for (const char* name : {"own", "link"}) {
    GitRepo::git_in(worktree,
                    {"update-index", "--add", "--cacheinfo", "160000," + commit + "," + name});
  }
  fs::create_directory_symlink(other, worktree / "link");
  CHECK(git::disarm_submodules(worktree, repo.beside("aside")).empty());
  CHECK(repo.git("config alias.mine") == "status");
  CHECK(GitRepo::git_in(other, "config alias.mine") == "status");
}
