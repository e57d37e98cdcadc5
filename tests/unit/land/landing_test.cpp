#include "land/landing.h"

#include "record/names.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::land;
using test::SpecRepo;

namespace {

using Paths = std::vector<std::string>;

Outcome land_spec(const SpecRepo& repo, const std::string& id) {
  record::Workspace workspace = repo.workspace();
  const std::string branch = "refs/heads/spec/" + id;
  return land::land(workspace, {id, "Title of " + id, branch, repo.oid(branch), "refs/heads/main"});
}

}  // namespace

TEST_CASE("a branch lands as a merge, and is gone", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  const std::string tip = repo.work_on("x", base, {{"file", "2\n"}, {"new", "2\n"}});
  SECTION("when the target has not moved") {}
  SECTION("when the target has moved") { repo.commit({{"other", "2\n"}}); }
  const std::string before = repo.oid("main");
  repo.write("untracked", "mine\n");
  const Outcome outcome = land_spec(repo, "x");
  REQUIRE(std::holds_alternative<Landed>(outcome));
  CHECK(std::get<Landed>(outcome).commit == repo.oid("main"));
  CHECK(repo.oid("main^1") == before);
  CHECK(repo.oid("main^2") == tip);
  CHECK(repo.git("show -s --format=%B main") == "Merge spec/x: Title of x\n\nChant-Spec: x\n");
  CHECK_FALSE(repo.has_ref("refs/heads/spec/x"));
  CHECK(repo.read("file") == "2\n");
  CHECK(repo.status() == "?? untracked");
}

TEST_CASE("of two branches that change one line the second conflicts and stays", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.work_on("x", base, {{"file", "x\n"}});
  const std::string tip = repo.work_on("y", base, {{"file", "y\n"}, {"other", "y\n"}});
  REQUIRE(std::holds_alternative<Landed>(land_spec(repo, "x")));
  const std::string main = repo.oid("main");
  const Outcome outcome = land_spec(repo, "y");
  REQUIRE(std::holds_alternative<Conflict>(outcome));
  CHECK(std::get<Conflict>(outcome).paths == Paths{"file"});
  CHECK(repo.oid("main") == main);
  CHECK(repo.oid("spec/y") == tip);
  CHECK(repo.status().empty());
}

TEST_CASE("uncommitted changes in the way are named and nothing moves", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}, {"a b", "x\n"}});
  repo.write("file", "mine\n");
  repo.write("a b", "mine\n");
  repo.write("other", "mine\n");
  const Outcome outcome = land_spec(repo, "x");
  REQUIRE(std::holds_alternative<InTheWay>(outcome));
  CHECK(std::get<InTheWay>(outcome).paths == Paths{"a b", "file"});
  CHECK(std::get<InTheWay>(outcome).checkout == repo.path());
  CHECK(repo.oid("main") == base);
  CHECK(repo.has_ref("refs/heads/spec/x"));
  CHECK(repo.read("file") == "mine\n");
}

TEST_CASE("a branch that somebody merged meanwhile counts as landed", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}});
  repo.commit_on(
      "spec/x", base,
      {{".chant/specs/x.md", test::spec_text("X", "status: completed\n", "- [x] Done\n")}});
  repo.git("merge -q --no-ff --no-edit spec/x");
  const std::string main = repo.oid("main");
  const Outcome outcome = land_spec(repo, "x");
  REQUIRE(std::holds_alternative<Landed>(outcome));
  CHECK(std::get<Landed>(outcome).commit == main);
  CHECK(repo.oid("main") == main);
  CHECK_FALSE(repo.has_ref("refs/heads/spec/x"));
}

TEST_CASE("a branch whose content a merge dropped has not landed", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}});
  repo.git("merge -q -s ours --no-edit spec/x");
  CHECK_THROWS_WITH(land_spec(repo, "x"),
                    "'spec/x' was merged into 'main', but its content is not there");
  CHECK(repo.has_ref("refs/heads/spec/x"));
}

