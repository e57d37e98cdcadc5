#include "git/advance.h"
#include "git/tree.h"
#include "support/catch.h"
#include "support/git_repo.h"

using namespace chant::git;
using chant::test::GitRepo;

namespace {

using Paths = std::vector<std::string>;

// main at `from`, to be advanced to `to`, which ticks a box of a list and adds a file.
struct Scene {
  GitRepo repo;
  std::string from = repo.commit({{"list", "- [ ] one\n- [ ] two\n"}, {"other", "1\n"}}, "from");
  std::string to = make_next("- [x] one\n- [ ] two\n");
  std::unique_ptr<Store> store = open_store(repo.repository(), Use::heavy);
  RefWriter refs{repo.path(), "advance"};
  Advance advance{"refs/heads/main", from, to, {repo.path()}, {}, {}};

  std::string make_next(const std::string& list) const {
    repo.git("checkout -q -B next main");
    std::string made = repo.commit({{"list", list}, {"new", "2\n"}}, "to");
    repo.git("checkout -q main");
    return made;
  }
  AdvanceOutcome go() { return advance_branch(*store, refs, advance); }
  void check_unmoved(const std::string& status) const {
    CHECK(repo.oid("refs/heads/main") == from);
    CHECK(repo.status() == status);
    CHECK(repo.git("show :list") == "- [ ] one\n- [ ] two");
  }
};

Paths in_the_way(const AdvanceOutcome& outcome) {
  const auto* obstacle = std::get_if<InTheWay>(&outcome);
  return obstacle == nullptr ? Paths{"(nothing)"} : obstacle->paths;
}

}  // namespace

TEST_CASE("a list that somebody edits stays when only boxes in it are ticked", "[git]") {
  Scene scene;
  const std::string mine = "- [ ] one\n- [ ] two\n- [ ] three, of mine\n";
  scene.repo.write("list", mine);
  CHECK_FALSE(find_obstacle(*scene.store, scene.advance));
  CHECK(scene.repo.status() == " M list");
  const AdvanceOutcome outcome = scene.go();
  REQUIRE(std::holds_alternative<Advanced>(outcome));
  const auto& beside = std::get<Advanced>(outcome).beside;
  REQUIRE(beside.size() == 1);
  CHECK(beside.front().checkout == scene.repo.path());
  CHECK(beside.front().paths == Paths{"list"});
  CHECK(scene.repo.oid("main") == scene.to);
  CHECK(scene.repo.read("list") == mine);
  CHECK(scene.repo.read("new") == "2\n");
  CHECK(scene.repo.status() == " M list");
  CHECK(scene.repo.git("show :list") == "- [x] one\n- [ ] two");
  CHECK(files_beside(*scene.store, scene.advance).size() == 1);
}

TEST_CASE("boxes of any items and headings may be ticked beside an edit", "[git]") {
  Scene scene;
  scene.from = scene.repo.commit(
      {{"list", "## [ ] a\n> 1. [-] b\n  * [x] c\n\t+ [ ] d\n2) [~] e\n"}}, "boxes");
  scene.advance.from = scene.from;
  const std::string ticked = "## [x] a\n> 1. [x] b\n  * [ ] c\n\t+ [X] d\n2) [x] e\n";
  scene.advance.to = scene.make_next(ticked);
  scene.repo.write("list", "mine\n");
  REQUIRE(std::holds_alternative<Advanced>(scene.go()));
  CHECK(scene.repo.read("list") == "mine\n");
  CHECK(scene.repo.git("show :list") + "\n" == ticked);
}

TEST_CASE("other changes to a list that somebody edits are in the way", "[git]") {
  Scene scene;
  scene.repo.write("list", "mine\n");
  const auto to = [&](const std::string& list) {
    scene.advance.to = scene.make_next(list);
    scene.repo.write("list", "mine\n");
  };
  scene.repo.git("checkout -q list");
  SECTION("a line is added") { to("- [x] one\n- [ ] two\n- [ ] x\n"); }
  SECTION("a letter is another one") { to("- [x] onE\n- [ ] two\n"); }
  SECTION("an x that is in no box") { to("- [ ] one\n-x[ ] two\n"); }
  SECTION("another mark") { to("- [-] one\n- [ ] two\n"); }
  SECTION("brackets that may be code") {
    scene.from = scene.repo.commit({{"list", "a = b[x];\n- [ ] two\n"}}, "code");
    scene.advance.from = scene.from;
    to("a = b[X];\n- [ ] two\n");
  }
  CHECK(in_the_way(scene.go()) == Paths{"list"});
  CHECK(scene.repo.oid("main") == scene.from);
  CHECK(scene.repo.read("list") == "mine\n");
  CHECK(scene.repo.status() == " M list");
}

TEST_CASE("what is staged of a list is in the way", "[git]") {
  Scene scene;
  scene.repo.write("list", "- [ ] one\n- [ ] two\nstaged\n");
  scene.repo.git("add list");
  SECTION("alone") { CHECK(in_the_way(scene.go()) == Paths{"list"}); }
  SECTION("with more that is not") {
    scene.repo.write("list", "more\n");
    CHECK(in_the_way(scene.go()) == Paths{"list"});
  }
  CHECK(scene.repo.git("show :list") == "- [ ] one\n- [ ] two\nstaged");
  CHECK(scene.repo.oid("main") == scene.from);
}

TEST_CASE("when something else is in the way, that alone is named and nothing moves", "[git]") {
  Scene scene;
  scene.repo.write("list", "mine\n");
  scene.repo.write("new", "mine\n");
  CHECK(in_the_way(scene.go()) == Paths{"new"});
  scene.check_unmoved(" M list\n?? new");
}

TEST_CASE("when a ref cannot move, the index entry of an edited list goes back", "[git]") {
  Scene scene;
  scene.repo.write("list", "mine\n");
  const auto linked = scene.repo.beside("linked");
  scene.repo.git({"worktree", "add", "-q", "-f", linked.string(), "main"});
  std::ofstream(linked / "new") << "mine";
  scene.advance.checkouts.push_back(linked);
  CHECK(in_the_way(scene.go()) == Paths{"new"});
  scene.check_unmoved(" M list");
  CHECK(scene.repo.read("list") == "mine\n");
  CHECK_FALSE(scene.repo.has("new"));
}

TEST_CASE("an advance beside an edited list that was killed is put back", "[git]") {
  Scene scene;
  scene.repo.write("list", "mine\n");
  const std::string tree = scene.repo.git("rev-parse " + scene.to + "^{tree}");
  const std::string aside =
      tree_with_files(*scene.store, scene.to, {{"list", scene.repo.oid(scene.from + ":list")}});
  scene.store->flush();
  scene.repo.git("read-tree -m -u " + scene.from + " " + aside);
  SECTION("before the index entry was set") {}
  SECTION("after it") {
    scene.repo.git("update-index --cacheinfo 100644," + scene.repo.oid(scene.to + ":list") +
                   ",list");
  }
  put_back(*scene.store, scene.advance);
  scene.check_unmoved(" M list");
  CHECK(scene.repo.read("list") == "mine\n");
  CHECK_FALSE(scene.repo.has("new"));
  put_back(*scene.store, scene.advance);
  scene.check_unmoved(" M list");
}
