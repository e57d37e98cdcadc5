#include "git/worktree.h"

#include "git/run.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"
#include "util/text.h"

#include <sys/stat.h>

#include <algorithm>

using namespace chant;
using namespace chant::git;
using test::GitRepo;
namespace fs = std::filesystem;

namespace {

Status status_of(const fs::path& checkout) {
  const process::Result result = process::run(status_command(checkout));
  REQUIRE(process::succeeded(result.outcome));
  return parse_status(result.out);
}

std::vector<std::string> entries(const Status& status) {
  std::vector<std::string> list;
  for (const StatusEntry& entry : status.entries) list.push_back(entry.code + " " + entry.path);
  std::sort(list.begin(), list.end());
  return list;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("worktrees are listed with what they have checked out", "[git]") {
  GitRepo repo;
  const std::string head = repo.commit({{"a", "1"}});
  const fs::path odd = repo.beside("a b\nc");
  repo.git({"worktree", "add", "-q", "-b", "spec/x", odd.string()});
  repo.git({"worktree", "add", "-q", "--detach", repo.beside("detached").string()});
  repo.git({"worktree", "add", "-q", "-b", "lost", repo.beside("lost").string()});
  fs::remove_all(repo.beside("lost"));
  const auto list = list_worktrees(repo.repository());
  REQUIRE(list.size() == 4);
  CHECK(list[0].path == repo.path());
  CHECK(list[0].branch == "refs/heads/main");
  CHECK(list[0].head == head);
  const auto find = [&](const fs::path& path) {
    return *std::find_if(list.begin(), list.end(), [&](const auto& w) { return w.path == path; });
  };
  CHECK(find(odd).branch == "refs/heads/spec/x");
  CHECK_FALSE(find(odd).prunable);
  CHECK(find(repo.beside("detached")).branch.empty());
  CHECK(find(repo.beside("lost")).prunable);
  CHECK(list_worktrees(discover(repo.beside("detached"))).size() == 4);
}

TEST_CASE("a worktree is made for a branch, filled, and removed", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}, {"dir/b", "2"}});
  repo.git("branch spec/x");
  const Repository repository = repo.repository();
  const fs::path root = repo.beside("root/deep");
  const fs::path path = make_worktree_directory(root, "chant-x");
  CHECK(path == root / "chant-x");
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0700);
  {
    const FileLock lock = worktree_lock(repository);
    add_worktree(repository, path, "spec/x", "x");
  }
  REQUIRE(process::succeeded(process::run(populate_command(path)).outcome));
  CHECK(GitRepo::git_in(path, "status --porcelain").empty());
  CHECK(GitRepo::git_in(path, "symbolic-ref HEAD") == "refs/heads/spec/x");
  CHECK(fs::exists(path / "dir/b"));
  const fs::path marker = GitRepo::git_in(path, "rev-parse --git-path chant/spec");
  std::string id;
  std::getline(std::ifstream(marker), id);
  CHECK(id == "x");
  std::ofstream(path / "untracked") << "x";
  REQUIRE(process::succeeded(process::run(remove_command(repository, path)).outcome));
  CHECK_FALSE(fs::exists(path));
  CHECK(list_worktrees(repository).size() == 1);
}

TEST_CASE("a worktree never takes the place of what is there", "[git]") {
  const test::TempDir directory;
  const fs::path& root = directory.path();
  const fs::path elsewhere = directory.path() / "elsewhere";
  fs::create_directory(elsewhere);
  fs::create_directory_symlink(elsewhere, root / "chant-x");
  directory.write("chant-x-2", "a file");
  fs::create_directory(root / "chant-x-3");
  CHECK(make_worktree_directory(root, "chant-x") == root / "chant-x-4");
  CHECK(make_worktree_directory(root, "chant-x") == root / "chant-x-5");
  CHECK(fs::is_empty(elsewhere));
  CHECK_THROWS_AS(make_worktree_directory(root / "chant-x-2", "y"), Error);
}

TEST_CASE("a worktree that cannot be added leaves nothing", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  const Repository repository = repo.repository();
  const fs::path absent = make_worktree_directory(repo.beside("root"), "absent");
  CHECK_THROWS_WITH(add_worktree(repository, absent, "spec/absent", "x"),
                    Catch::Contains("git worktree add failed"));
  CHECK_FALSE(fs::exists(absent));
  const fs::path twice = make_worktree_directory(repo.beside("root"), "twice");
  CHECK_THROWS_AS(add_worktree(repository, twice, "main", "x"), Error);  // it is checked out
  CHECK_FALSE(fs::exists(twice));
  CHECK(list_worktrees(repository).size() == 1);
}

