#include "land/merge.h"

#include "git/worktree.h"
#include "record/names.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

#include <fstream>

using namespace chant;
using namespace chant::land;
using test::GitRepo;
using test::SpecRepo;

namespace {

using Paths = std::vector<std::string>;

Paths paths_of(const git::TreeMerge& merge) {
  Paths paths;
  for (const git::ConflictedPath& conflict : merge.conflicts) paths.push_back(conflict.path);
  return paths;
}

}  // namespace

TEST_CASE("a merge without a checkout gives a tree or the paths in conflict", "[land]") {
  SpecRepo repo;
  const std::string base = repo.oid("main");
  const std::string left = repo.commit_on("left", base, {{"file", "l\n"}, {"sub/é", "l\n"}});
  const std::string right = repo.commit_on("right", base, {{"other", "r\n"}});
  const std::string clash = repo.commit_on("clash", base, {{"file", "c\n"}, {"sub/é", "c\n"}});
  record::Workspace workspace = repo.workspace();
  const git::TreeMerge merged = merge(workspace, repo.path(), left, right);
  REQUIRE(merged.clean());
  CHECK(repo.git("show " + merged.tree + ":file") == "l");
  CHECK(repo.git("show " + merged.tree + ":other") == "r");
  const git::TreeMerge conflict = merge(workspace, repo.path(), left, clash);
  REQUIRE_FALSE(conflict.clean());
  CHECK(paths_of(conflict) == Paths{"file", "sub/é"});
  CHECK_THROWS_AS(merge(workspace, repo.path(), left, std::string(40, '1')), Error);
}

namespace {

// A target that `git checkout elsewhere` left, with an attribute in a directory: its two sides
// both add a line to a file that is merged by union.
struct Sides {
  std::string left, right;
};
Sides make_sides(const SpecRepo& repo) {
  const std::string base =
      repo.commit({{"deep/er/.gitattributes", "log merge=union\n"}, {"deep/er/log", "1\n"}});
  return {repo.commit_on("left", base, {{"deep/er/log", "1\nl\n"}}),
          repo.commit_on("right", base, {{"deep/er/log", "1\nr\n"}})};
}

std::size_t worktree_count(const SpecRepo& repo) {
  return git::list_worktrees(repo.repository()).size();
}

struct OwnRoot {
  explicit OwnRoot(SpecRepo& repo) { repo.config().worktree_root = repo.beside("worktrees"); }
};

}  // namespace

TEST_CASE("merges run in the checkout of the target", "[land]") {
  SpecRepo repo;
  const OwnRoot root(repo);
  repo.git({"worktree", "add", "-q", "-b", "other", repo.beside("wt").string()});
  record::Workspace workspace = repo.workspace();
  CHECK(MergePlace(workspace, "refs/heads/main").directory() == repo.path());
  CHECK(MergePlace(workspace, "refs/heads/other").directory() == repo.beside("wt"));
  CHECK(worktree_count(repo) == 2);
}

TEST_CASE("a target that is not checked out has its attributes, too", "[land]") {
  SpecRepo repo;
  const OwnRoot root(repo);
  const Sides sides = make_sides(repo);
  std::string target = "refs/heads/main";
  SECTION("the user is on another branch") { repo.git("checkout -q -b elsewhere HEAD~"); }
  SECTION("the checkout is sparse") { repo.git("sparse-checkout set --no-cone /file"); }
  SECTION("files of the user's own are in the way nowhere") {
    repo.git("checkout -q -b elsewhere HEAD~");
    repo.write("deep/er/.gitattributes", "log merge=binary\n");
  }
  record::Workspace workspace = repo.workspace();
  std::filesystem::path made;
  {
    const MergePlace place(workspace, target);
    made = place.directory();
    CHECK(made != repo.path());
    CHECK(worktree_count(repo) == 2);
    const git::TreeMerge merged = merge(workspace, made, sides.left, sides.right);
    CHECK(merged.clean());
    CHECK(repo.git("show " + merged.tree + ":deep/er/log") == "1\nl\nr");
    CHECK_FALSE(std::filesystem::exists(made / "file"));
  }
  CHECK_FALSE(std::filesystem::exists(made));
  CHECK(worktree_count(repo) == 1);
  CHECK(std::filesystem::is_empty(repo.path() / ".git/chant/passing"));
}