TEST_CASE("a landing uses the attributes of the target's checkout", "[land]") {
  SpecRepo repo;
  repo.commit({{".gitattributes", "log merge=union\n"}, {"log", "start\n"}});
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"log", "start\nx\n"}});
  repo.commit({{"log", "start\nmain\n"}});
  REQUIRE(std::holds_alternative<Landed>(land_spec(repo, "x")));
  CHECK(repo.read("log") == "start\nmain\nx\n");
}

TEST_CASE("the post-merge hook sees a landing as a merge", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}});
  repo.write(".git/hooks/post-merge", "#!/bin/sh\necho \"$1 $CHANT_HOOK $(cat file)\" >hooked\n");
  std::filesystem::permissions(repo.path() / ".git/hooks/post-merge", std::filesystem::perms::all);
  REQUIRE(std::holds_alternative<Landed>(land_spec(repo, "x")));
  CHECK(repo.read("hooked") == "0 0 x\n");
}

TEST_CASE("a merge without a checkout gives a tree or the paths in conflict", "[land]") {
  SpecRepo repo;
  const std::string base = repo.oid("main");
  const std::string left = repo.commit_on("left", base, {{"file", "l\n"}, {"sub/é", "l\n"}});
  const std::string right = repo.commit_on("right", base, {{"other", "r\n"}});
  const std::string clash = repo.commit_on("clash", base, {{"file", "c\n"}, {"sub/é", "c\n"}});
  record::Workspace workspace = repo.workspace();
  const Merge merge = merge_tree(workspace, "", left, right);
  REQUIRE(merge.index() == 0);
  CHECK(repo.git("show " + std::get<0>(merge) + ":file") == "l");
  CHECK(repo.git("show " + std::get<0>(merge) + ":other") == "r");
  const Merge conflict = merge_tree(workspace, "", left, clash);
  REQUIRE(conflict.index() == 1);
  CHECK(std::get<1>(conflict) == Paths{"file", "sub/é"});
  CHECK_THROWS_AS(merge_tree(workspace, "", left, std::string(40, '1')), Error);
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
  const std::string merged = merged_base(workspace, base, {one, two});
  CHECK(repo.git("show -s --format=%P " + merged) == one + " " + two);
  CHECK(repo.git("ls-tree -r --name-only " + merged) == "file\nother");
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
  const Merge merge = merge_tree(workspace, "", left, right);
  REQUIRE(merge.index() == 0);
  CHECK(spec_at(repo, std::get<0>(merge)) + "\n" ==
        test::spec_text("Title of x", "status: completed\nlabels: [a, b]\n", "- [x] Done\n"));
  CHECK(repo.git("show " + std::get<0>(merge) + ":file") == "r");
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
  const Merge merge = merge_tree(workspace, "", left, same);
  REQUIRE(merge.index() == 0);
  CHECK(spec_at(repo, std::get<0>(merge)) + "\n" == text("model: m\n", ""));
  const Merge conflict = merge_tree(workspace, "", left, other);
  REQUIRE(conflict.index() == 1);
  CHECK(std::get<1>(conflict) == Paths{path});
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
  const Merge body = merge_tree(workspace, "", a, b);
  REQUIRE(body.index() == 1);
  CHECK(std::get<1>(body) == Paths{path});
  const std::string c =
      repo.commit_on("c", base, {{path, with_label("c", "Title of x")}, {"file", "c\n"}});
  const std::string d =
      repo.commit_on("d", base, {{path, with_label("d", "Title of x")}, {"file", "d\n"}});
  const Merge file = merge_tree(workspace, "", c, d);
  REQUIRE(file.index() == 1);
  CHECK(std::get<1>(file) == Paths{"file"});
  const std::string tree = repo.oid(c + "^{tree}");
  const std::string left = repo.git({"commit-tree", tree, "-p", c, "-p", d, "-m", "cd"});
  const std::string right =
      repo.git({"commit-tree", repo.oid(d + "^{tree}"), "-p", d, "-p", c, "-m", "dc"});
  CHECK(merge_tree(workspace, "", left, right).index() == 1);
}
