#include "land/landing.h"

#include "git/worktree.h"
#include "record/names.h"
#include "record/operations.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

#include <fstream>

using namespace chant;
using namespace chant::land;
using test::SpecRepo;

namespace {

using Paths = std::vector<std::string>;

Outcome land_spec(const SpecRepo& repo, const std::string& id) {
  record::Workspace workspace = repo.workspace();
  const std::string branch = "refs/heads/spec/" + id;
  return land::land(workspace,
                    {id, "Title of " + id, branch, repo.oid(branch), "refs/heads/main", "run"});
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

namespace {

// A landing of branches that are merged by git itself.
Landing group_of(const SpecRepo& repo, const std::vector<std::string>& ids) {
  Landing landing;
  landing.target = "refs/heads/main";
  landing.from = repo.oid("main");
  landing.kind = "reconcile";
  landing.name = "run";
  landing.summary = "land";
  std::string branches;
  for (const std::string& id : ids) {
    const std::string branch = "refs/heads/spec/" + id;
    landing.specs.push_back({id, branch, repo.oid(branch), repo.oid(branch)});
    branches += " spec/" + id;
  }
  repo.git("checkout -q --detach");
  repo.git("merge -q --no-edit" + branches);
  landing.to = repo.oid("HEAD");
  repo.git("checkout -q main");
  return landing;
}

struct Group {
  SpecRepo repo;
  std::string base = repo.commit_specs({"x", "y"});
  std::string x = repo.work_on("x", base, {{"file", "x\n"}});
  std::string y = repo.work_on("y", base, {{"y", "y\n"}});
  Landing landing = group_of(repo, {"x", "y"});

  GroupOutcome land() const {
    record::Workspace workspace = repo.workspace();
    return land_group(workspace, landing);
  }
  std::string refs() const { return repo.git("for-each-ref"); }
};

}  // namespace

TEST_CASE("a group lands as one operation, and what it was is kept", "[land]") {
  Group group;
  const SpecRepo& repo = group.repo;
  repo.git("update-ref refs/chant/spec/y/tip " + group.base);
  repo.git("update-ref refs/chant/parked/y " + group.base);
  const GroupOutcome outcome = group.land();
  REQUIRE(std::holds_alternative<Landed>(outcome));
  CHECK(std::get<Landed>(outcome).notes.empty());
  CHECK(repo.oid("main") == group.landing.to);
  CHECK(repo.read("y") == "y\n");
  CHECK(repo.git("for-each-ref refs/heads/spec refs/chant/parked").empty());
  CHECK(repo.oid("refs/chant/spec/x/tip") == group.x);
  CHECK(repo.oid("refs/chant/spec/y/tip") == group.y);
  CHECK(repo.status().empty());
  record::Workspace workspace = repo.workspace();
  const auto log = record::operations(workspace, 0);
  REQUIRE(log.size() == 1);
  CHECK(log[0].kind == "reconcile");
  CHECK(log[0].specs == Paths{"x", "y"});
  CHECK(log[0].moves.size() == 6);
}

TEST_CASE("a group does not land when something is not where it was", "[land]") {
  Group group;
  std::string reason;
  SECTION("the target") {
    group.repo.commit({{"more", "1\n"}});
    reason = "'main' is at ";
  }
  SECTION("a branch") {
    group.repo.git("update-ref refs/heads/spec/y " + group.base);
    reason = "'spec/y' is at ";
  }
  SECTION("a branch that is gone") {
    group.repo.git("update-ref -d refs/heads/spec/y");
    reason = "'spec/y' is gone";
  }
  const std::string refs = group.refs();
  const GroupOutcome outcome = group.land();
  REQUIRE(std::holds_alternative<Moved>(outcome));
  CHECK_THAT(std::get<Moved>(outcome).reason, Catch::StartsWith(reason));
  CHECK(group.refs() == refs);
}

TEST_CASE("branches can stay after a landing", "[land]") {
  Group group;
  group.landing.keep_branches = true;
  REQUIRE(std::holds_alternative<Landed>(group.land()));
  CHECK(group.repo.oid("main") == group.landing.to);
  CHECK(group.repo.oid("spec/x") == group.x);
  CHECK(group.repo.oid("spec/y") == group.y);
}

TEST_CASE("a landing takes worktrees of ours away, and leaves those of people", "[land]") {
  Group group;
  const SpecRepo& repo = group.repo;
  const auto ours = git::make_worktree_directory(repo.beside("root"), "chant-x");
  git::add_worktree(repo.repository(), ours, "spec/x", "x");
  (void)process::run(git::populate_command(ours));
  const auto theirs = repo.beside("theirs");
  repo.git({"worktree", "add", "-q", theirs.string(), "spec/y"});
  SECTION("when it lands") {
    std::ofstream(ours / "left") << "over";
    const GroupOutcome outcome = group.land();
    REQUIRE(std::holds_alternative<Landed>(outcome));
    CHECK(std::get<Landed>(outcome).notes.size() == 3);
    CHECK_FALSE(repo.has_ref("refs/heads/spec/x"));
    CHECK_FALSE(std::filesystem::exists(ours));
    CHECK(repo.git("show refs/chant/spec/x/1:left") == "over");
    CHECK(repo.oid("spec/y") == group.y);
    CHECK(repo.oid("refs/chant/spec/y/tip") == group.y);
    CHECK(SpecRepo::git_in(theirs, "status --porcelain").empty());
  }
  SECTION("but not when it cannot land") {
    repo.write("file", "mine\n");
    const std::string refs = group.refs();
    REQUIRE(std::holds_alternative<InTheWay>(group.land()));
    CHECK(std::filesystem::exists(ours));
    CHECK(group.refs() == refs);
  }
}

TEST_CASE("landings of one run are one operation", "[land]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.work_on("x", base, {{"file", "x\n"}});
  repo.work_on("y", base, {{"y", "y\n"}});
  REQUIRE(std::holds_alternative<Landed>(land_spec(repo, "x")));
  REQUIRE(std::holds_alternative<Landed>(land_spec(repo, "y")));
  record::Workspace workspace = repo.workspace();
  const auto log = record::operations(workspace, 0);
  REQUIRE(log.size() == 1);
  CHECK(log[0].kind == "work");
  CHECK(log[0].summary == "land 2 specs on main");
  REQUIRE(log[0].moves.size() == 5);
  CHECK(log[0].moves[2].ref == "refs/heads/main");
  CHECK(log[0].moves[2].before == base);
}