TEST_CASE("merges can have the attributes of another commit for a while", "[land]") {
  SpecRepo repo;
  const OwnRoot root(repo);
  const std::string base = repo.commit({{"log", "1\n"}});
  const std::string left = repo.commit_on("left", base, {{"log", "1\nl\n"}});
  const std::string right = repo.commit_on("right", base, {{"log", "1\nr\n"}});
  const std::string with = repo.commit_on("with", base, {{".gitattributes", "log merge=union\n"}});
  bool nowhere = false;
  SECTION("the target is checked out") {}
  SECTION("it is not") { nowhere = true; }
  if (nowhere) repo.git("checkout -q -b elsewhere");
  record::Workspace workspace = repo.workspace();
  MergePlace place(workspace, "refs/heads/main");
  const auto is_clean = [&] { return merge(workspace, place.directory(), left, right).clean(); };
  CHECK_FALSE(is_clean());
  place.follow(with);
  CHECK(is_clean());
  CHECK(worktree_count(repo) == 2);
  place.follow("");
  CHECK_FALSE(is_clean());
  CHECK((place.directory() == repo.path()) == !nowhere);
  place.follow(with);
  CHECK(is_clean());
  CHECK_FALSE(repo.has(".gitattributes"));
}

TEST_CASE("a target without attributes or submodules can be merged without a checkout", "[land]") {
  SpecRepo repo;
  const OwnRoot root(repo);
  const std::string tip = repo.commit_on("tip", repo.oid("main"), {{"file", "2\n"}});
  repo.git("checkout -q -b elsewhere");
  record::Workspace workspace = repo.workspace();
  const MergePlace place(workspace, "refs/heads/main");
  CHECK(merge(workspace, place.directory(), repo.oid("main"), tip).tree ==
        repo.oid(tip + "^{tree}"));
  CHECK_THROWS_WITH(MergePlace(workspace, "refs/heads/gone"), Catch::Contains("gone"));
}

TEST_CASE("a submodule is fast-forwarded where the target is not checked out, too", "[land]") {
  SpecRepo repo;
  const OwnRoot root(repo);
  const SpecRepo module;
  const std::string first = module.oid("main");
  const std::string second = module.commit({{"file", "2\n"}});
  const std::string third = module.commit({{"file", "3\n"}});
  repo.git({"-c", "protocol.file.allow=always", "submodule", "add", "-q", module.path().string(),
            "deep/module"});
  const auto with = [&](const std::string& branch, const std::string& commit) {
    repo.git("checkout -q -b " + branch + " main");
    GitRepo::git_in(repo.path() / "deep/module", "checkout -q " + commit);
    return repo.commit({});
  };
  GitRepo::git_in(repo.path() / "deep/module", "checkout -q " + first);
  repo.commit({});
  const std::string left = with("left", second), right = with("right", third);
  SECTION("it is in the checkout") {}
  SECTION("it is not") { repo.git("checkout -q -f --no-recurse-submodules HEAD~2"); }
  record::Workspace workspace = repo.workspace();
  const MergePlace place(workspace, "refs/heads/main");
  REQUIRE(place.directory() != repo.path());
  const git::TreeMerge merged = merge(workspace, place.directory(), left, right);
  CHECK(merged.clean());
  CHECK(merged.tree == repo.oid(right + "^{tree}"));
}

TEST_CASE("dependencies that are not landed are merged in memory", "[land]") {
  SpecRepo repo;
  const std::string base = repo.oid("main");
  const std::string one = repo.commit_on("one", base, {{"file", "1\n2\n"}});
  const std::string two = repo.commit_on("two", base, {{"other", "2\n"}});
  const std::string more = repo.commit_on("more", one, {{"more", "3\n"}});
  const std::string clash = repo.commit_on("clash", base, {{"file", "clash\n"}});
  record::Workspace workspace = repo.workspace();
  CHECK(merged_base(workspace, base, {}) == base);
  CHECK(merged_base(workspace, base, {one}) == one);
  CHECK(merged_base(workspace, base, {one, more}) == more);
  CHECK(merged_base(workspace, more, {one}) == more);
  const std::string base_of_two = merged_base(workspace, base, {one, two});
  CHECK(repo.git("show -s --format=%P " + base_of_two) == one + " " + two);
  CHECK(repo.git("ls-tree -r --name-only " + base_of_two) == "file\nother");
  CHECK(repo.oid("main") == base);
  CHECK_THROWS_WITH(merged_base(workspace, base, {one, clash}), Catch::Contains("'file'"));
}

