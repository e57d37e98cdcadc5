#include "git/advance.h"

#include "git/worktree.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::git;
using test::GitRepo;
namespace fs = std::filesystem;

namespace {

// main at `from`, to be advanced to `to`, which edits a file, adds two and removes one.
struct Scene {
  GitRepo repo;
  std::string from = repo.commit({{"edited", "1\n"}, {"gone", "1\n"}, {"other", "1\n"}}, "from");
  std::string to = make_next();
  std::unique_ptr<Store> store = open_store(repo.repository(), Use::heavy);
  RefWriter refs{repo.path(), "advance"};
  Advance advance{"refs/heads/main", from, to, {repo.path()}, {}, {}};

  Scene() { repo.write(".git/info/exclude", "*.ignored\n"); }

  std::string make_next() const {
    repo.git("checkout -q -b next");
    repo.git("rm -q gone");
    repo.write(".gitignore", "");
    repo.git("add -f .gitignore");
    std::string made = repo.commit({{"edited", "2\n"}, {"new", "2\n"}, {"dir/new", "2\n"}}, "to");
    repo.git("checkout -q main");
    return made;
  }
  AdvanceOutcome go() { return advance_branch(*store, refs, advance); }
  void check_advanced() const {
    CHECK(repo.oid("refs/heads/main") == to);
    CHECK(repo.git("write-tree").size() == 40);
    CHECK(repo.read("edited") == "2\n");
    CHECK(repo.read("dir/new") == "2\n");
    CHECK_FALSE(repo.has("gone"));
  }
  void check_unmoved() const {
    CHECK(repo.oid("refs/heads/main") == from);
    CHECK(repo.git("symbolic-ref HEAD") == "refs/heads/main");
    CHECK(repo.read("gone") == "1\n");
    CHECK_FALSE(fs::exists(repo.path() / ".git/index.lock"));
    CHECK_FALSE(fs::exists(repo.path() / ".git/refs/heads/main.lock"));
  }
  std::string bytes_of_index() const { return repo.read(".git/index"); }
};

std::vector<std::string> in_the_way(const AdvanceOutcome& outcome) {
  const auto* obstacle = std::get_if<InTheWay>(&outcome);
  return obstacle == nullptr ? std::vector<std::string>{"(nothing)"} : obstacle->paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a clean checkout follows its branch", "[git]") {
  Scene scene;
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  scene.check_advanced();
  CHECK(scene.repo.status().empty());
}

TEST_CASE("further refs move with the branch", "[git]") {
  Scene scene;
  scene.advance.with = {{"refs/heads/next", scene.to, ""}, {"refs/chant/x", "", scene.from}};
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  CHECK_FALSE(scene.repo.has_ref("refs/heads/next"));
  CHECK(scene.repo.oid("refs/chant/x") == scene.from);
}

TEST_CASE("a branch that is checked out nowhere moves alone", "[git]") {
  Scene scene;
  scene.repo.git("checkout -q --detach");
  scene.advance.checkouts.clear();
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  CHECK(scene.repo.oid("refs/heads/main") == scene.to);
  CHECK(scene.repo.read("edited") == "1\n");
}

TEST_CASE("what is uncommitted elsewhere stays as it is", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  repo.write("other", "staged\n");
  repo.write("added", "staged\n");
  repo.git("add other added");
  repo.write("other", "staged and edited\n");
  repo.write("untracked", "mine\n");
  repo.write("dir/untracked", "mine\n");
  const std::string staged = repo.git("diff --cached --raw -- other added");
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  scene.check_advanced();
  CHECK(repo.status() == "A  added\nMM other\n?? dir/untracked\n?? untracked");
  CHECK(repo.git("diff --cached --raw -- other added") == staged);
  CHECK(repo.read("other") == "staged and edited\n");
}

TEST_CASE("a file that was only touched is not in the way", "[git]") {
  Scene scene;
  fs::last_write_time(scene.repo.path() / "edited", fs::file_time_type{});
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  scene.check_advanced();
}

TEST_CASE("an uncommitted change in a file that must change stops everything", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  Paths expected;
  SECTION("edited") {
    repo.write("edited", "mine\n");
    expected = {"edited"};
  }
  SECTION("staged") {
    repo.write("edited", "mine\n");
    repo.git("add edited");
    expected = {"edited"};
  }
  SECTION("edited where the branch removes it") {
    repo.write("gone", "1\n");
    repo.write("edited", "1\n");
    repo.write("gone", "mine\n");
    expected = {"gone"};
    CHECK(in_the_way(scene.go()) == expected);
    CHECK(repo.read("gone") == "mine\n");
    CHECK(repo.oid("refs/heads/main") == scene.from);
    return;
  }
  SECTION("untracked where the branch adds") {
    repo.write("new", "mine\n");
    repo.write("dir/new", "mine\n");
    expected = {"dir/new", "new"};
  }
  SECTION("a new file staged where the branch adds another") {
    repo.write("new", "mine\n");
    repo.git("add new");
    expected = {"new"};
  }
  SECTION("a file where the branch adds a directory") {
    repo.write("dir", "mine\n");
    expected = {"dir"};
  }
  const std::string status = repo.status();
  const std::string index = repo.git("ls-files -s");
  CHECK(in_the_way(scene.go()) == expected);
  scene.check_unmoved();
  CHECK(repo.status() == status);
  CHECK(repo.git("ls-files -s") == index);
  repo.git("stash -q -u");
  CHECK(std::holds_alternative<Advanced>(scene.go()));  // nothing of the refusal stays behind
}

TEST_CASE("a file that git ignores is in the way of one that the branch adds", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  repo.write(".git/info/exclude", "new\n");
  repo.write("new", "mine and nowhere else\n");
  CHECK(in_the_way(scene.go()) == Paths{"new"});
  scene.check_unmoved();
  CHECK(repo.read("new") == "mine and nowhere else\n");
  repo.write(".git/info/exclude", "dir\n");
  fs::remove(repo.path() / "new");
  repo.write("dir", "mine\n");
  CHECK(in_the_way(scene.go()) == Paths{"dir"});
  CHECK(repo.read("dir") == "mine\n");
  fs::remove(repo.path() / "dir");
  repo.write("dir/other", "mine\n");
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  CHECK(repo.read("dir/other") == "mine\n");
}

TEST_CASE("a branch that somebody moved stays where it is now", "[git]") {
  Scene scene;
  const std::string theirs = scene.repo.commit({{"other", "theirs\n"}});
  const auto outcome = scene.go();
  REQUIRE(std::holds_alternative<Moved>(outcome));
  CHECK_FALSE(std::get<Moved>(outcome).reason.empty());
  CHECK(scene.repo.oid("refs/heads/main") == theirs);
  CHECK(scene.repo.status().empty());
}

TEST_CASE("when one of two checkouts cannot follow the other is put back", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  const fs::path second = repo.beside("second");
  repo.git({"worktree", "add", "-q", "-f", second.string(), "main"});
  scene.advance.checkouts.push_back(second);
  std::ofstream(second / "edited") << "theirs\n";
  const auto outcome = scene.go();
  CHECK(in_the_way(outcome) == Paths{"edited"});
  CHECK(std::get<InTheWay>(outcome).checkout == second);
  scene.check_unmoved();
  CHECK(repo.status().empty());
  CHECK(repo.read("edited") == "1\n");
  CHECK(GitRepo::git_in(second, "status --porcelain") == " M edited");
  GitRepo::git_in(second, "checkout -q -- edited");
  CHECK(std::holds_alternative<Advanced>(scene.go()));
  CHECK(repo.status().empty());
  CHECK(GitRepo::git_in(second, "status --porcelain").empty());
}

TEST_CASE("files that are there already get only their index entries", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  repo.write("spec", "text\n");
  repo.write("other", "mine\n");
  const std::string blob = repo.git("hash-object -w spec");
  const std::string tree_before = repo.oid("main^{tree}");
  repo.git("add spec");
  repo.git("reset -q");
  scene.advance.to = scene.to = [&] {
    test::Environment environment;
    environment.set("GIT_INDEX_FILE", (repo.path() / ".git/index-of-test").string());
    repo.git("read-tree " + tree_before);
    repo.git("update-index --add --cacheinfo 100644," + blob + ",spec");
    return repo.git({"commit-tree", "-p", scene.from, "-m", "spec", repo.git("write-tree")});
  }();
  scene.advance.only_index = {"spec"};

  SECTION("in one checkout") {
    CHECK(std::holds_alternative<Advanced>(scene.go()));
    CHECK(repo.oid("refs/heads/main") == scene.to);
    CHECK(repo.status() == " M other");
  }
  SECTION("in one of two, when the other cannot follow") {
    const fs::path second = repo.beside("second");
    repo.git({"worktree", "add", "-q", "-f", second.string(), "main"});
    std::ofstream(second / "spec") << "theirs\n";
    scene.advance.checkouts.push_back(second);
    CHECK(in_the_way(scene.go()) == Paths{"spec"});
    CHECK(repo.oid("refs/heads/main") == scene.from);
    CHECK(repo.read("spec") == "text\n");  // nobody else has it
    CHECK(repo.status() == " M other\n?? spec");
  }
}

TEST_CASE("an advance that was killed is put back", "[git]") {
  Scene scene;
  const GitRepo& repo = scene.repo;
  repo.write("other", "mine\n");
  repo.git("add other");
  repo.write("untracked", "mine\n");
  SECTION("after the checkout had followed") {
    repo.git("read-tree -m -u " + scene.from + " " + scene.to);
    REQUIRE(repo.read("edited") == "2\n");
    put_back(*scene.store, scene.advance);
  }
  SECTION("before the checkout had followed") { put_back(*scene.store, scene.advance); }
  SECTION("twice") {
    repo.git("read-tree -m -u " + scene.from + " " + scene.to);
    put_back(*scene.store, scene.advance);
    put_back(*scene.store, scene.advance);
  }
  SECTION("although a checkout is gone") {
    repo.git("read-tree -m -u " + scene.from + " " + scene.to);
    scene.advance.checkouts.insert(scene.advance.checkouts.begin(), repo.beside("gone"));
    put_back(*scene.store, scene.advance);
  }
  scene.check_unmoved();
  CHECK(repo.read("edited") == "1\n");
  CHECK_FALSE(repo.has("dir/new"));
  CHECK(repo.status() == "M  other\n?? untracked");
}

TEST_CASE("what is in the way is found without changing anything", "[git]") {
  Scene scene;
  const fs::path linked = scene.repo.beside("linked");
  scene.repo.git({"worktree", "add", "-q", "-f", linked.string(), "main"});
  scene.advance.checkouts.push_back(linked);
  const std::string index = scene.bytes_of_index();
  CHECK_FALSE(find_obstacle(*scene.store, scene.advance));
  std::ofstream(linked / "edited") << "mine";
  std::ofstream(linked / "new") << "mine";
  const auto obstacle = find_obstacle(*scene.store, scene.advance);
  REQUIRE(obstacle);
  CHECK(obstacle->checkout == linked);
  CHECK(obstacle->paths == Paths{"edited", "new"});
  CHECK(scene.bytes_of_index() == index);
  scene.check_unmoved();
}

TEST_CASE("whoever asked is told when all refs are locked and nothing has changed", "[git]") {
  Scene scene;
  bool told = false;
  scene.advance.locked = [&] {
    told = true;
    CHECK(fs::exists(scene.repo.path() / ".git/refs/heads/main.lock"));
    CHECK(scene.repo.oid("main") == scene.from);
    CHECK(scene.repo.has("gone"));
  };
  REQUIRE(std::holds_alternative<Advanced>(scene.go()));
  CHECK(told);
  scene.check_advanced();
}
