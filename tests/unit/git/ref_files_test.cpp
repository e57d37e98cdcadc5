#include "git/ref_files.h"

#include "support/catch.h"
#include "support/git_repo.h"

#include <set>

using namespace chant;
using git::RefTable;
using test::GitRepo;

namespace {

std::set<std::string> names(const RefTable& table) {
  std::set<std::string> found;
  for (const auto& [name, ref] : table.loose) found.insert(name);
  for (const auto& [name, value] : table.packed) found.insert(name);
  return found;
}

}  // namespace

TEST_CASE("refs are read from files as git shows them", "[git]") {
  const GitRepo repo;
  const std::string one = repo.commit({{"a", "1"}});
  repo.git("branch old");
  repo.git({"tag", "-a", "-m", "x", "v1"});
  repo.git("update-ref refs/remotes/o/main HEAD");
  repo.git("pack-refs --all");
  const std::string two = repo.commit({{"a", "2"}});
  repo.git("branch a/b/c");
  repo.write(".git/refs/heads/x.lock", "");
  repo.write(".git/refs/heads/empty", "");
  const auto store = git::make_coprocess_store(repo.repository());
  const RefTable table = git::read_refs(repo.repository(), *store);
  CHECK(names(table) == std::set<std::string>{"refs/heads/a/b/c", "refs/heads/empty",
                                              "refs/heads/main", "refs/heads/old", "refs/tags/v1"});
  CHECK(table.find("refs/heads/main") == two);
  CHECK(table.find("refs/heads/old") == one);
  CHECK(table.find("refs/tags/v1") == repo.oid("v1"));
  CHECK(table.find("refs/heads/empty") == "(empty)");
  CHECK(table.find("refs/heads/none").empty());
}

TEST_CASE("refs read again are what they are now", "[git]") {
  const GitRepo repo;
  const std::string one = repo.commit({{"a", "1"}});
  repo.git("branch packed");
  repo.git("branch gone");
  repo.git("pack-refs --all");
  repo.git("branch loose");
  const auto store = git::make_coprocess_store(repo.repository());
  const RefTable first = git::read_refs(repo.repository(), *store);
  const std::string two = repo.commit({{"a", "2"}});
  // Written over, as no git does, and not long after it was read.
  repo.write(".git/refs/heads/loose", two + "\n");
  repo.git("branch -f packed");
  repo.git("branch -D gone");
  const RefTable second = git::read_refs(repo.repository(), *store, first);
  CHECK(second.find("refs/heads/loose") == two);
  CHECK(second.find("refs/heads/packed") == two);
  CHECK(second.find("refs/heads/main") == two);
  CHECK(second.find("refs/heads/gone").empty());
  CHECK(first.find("refs/heads/gone") == one);
}

TEST_CASE("what a ref is for people", "[git]") {
  CHECK(git::ref_in_words("refs/heads/a/b") == "branch 'a/b'");
  CHECK(git::ref_in_words("refs/tags/v1") == "tag 'v1'");
  CHECK(git::ref_in_words("refs/notes/x") == "ref 'refs/notes/x'");
  CHECK(git::branch_in("ref: refs/heads/x\n") == "refs/heads/x");
  CHECK(git::branch_in(std::string(40, 'a')).empty());
}
