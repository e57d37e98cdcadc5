#include "record/operations.h"

#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

Operation make(const std::string& kind, const std::string& name, std::vector<RefMove> moves) {
  Operation operation;
  operation.kind = kind;
  operation.name = name;
  operation.summary = kind + " " + name;
  operation.target = "refs/heads/main";
  operation.moves = std::move(moves);
  return operation;
}

// Makes the moves and records them.
Operation run(Workspace& workspace, Operation operation) {
  std::vector<git::RefChange> changes;
  for (const RefMove& move : operation.moves)
    changes.push_back({move.ref, move.before, move.after});
  changes.push_back(record_operation(workspace, operation));
  REQUIRE_FALSE(workspace.refs().change(changes));
  return operation;
}

struct Scene {
  SpecRepo repo;
  std::string one = repo.oid("main");
  std::string two = repo.commit_on("next", one, {{"file", "2\n"}});
  std::string three = repo.commit_on("next", one, {{"file", "3\n"}});
  std::string side = repo.commit_on("side", one, {{"other", "2\n"}});
  Workspace workspace = repo.workspace();

  RefMove main(const std::string& before, const std::string& after) const {
    return {"refs/heads/main", before, after};
  }
};

}  // namespace

TEST_CASE("an operation is read as it was written, the newest first", "[record]") {
  Scene scene;
  CHECK(operations(scene.workspace, 0).empty());
  Operation first =
      make("work", "a", {scene.main(scene.one, scene.two), {"refs/heads/side", scene.side, ""}});
  first.specs = {"x", "y"};
  first.at = 1767323045;
  first = run(scene.workspace, first);
  CHECK(scene.repo.oid("refs/chant/ops") == first.id);
  Operation second =
      make("undo", "", {scene.main(scene.two, scene.one), {"refs/heads/side", "", scene.side}});
  second.undoes = first.id;
  second = run(scene.workspace, second);
  CHECK(second.at > first.at);
  const auto all = operations(scene.workspace, 0);
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == second.id);
  CHECK(all[0].undoes == first.id);
  CHECK(all[0].moves[1].before.empty());
  CHECK(all[0].moves[1].after == scene.side);
  CHECK(all[1].id == first.id);
  CHECK(all[1].kind == "work");
  CHECK(all[1].name == "a");
  CHECK(all[1].at == 1767323045);
  CHECK(all[1].summary == "work a");
  CHECK(all[1].target == "refs/heads/main");
  CHECK(all[1].specs == std::vector<std::string>{"x", "y"});
  REQUIRE(all[1].moves.size() == 2);
  CHECK(all[1].moves[0].ref == "refs/heads/main");
  CHECK(all[1].moves[0].before == scene.one);
  CHECK(all[1].moves[0].after == scene.two);
  CHECK(all[1].moves[1].after.empty());
  CHECK(operations(scene.workspace, 1).size() == 1);
}

TEST_CASE("nothing that an operation moved is ever pruned", "[record]") {
  Scene scene;
  run(scene.workspace,
      make("work", "a", {scene.main(scene.one, scene.three), {"refs/heads/side", scene.side, ""}}));
  run(scene.workspace, make("undo", "", {scene.main(scene.three, scene.one)}));
  scene.repo.git("branch -q -D next");
  scene.repo.git("reflog expire --expire=now --all");
  scene.repo.git("gc -q --prune=now");
  CHECK(scene.repo.git({"cat-file", "-t", scene.side}) == "commit");
  CHECK(scene.repo.git({"cat-file", "-t", scene.three}) == "commit");
  CHECK(scene.repo.git("fsck --strict").empty());
}

TEST_CASE("what the target has is no further parent of an operation", "[record]") {
  Scene scene;
  const Operation made =
      run(scene.workspace,
          make("work", "a", {scene.main(scene.one, scene.three), {"refs/heads/a", "", scene.two}}));
  CHECK(scene.repo.git("show -s --format=%P " + made.id) == scene.three);
  const Operation next = run(scene.workspace, make("work", "b", {{"refs/heads/a", scene.two, ""}}));
  CHECK(scene.repo.git("show -s --format=%P " + next.id) == made.id + " " + scene.two);
}

TEST_CASE("landings of one run are one operation when nothing came between", "[record]") {
  Scene scene;
  Operation first =
      make("work", "a", {scene.main(scene.one, scene.two), {"refs/heads/side", scene.side, ""}});
  first.specs = {"x"};
  first = run(scene.workspace, first);
  Operation second = make("work", "a", {scene.main(scene.two, scene.three)});
  SECTION("they become one") {
    second.specs = {"y", "x"};
    second = run(scene.workspace, second);
    const auto all = operations(scene.workspace, 0);
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == second.id);
    CHECK(all[0].summary == "land 2 specs on main");
    CHECK(all[0].specs == std::vector<std::string>{"x", "y"});
    REQUIRE(all[0].moves.size() == 2);
    CHECK(all[0].moves[0].before == scene.one);
    CHECK(all[0].moves[0].after == scene.three);
    CHECK(all[0].moves[1].before == scene.side);
  }
  SECTION("a move that is taken back is none") {
    run(scene.workspace, make("work", "a", {{"refs/heads/side", "", scene.side}}));
    const auto all = operations(scene.workspace, 0);
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].moves.size() == 1);
  }
  SECTION("another run is another operation") {
    second.name = "b";
    run(scene.workspace, second);
    CHECK(operations(scene.workspace, 0).size() == 2);
  }
  SECTION("the user committed between") {
    scene.repo.git("update-ref refs/heads/main " + scene.side);
    run(scene.workspace, make("work", "a", {scene.main(scene.side, scene.three)}));
    const auto all = operations(scene.workspace, 0);
    REQUIRE(all.size() == 2);
    CHECK(all[0].moves[0].before == scene.side);
  }
}

TEST_CASE("a log that is something else is an error", "[record]") {
  Scene scene;
  scene.repo.git("update-ref refs/chant/ops " + scene.one);
  CHECK_THROWS_WITH(operations(scene.workspace, 0),
                    "the operation log cannot be read at " + scene.one.substr(0, 12));
}

TEST_CASE("two writers of the log do not lose an operation", "[record]") {
  Scene scene;
  Operation first = make("work", "a", {scene.main(scene.one, scene.two)});
  const git::RefChange change = record_operation(scene.workspace, first);
  run(scene.workspace, make("work", "b", {{"refs/heads/side", scene.side, ""}}));
  CHECK(scene.workspace.refs().change({change}));
  CHECK(operations(scene.workspace, 0).size() == 1);
}