TEST_CASE("what a killed worktree add leaves is healed, other worktrees stay", "[git]") {
  GitRepo repo;
  repo.commit({{"a", "1"}});
  heal_worktrees(repo.repository());
  repo.git({"worktree", "add", "-q", "-b", "good", repo.beside("good").string()});
  const fs::path half = repo.path() / ".git/worktrees/half";
  SECTION("with an empty commondir") {
    repo.write(".git/worktrees/half/gitdir", repo.beside("half/.git").string() + "\n");
    repo.write(".git/worktrees/half/HEAD", std::string(40, '0') + "\n");
    repo.write(".git/worktrees/half/commondir", "");
  }
  SECTION("with nothing in it") { fs::create_directory(half); }
  heal_worktrees(repo.repository());
  CHECK_FALSE(fs::exists(half));
  CHECK(list_worktrees(repo.repository()).size() == 2);
  CHECK(GitRepo::git_in(repo.beside("good"), "status --porcelain").empty());
}

TEST_CASE("the status of a checkout is read as git means it", "[git]") {
  GitRepo repo;
  const std::string head = repo.commit(
      {{"edited", "1"}, {"staged", "1"}, {"gone", "1"}, {"old name", "one\ntwo\nthree\n"}});
  CHECK(status_of(repo.path()).entries.empty());
  CHECK(status_of(repo.path()).head == head);
  CHECK(status_of(repo.path()).branch == "refs/heads/main");
  repo.write("edited", "2");
  repo.write("staged", "2");
  repo.write("a new\nfile é\"", "2");
  repo.git("add staged");
  repo.git("rm -q gone");
  repo.git({"mv", "old name", "new name"});
  repo.write("un tracked/x\ny", "2");
  repo.git("config status.renames copies");
  repo.git("config status.showUntrackedFiles no");
  repo.git("config status.relativePaths false");
  CHECK(entries(status_of(repo.path())) == Lines{"1 .M edited", "1 A. new name", "1 D. gone",
                                                 "1 D. old name", "1 M. staged",
                                                 "? a new\nfile é\"", "? un tracked/x\ny"});
  repo.git("checkout -q --detach");
  CHECK(status_of(repo.path()).branch.empty());
  CHECK(status_of(repo.path()).head == head);
}

TEST_CASE("an unmerged file and a checkout without a commit have a status", "[git]") {
  GitRepo repo;
  const Status empty = status_of(repo.path());
  CHECK(empty.head.empty());
  CHECK(empty.branch == "refs/heads/main");
  const std::string base = repo.commit({{"a file", "1"}});
  repo.commit_on("side", base, {{"a file", "2"}});
  repo.commit({{"a file", "3"}});
  CHECK_FALSE(process::succeeded(GitRepo::try_git(repo.path(), {"merge", "side"}).outcome));
  CHECK(entries(status_of(repo.path())) == Lines{"u UU a file"});
}

TEST_CASE("leftovers become a commit and stay as they are", "[git]") {
  GitRepo repo;
  const std::string head = repo.commit({{"edited", "1"}, {"gone", "1"}, {".gitignore", "*.o\n"}});
  CHECK_FALSE(commit_of_leftovers(repo.path(), "none"));
  repo.write("x.o", "ignored");
  CHECK_FALSE(commit_of_leftovers(repo.path(), "none"));
  repo.write("edited", "2");
  repo.write("new dir/new\nfile", "2");
  repo.write("staged", "2");
  repo.git("add staged");
  fs::remove(repo.path() / "gone");
  const std::string status = repo.status();
  const std::string index = repo.git("ls-files -s");
  const auto commit = commit_of_leftovers(repo.path(), "chant(x): leftovers\n\nBody\n");
  REQUIRE(commit);
  CHECK(repo.status() == status);
  CHECK(repo.git("ls-files -s") == index);
  CHECK(repo.oid("HEAD") == head);
  CHECK(repo.oid(*commit + "^") == head);
  CHECK(repo.git("show -s --format=%B " + *commit) == "chant(x): leftovers\n\nBody\n");
  CHECK(split(repo.git({"diff", "--no-renames", "--name-status", "-z", head, *commit}), '\0') ==
        Lines{"M", "edited", "D", "gone", "A", "new dir/new\nfile", "A", "staged", ""});
  for (const auto& entry : fs::directory_iterator(repo.path() / ".git")) {
    CHECK(entry.path().filename().string().find("chant-index") == std::string::npos);
  }
}

TEST_CASE("leftovers of a linked worktree in the middle of a merge are saved", "[git]") {
  GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}});
  repo.commit_on("side", base, {{"a", "2\n"}});
  const fs::path linked = repo.beside("linked");
  repo.git({"worktree", "add", "-q", "-b", "spec/x", linked.string()});
  std::ofstream(linked / "a") << "3\n";
  GitRepo::git_in(linked, "commit -q -a -m mine");
  (void)GitRepo::try_git(linked, {"merge", "-q", "side"});
  const auto commit = commit_of_leftovers(linked, "leftovers");
  REQUIRE(commit);
  CHECK(repo.git("show " + *commit + ":a").find("<<<<<<<") == 0);
  CHECK(entries(status_of(linked)) == Lines{"u UU a"});
}
