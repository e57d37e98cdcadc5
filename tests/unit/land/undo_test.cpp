#include "land/undo.h"

#include "git/worktree.h"
#include "land/landing.h"
#include "record/target.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::land;
using test::GitRepo;
using test::SpecRepo;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

// x and y have landed as one operation.
struct Scene {
  SpecRepo repo;
  std::string base = repo.commit_specs({"x", "y"});
  std::string x = repo.work_on("x", base, {{"file", "x\n"}, {"new", "x\n"}});
  std::string y = repo.work_on("y", base, {{"y", "y\n"}});
  Scene() {
    land("x");
    land("y");
  }

  void land(const std::string& id) const {
    record::Workspace workspace = repo.workspace();
    const std::string branch = "refs/heads/spec/" + id;
    const auto outcome =
        land::land(workspace, {id, "Title", branch, repo.oid(branch), "refs/heads/main", "run"});
    REQUIRE(std::holds_alternative<Landed>(outcome));
  }
  UndoOutcome undo(const std::string& id = "") const {
    record::Workspace workspace = repo.workspace();
    return land::undo(workspace, id);
  }
  std::vector<record::Operation> log() const {
    record::Workspace workspace = repo.workspace();
    return record::operations(workspace, 0);
  }
};

}  // namespace

TEST_CASE("an operation is taken back as a whole, and that as well", "[land]") {
  const Scene scene;
  const SpecRepo& repo = scene.repo;
  const std::string after = repo.oid("main");
  const std::string refs = repo.git("for-each-ref refs/heads refs/chant/spec");
  repo.write("other", "mine\n");
  repo.write("untracked", "mine\n");
  const UndoOutcome outcome = scene.undo();
  REQUIRE(std::holds_alternative<Undone>(outcome));
  CHECK(std::get<Undone>(outcome).operation.summary == "land 2 specs on main");
  CHECK(repo.oid("main") == scene.base);
  CHECK(repo.oid("spec/x") == scene.x);
  CHECK(repo.oid("spec/y") == scene.y);
  CHECK_FALSE(repo.has_ref("refs/chant/spec/x/tip"));
  CHECK(repo.read("file") == "1\n");
  CHECK_FALSE(repo.has("new"));
  CHECK(repo.status() == " M other\n?? untracked");
  REQUIRE(std::holds_alternative<Undone>(scene.undo()));
  CHECK(repo.oid("main") == after);
  CHECK(repo.git("for-each-ref refs/heads refs/chant/spec") == refs);
  CHECK(repo.read("file") == "x\n");
  CHECK(repo.status() == " M other\n?? untracked");
  const auto log = scene.log();
  REQUIRE(log.size() == 3);
  CHECK(log[0].summary == "redo: land 2 specs on main");
  CHECK(log[0].undoes == log[1].id);
  CHECK(log[1].summary == "undo: land 2 specs on main");
  CHECK(log[1].undoes == log[2].id);
  CHECK(log[1].specs == Names{"x", "y"});
}

TEST_CASE("an operation is not taken back when its refs have moved since", "[land]") {
  const Scene scene;
  const SpecRepo& repo = scene.repo;
  repo.commit({{"more", "1\n"}});
  repo.git("branch spec/x main");
  const std::string refs = repo.git("for-each-ref");
  const UndoOutcome outcome = scene.undo();
  REQUIRE(std::holds_alternative<MovedSince>(outcome));
  CHECK(std::get<MovedSince>(outcome).refs == Names{"refs/heads/main", "refs/heads/spec/x"});
  CHECK(repo.git("for-each-ref") == refs);
  CHECK(repo.status().empty());
}

TEST_CASE("an older operation is named by a beginning of its id", "[land]") {
  const Scene scene;
  const std::string id = scene.log().front().id;
  REQUIRE(std::holds_alternative<Undone>(scene.undo()));
  REQUIRE(std::holds_alternative<Undone>(scene.undo()));
  REQUIRE(std::holds_alternative<Undone>(scene.undo(id.substr(0, 12))));
  CHECK(scene.repo.oid("main") == scene.base);
  CHECK(std::holds_alternative<MovedSince>(scene.undo(id)));
  CHECK_THROWS_WITH(scene.undo("zzz"), "there is no operation 'zzz'");
}

TEST_CASE("without operations there is nothing to undo", "[land]") {
  const SpecRepo repo;
  record::Workspace workspace = repo.workspace();
  CHECK_THROWS_WITH(undo(workspace, ""), "there is nothing to undo");
}

TEST_CASE("uncommitted changes that an undo would overwrite are in its way", "[land]") {
  const Scene scene;
  const SpecRepo& repo = scene.repo;
  repo.write("new", "mine\n");
  const std::string refs = repo.git("for-each-ref");
  const UndoOutcome outcome = scene.undo();
  REQUIRE(std::holds_alternative<UndoInTheWay>(outcome));
  CHECK(std::get<UndoInTheWay>(outcome).paths == Names{"new"});
  CHECK(repo.git("for-each-ref") == refs);
  CHECK(repo.read("new") == "mine\n");
  CHECK(repo.read("file") == "x\n");
}

TEST_CASE("nothing is taken back under a merge in progress", "[land]") {
  const Scene scene;
  scene.repo.commit_on("side", scene.base, {{"z", "z\n"}});
  scene.repo.git("merge -q --no-commit --no-ff side");
  CHECK_THROWS_WITH(scene.undo(), Catch::StartsWith("a merge is in progress in"));
}

TEST_CASE("every checkout of the target goes back", "[land]") {
  const Scene scene;
  const fs::path linked = scene.repo.beside("linked");
  scene.repo.git({"worktree", "add", "-q", "-f", linked.string(), "main"});
  REQUIRE(std::holds_alternative<Undone>(scene.undo()));
  CHECK(GitRepo::git_in(linked, "status --porcelain").empty());
  CHECK(scene.repo.status().empty());
  CHECK_FALSE(fs::exists(linked / "new"));
}

TEST_CASE("a branch that an undo must delete stays when a person has it", "[land]") {
  const Scene scene;
  const SpecRepo& repo = scene.repo;
  REQUIRE(std::holds_alternative<Undone>(scene.undo()));
  const fs::path theirs = repo.beside("theirs");
  repo.git({"worktree", "add", "-q", theirs.string(), "spec/x"});
  const UndoOutcome outcome = scene.undo();
  REQUIRE(std::holds_alternative<Undone>(outcome));
  REQUIRE(std::get<Undone>(outcome).notes.size() == 1);
  CHECK_THAT(std::get<Undone>(outcome).notes[0], Catch::StartsWith("'spec/x' stays"));
  CHECK(repo.has_ref("refs/heads/spec/x"));
  CHECK_FALSE(repo.has_ref("refs/heads/spec/y"));
  REQUIRE(std::holds_alternative<Undone>(scene.undo()));
  CHECK(repo.oid("main") == scene.base);
  CHECK(repo.oid("spec/y") == scene.y);
}