namespace {

std::string spec_at(const SpecRepo& repo, const std::string& tree) {
  return repo.git("show " + tree + ":" + record::spec_path("x"));
}

}  // namespace

TEST_CASE("a spec file that both sides changed lands merged by key", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  const std::string path = record::spec_path("x");
  const std::string left = repo.commit_on(
      "left", base, {{path, test::spec_text("Title of x", "status: pending\nlabels: [a]\n")}});
  const std::string right = repo.commit_on(
      "right", base,
      {{path, test::spec_text("Title of x", "status: completed\nlabels: [b]\n", "- [x] Done\n")},
       {"file", "r\n"}});
  record::Workspace workspace = repo.workspace();
  const git::TreeMerge merged = merge(workspace, repo.path(), left, right);
  REQUIRE(merged.clean());
  CHECK(spec_at(repo, merged.tree) + "\n" ==
        test::spec_text("Title of x", "status: completed\nlabels: [a, b]\n", "- [x] Done\n"));
  CHECK(repo.git("show " + merged.tree + ":file") == "r");
}

TEST_CASE("a key that both sides add at different places is there once", "[land]") {
  SpecRepo repo;
  const std::string path = record::spec_path("x");
  const auto text = [](const std::string& top, const std::string& end) {
    return test::spec_text("X", top + "status: pending\na: 1\nb: 2\nc: 3\nd: 4\n" + end);
  };
  const std::string base = repo.commit({{path, text("", "")}});
  const std::string left = repo.commit_on("left", base, {{path, text("model: m\n", "")}});
  const std::string same = repo.commit_on("same", base, {{path, text("", "model: m\n")}});
  const std::string other = repo.commit_on("other", base, {{path, text("", "model: n\n")}});
  record::Workspace workspace = repo.workspace();
  const git::TreeMerge merged = merge(workspace, repo.path(), left, same);
  REQUIRE(merged.clean());
  CHECK(spec_at(repo, merged.tree) + "\n" == text("model: m\n", ""));
  const git::TreeMerge conflict = merge(workspace, repo.path(), left, other);
  REQUIRE_FALSE(conflict.clean());
  CHECK(paths_of(conflict) == Paths{path});
}

TEST_CASE("conflicts in a body, in other files and with several merge bases stay", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  const std::string path = record::spec_path("x");
  const auto with_label = [](const std::string& label, const std::string& title) {
    return test::spec_text(title, "status: pending\nlabels: [" + label + "]\n");
  };
  record::Workspace workspace = repo.workspace();
  const std::string a = repo.commit_on("a", base, {{path, with_label("a", "A")}});
  const std::string b = repo.commit_on("b", base, {{path, with_label("b", "B")}});
  const git::TreeMerge body = merge(workspace, repo.path(), a, b);
  REQUIRE_FALSE(body.clean());
  CHECK(paths_of(body) == Paths{path});
  const std::string c =
      repo.commit_on("c", base, {{path, with_label("c", "Title of x")}, {"file", "c\n"}});
  const std::string d =
      repo.commit_on("d", base, {{path, with_label("d", "Title of x")}, {"file", "d\n"}});
  const git::TreeMerge file = merge(workspace, repo.path(), c, d);
  REQUIRE_FALSE(file.clean());
  CHECK(paths_of(file) == Paths{"file"});
  const std::string tree = repo.oid(c + "^{tree}");
  const std::string left = repo.git({"commit-tree", tree, "-p", c, "-p", d, "-m", "cd"});
  const std::string right =
      repo.git({"commit-tree", repo.oid(d + "^{tree}"), "-p", d, "-p", c, "-m", "dc"});
  CHECK_FALSE(merge(workspace, repo.path(), left, right).clean());
}
