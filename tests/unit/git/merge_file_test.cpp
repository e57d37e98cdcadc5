#include "git/merge_file.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::git;
using test::GitRepo;

TEST_CASE("text is merged as git merges it", "[merge]") {
  const GitRepo repo;
  const FileMerge merged =
      merge_file(repo.path(), "1\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n", 0);
  CHECK_FALSE(merged.conflict);
  CHECK(merged.text == "one\n2\n3\n4\nfive\n");
  CHECK(repo.status().empty());
}

TEST_CASE("conflicts are marked in the user's style and size", "[merge]") {
  const GitRepo repo;
  FileMerge merged = merge_file(repo.path(), "1\n", "2\n", "3\n", 0);
  CHECK(merged.conflict);
  CHECK(merged.text == "<<<<<<< ours\n2\n=======\n3\n>>>>>>> theirs\n");
  repo.git("config merge.conflictStyle diff3");
  merged = merge_file(repo.path(), "1\n", "2\n", "3\n", 9);
  CHECK(merged.text == "<<<<<<<<< ours\n2\n||||||||| base\n1\n=========\n3\n>>>>>>>>> theirs\n");
}

TEST_CASE("what is not text cannot be merged", "[merge]") {
  const GitRepo repo;
  const std::string binary("a\0b", 3);
  CHECK_THROWS_AS(merge_file(repo.path(), "1\n", binary, "3\n", 0), Error);
}
