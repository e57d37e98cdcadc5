#include "land/recorded.h"

#include "git/worktree.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::land;
using test::GitRepo;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

// Records how a person resolves the conflicts of main and a branch.
void record_resolution(const SpecRepo& repo, const std::string& branch, const test::Files& files) {
  repo.git("checkout -q -B practice main");
  const auto merged = GitRepo::try_git(
      repo.path(), {"-c", "rerere.enabled=true", "merge", "-q", "--no-edit", branch});
  REQUIRE_FALSE(process::succeeded(merged.outcome));
  for (const auto& [name, text] : files) repo.write(name, text);
  repo.git("add -A");
  repo.git("-c rerere.enabled=true commit -q -m Resolved");
  repo.git("checkout -q main");
  repo.git("branch -q -D practice");
}

SpecRepo& with_conflict(SpecRepo& repo) {
  repo.config().worktree_root = repo.beside("root");
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}, {"mine", "1\n"}});
  repo.commit({{"file", "ours\n"}, {"other", "2\n"}});
  return repo;
}

std::size_t cached(const SpecRepo& repo) {
  const fs::path cache = repo.path() / ".git/rr-cache";
  return static_cast<std::size_t>(std::distance(fs::recursive_directory_iterator(cache), {}));
}

}  // namespace

TEST_CASE("without recorded resolutions nothing is tried", "[land]") {
  SpecRepo repo;
  record::Workspace workspace = with_conflict(repo).workspace();
  RecordedResolutions recorded(workspace);
  const std::size_t started = process::started_count();
  CHECK_FALSE(recorded.find(repo.oid("main"), repo.oid("spec/x")));
  CHECK(process::started_count() == started + 2);  // the test's own
  CHECK_FALSE(fs::exists(repo.beside("root")));
}

TEST_CASE("a conflict whose resolution is recorded is merged with it", "[land]") {
  SpecRepo repo;
  with_conflict(repo);
  record_resolution(repo, "spec/x", {{"file", "both\n"}});
  const std::size_t before = cached(repo);
  record::Workspace workspace = repo.workspace();
  {
    RecordedResolutions recorded(workspace);
    const auto tree = recorded.find(repo.oid("main"), repo.oid("spec/x"));
    REQUIRE(tree);
    CHECK(repo.git({"show", *tree + ":file"}) == "both");
    CHECK(repo.git({"show", *tree + ":other"}) == "2");
    CHECK(repo.git({"show", *tree + ":mine"}) == "1");
    CHECK(recorded.find(repo.oid("main"), repo.oid("spec/x")) == tree);
    CHECK(git::list_worktrees(repo.repository()).size() == 2);
  }
  CHECK(git::list_worktrees(repo.repository()).size() == 1);
  CHECK(cached(repo) == before);
  CHECK(repo.status().empty());
}

TEST_CASE("a resolution holds wherever the same conflict is", "[land]") {
  SpecRepo repo;
  with_conflict(repo);
  record_resolution(repo, "spec/x", {{"file", "both\n"}});
  repo.commit({{"other", "3\n"}});
  repo.commit_on("spec/x", "", {{"mine", "2\n"}});
  record::Workspace workspace = repo.workspace();
  const auto tree = RecordedResolutions(workspace).find(repo.oid("main"), repo.oid("spec/x"));
  REQUIRE(tree);
  CHECK(repo.git({"show", *tree + ":file"}) == "both");
  CHECK(repo.git({"show", *tree + ":mine"}) == "2");
}

TEST_CASE("with one conflict that is not recorded nothing is merged, nor noted", "[land]") {
  SpecRepo repo;
  with_conflict(repo);
  record_resolution(repo, "spec/x", {{"file", "both\n"}});
  repo.commit_on("spec/x", "", {{"other", "theirs too\n"}});
  const std::size_t before = cached(repo);
  record::Workspace workspace = repo.workspace();
  RecordedResolutions recorded(workspace);
  CHECK_FALSE(recorded.find(repo.oid("main"), repo.oid("spec/x")));
  CHECK(cached(repo) == before);
  // The next is not hindered by what the last has left.
  repo.commit({{"other", "theirs too\n"}});
  CHECK(recorded.find(repo.oid("main"), repo.oid("spec/x")));
}

TEST_CASE("a file that one side removed is no matter of record", "[land]") {
  SpecRepo repo;
  with_conflict(repo);
  record_resolution(repo, "spec/x", {{"file", "both\n"}});
  repo.git("rm -q file");
  repo.commit({});
  record::Workspace workspace = repo.workspace();
  CHECK_FALSE(RecordedResolutions(workspace).find(repo.oid("main"), repo.oid("spec/x")));
}

TEST_CASE("who has turned recording off gets nothing recorded", "[land]") {
  SpecRepo repo;
  with_conflict(repo);
  record_resolution(repo, "spec/x", {{"file", "both\n"}});
  repo.git("config rerere.enabled off");
  record::Workspace workspace = repo.workspace();
  CHECK_FALSE(RecordedResolutions(workspace).find(repo.oid("main"), repo.oid("spec/x")));
}

TEST_CASE("spec files that are merged by key need no record", "[land]") {
  SpecRepo repo;
  with_conflict(repo);
  record_resolution(repo, "spec/x", {{"file", "both\n"}});
  const std::string path = record::spec_path("x");
  repo.commit({{path, test::spec_text("Title of x", "status: in_progress\npriority: 2\n")}});
  repo.commit_on("spec/x", "", {{path, test::spec_text("Title of x", "status: completed\n")}});
  record::Workspace workspace = repo.workspace();
  const auto tree = RecordedResolutions(workspace).find(repo.oid("main"), repo.oid("spec/x"));
  REQUIRE(tree);
  CHECK(repo.git({"show", *tree + ":file"}) == "both");
  CHECK_THAT(repo.git({"show", *tree + ":" + path}),
             Catch::Contains("status: completed") && Catch::Contains("priority: 2"));
}
