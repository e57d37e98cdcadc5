#include "git/index.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::git;
using test::GitRepo;

namespace {

// "<status> <path>" of each change.
std::vector<std::string> staged(const GitRepo& repo, const std::string& index = ".git/index",
                                const std::string& path = "d") {
  std::vector<std::string> lines;
  for (const StagedChange& change : staged_changes(repo.path(), repo.path() / index, path)) {
    lines.push_back(std::string(1, change.status) + " " + change.path);
  }
  return lines;
}

}  // namespace

TEST_CASE("staged changes are those between HEAD and the index, below a directory", "[index]") {
  const GitRepo repo;
  repo.commit({{"d/a", "1\n"}, {"d/b", "1\n"}, {"d/c", "content\n"}, {"e", "1\n"}});
  CHECK(staged(repo).empty());
  repo.write("d/a", "2\n");
  CHECK(staged(repo).empty());
  repo.git("add d/a");
  repo.git("rm -q d/b");
  repo.git({"mv", "d/c", "d/é x"});
  repo.write("e", "2\n");
  repo.git("add e");
  CHECK(staged(repo) == std::vector<std::string>{"M d/a", "D d/b", "D d/c", "A d/é x"});
  const auto changes = staged_changes(repo.path(), repo.path() / ".git/index", "d");
  CHECK(changes[0].oid == repo.oid(":d/a"));
  CHECK(changes[0].mode == "100644");
}

TEST_CASE("the index that is named counts, not that of the checkout", "[index]") {
  const GitRepo repo;
  repo.commit({{"d/a", "1\n"}});
  std::filesystem::copy(repo.path() / ".git/index", repo.path() / ".git/other");
  repo.write("d/b", "1\n");
  repo.git("add d/b");
  CHECK(staged(repo) == std::vector<std::string>{"A d/b"});
  CHECK(staged(repo, ".git/other").empty());
}

TEST_CASE("before the first commit everything in the index is new", "[index]") {
  const GitRepo repo(GENERATE("", "--object-format=sha256"));
  CHECK(staged(repo).empty());
  repo.write("d/a", "1\n");
  repo.git("add d/a");
  CHECK(staged(repo) == std::vector<std::string>{"A d/a"});
}

TEST_CASE("an unmerged path is told", "[index]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"d/a", "1\n"}});
  repo.commit_on("other", base, {{"d/a", "2\n"}});
  repo.commit({{"d/a", "3\n"}});
  (void)GitRepo::try_git(repo.path(), {"merge", "other"});
  CHECK(staged(repo) == std::vector<std::string>{"U d/a"});
}

TEST_CASE("an index that is damaged is an error", "[index]") {
  const GitRepo repo;
  repo.commit({{"d/a", "1\n"}});
  repo.write("broken", "no index\n");
  CHECK_THROWS_AS(staged(repo, "broken"), Error);
}
