#include "git/watch.h"

#include "git/worktree.h"
#include "support/catch.h"
#include "support/git_repo.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>

using namespace chant;
using git::Watch;
using test::GitRepo;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;

namespace {

bool ours(const std::string& ref) {
  return ref.rfind("refs/heads/spec/", 0) == 0 || ref.rfind("refs/chant/", 0) == 0;
}

// A repository under watch: main with files, branches, a tag, a worktree of a person.
struct Watched {
  GitRepo repo;
  std::string first, second;
  std::unique_ptr<git::Store> store;
  std::unique_ptr<Watch> watch;

  Watched() {
    first = repo.commit({{"a", "1"}, {"src/b", "2"}, {"src/c", "3"}});
    second = repo.commit({{"a", "1+"}});
    repo.git("branch other");
    repo.git("branch spec/x");
    repo.git("tag v1");
    repo.git({"worktree", "add", "-q", "-b", "mine", wt().string()});
    store = git::make_coprocess_store(repo.repository());
    look();
  }
  void look() { watch = std::make_unique<Watch>(repo.repository(), *store); }
  [[nodiscard]] fs::path wt() const { return repo.beside("wt"); }
  [[nodiscard]] Names changes() const {
    const std::size_t before = process::started_count();
    Names lines = watch->changes(ours);
    std::sort(lines.begin(), lines.end());
    processes = process::started_count() - before;
    return lines;
  }
  [[nodiscard]] Names put_back() const {
    git::RefWriter refs(repo.path(), "test");
    return watch->put_back(refs, ours, repo.beside("aside"));
  }
  mutable std::size_t processes = 0;
};

std::string short_id(const std::string& oid) { return oid.substr(0, 7); }

}  // namespace

TEST_CASE("what nobody changed is not foreign, and no git process is needed to say so", "[git]") {
  const Watched w;
  CHECK(w.changes().empty());
  CHECK(w.processes == 0);
  CHECK(w.put_back().empty());
}

TEST_CASE("branches and tags that were moved or deleted are named", "[git]") {
  const Watched w;
  w.repo.git({"branch", "-f", "other", w.first});
  w.repo.git({"tag", "-f", "v1", w.first});
  w.repo.git("branch new");
  CHECK(w.changes() ==
        Names{"branch 'other' moved from " + short_id(w.second) + " to " + short_id(w.first),
              "tag 'v1' moved from " + short_id(w.second) + " to " + short_id(w.first)});
  w.repo.git("branch -D other");
  w.repo.git("tag -d v1");
  CHECK(w.changes() == Names{"branch 'other' was deleted", "tag 'v1' was deleted"});
}

TEST_CASE("what is ours or fetched may change", "[git]") {
  const Watched w;
  w.repo.git({"branch", "-f", "spec/x", w.first});
  w.repo.git({"update-ref", "refs/chant/spec/x/tip", w.first});
  w.repo.git({"update-ref", "refs/remotes/o/main", w.first});
  w.repo.git("tag v2");
  w.repo.git("branch new");
  w.repo.git("pack-refs --all");
  CHECK(w.changes().empty());
  CHECK(w.processes == 0);
}

TEST_CASE("a branch that goes forward where a person has it checked out is no finding", "[git]") {
  const Watched w;
  const std::string third = w.repo.commit({{"new", "n"}});
  GitRepo::git_in(w.wt(), "commit -q --allow-empty -m more");
  CHECK(w.changes().empty());
  // The same is not for a branch that nobody has checked out.
  w.repo.git({"branch", "-f", "other", third});
  CHECK(w.changes() ==
        Names{"branch 'other' moved from " + short_id(w.second) + " to " + short_id(third)});
}

TEST_CASE("a checked out branch that goes back is named", "[git]") {
  const Watched w;
  w.repo.git({"reset", "-q", "--hard", w.first});
  CHECK(w.changes() ==
        Names{"branch 'main' moved from " + short_id(w.second) + " to " + short_id(w.first)});
}

TEST_CASE("an object that is replaced by another is named", "[git]") {
  const Watched w;
  w.repo.git({"replace", w.second, w.first});
  CHECK(w.changes() == Names{"ref 'refs/replace/" + w.second + "' was made"});
  CHECK(w.put_back().size() == 1);
  CHECK(w.changes().empty());
}

TEST_CASE("stashes that were made and dropped are named and put back", "[git]") {
  Watched w;
  for (const char* text : {"one", "two", "three"}) {
    w.repo.write("a", text);
    w.repo.git({"stash", "push", "-q", "-m", text});
  }
  w.look();
  w.repo.git("stash drop -q stash@{1}");
  w.repo.write("a", "four");
  w.repo.git({"stash", "push", "-q", "-m", "four"});
  const std::string made = w.repo.oid("refs/stash");
  CHECK(w.changes() == Names{"a stash was made", "the stash 'On main: two' was dropped"});
  CHECK(w.put_back().size() == 2);
  CHECK(w.changes().empty());
  CHECK(w.repo.oid("refs/chant/foreign/1") == made);
  const std::string list = w.repo.git("stash list");
  for (const char* text : {"one", "two", "three"}) CHECK(list.find(text) != std::string::npos);
  CHECK(list.find("four") == std::string::npos);
}

TEST_CASE("the only stash that was made is put back to none", "[git]") {
  const Watched w;
  w.repo.write("a", "x");
  w.repo.git("stash push -q");
  CHECK(w.changes() == Names{"a stash was made"});
  CHECK(w.put_back().size() == 1);
  CHECK_FALSE(w.repo.has_ref("refs/stash"));
}

TEST_CASE("a worktree of a person that is gone is named and made again", "[git]") {
  for (const bool properly : {true, false}) {
    CAPTURE(properly);
    const Watched w;
    GitRepo::git_in(w.wt(), "commit -q --allow-empty -m more");
    const std::string tip = w.repo.oid("mine");
    if (properly) {
      w.repo.git({"worktree", "remove", "--force", w.wt().string()});
    } else {
      fs::remove_all(w.wt());
    }
    CHECK(w.changes() == Names{"worktree '" + w.wt().string() + "' is gone"});
    CHECK(w.put_back().size() == 1);
    CHECK(w.changes().empty());
    CHECK(GitRepo::git_in(w.wt(), "status --porcelain").empty());
    CHECK(GitRepo::git_in(w.wt(), "symbolic-ref HEAD") == "refs/heads/mine");
    CHECK(w.repo.oid("mine") == tip);
  }
}

TEST_CASE("a worktree whose branch is checked out elsewhere meanwhile is made again detached",
          "[git]") {
  const Watched w;
  w.repo.git({"worktree", "remove", "--force", w.wt().string()});
  w.repo.git({"worktree", "add", "-q", w.repo.beside("else").string(), "mine"});
  CHECK(w.put_back().size() == 1);
  CHECK(GitRepo::git_in(w.wt(), "rev-parse HEAD") == w.repo.oid("mine"));
}

TEST_CASE("worktrees of ours come and go", "[git]") {
  Watched w;
  w.repo.git({"worktree", "add", "-q", w.repo.beside("x").string(), "spec/x"});
  git::mark_worktree(w.repo.beside("x"), "x", git::Owner::run);
  w.repo.git({"worktree", "add", "-q", "--detach", w.repo.beside("y").string()});
  git::mark_passing(w.repo.beside("y"));
  w.look();
  w.repo.git({"worktree", "remove", "--force", w.repo.beside("x").string()});
  w.repo.git({"worktree", "remove", "--force", w.repo.beside("y").string()});
  CHECK(w.changes().empty());
  // One whose branch the caller does not call ours is told.
  CHECK(w.watch->changes([](const std::string&) { return false; }).size() == 1);
}

TEST_CASE("files of the main checkout that were clean and are changed are named", "[git]") {
  const Watched w;
  w.repo.write("src/b", "changed");
  fs::remove(w.repo.path() / "src/c");
  w.repo.write("untracked", "x");
  CHECK(w.changes() == Names{"'src/b' was changed in the main checkout",
                             "'src/c' was changed in the main checkout"});
  CHECK(w.put_back().size() == 1);
  CHECK(w.changes().empty());
  CHECK(w.repo.read("src/b") == "2");
  CHECK(w.repo.read("src/c") == "3");
  CHECK(w.repo.status() == "?? untracked");
  CHECK(fs::exists(w.repo.beside("aside") / "checkout/src/b"));
}

TEST_CASE("a change that was staged in the main checkout is put back too", "[git]") {
  const Watched w;
  w.repo.write("src/b", "changed");
  w.repo.git("add src/b");
  CHECK(w.changes() == Names{"'src/b' was changed in the main checkout"});
  CHECK(w.put_back().size() == 1);
  CHECK(w.repo.status().empty());
}

TEST_CASE("files that were being changed may be changed more", "[git]") {
  Watched w;
  w.repo.write("a", "mine");
  w.look();
  w.repo.write("a", "mine, more of it");
  CHECK(w.changes().empty());
  CHECK(w.processes == 0);
  w.repo.write("src/b", "foreign");
  CHECK(w.put_back().size() == 1);
  CHECK(w.repo.read("a") == "mine, more of it");
  CHECK(w.repo.read("src/b") == "2");
}

TEST_CASE("a file that was only touched is no finding", "[git]") {
  const Watched w;
  w.repo.write("src/b", "2");
  CHECK(w.changes().empty());
  // Without git it cannot be told.
  CHECK(w.watch->changes(ours, Watch::Look::files).size() == 1);
}

TEST_CASE("a main checkout that left its branch is named and put back with its files", "[git]") {
  Watched w;
  w.repo.commit_on("else", w.first, {{"a", "other"}, {"only-there", "x"}});
  w.look();
  w.repo.git("checkout -q else");
  CHECK(w.changes() == Names{"the main checkout left branch 'main'"});
  const Names done = w.put_back();
  CHECK(done.size() == 2);
  CHECK(w.changes().empty());
  CHECK(w.repo.git("symbolic-ref HEAD") == "refs/heads/main");
  CHECK(w.repo.read("a") == "1+");
  CHECK(w.repo.status().empty());
  CHECK(w.repo.has("a"));
  CHECK_FALSE(w.repo.has("only-there"));
}

TEST_CASE("a HEAD that makes no sense is put back", "[git]") {
  const Watched w;
  w.repo.write(".git/HEAD", "nonsense\n");
  CHECK(w.watch->changes(ours, Watch::Look::files) ==
        Names{"the main checkout left branch 'main'"});
  (void)w.put_back();
  CHECK(w.repo.git("symbolic-ref HEAD") == "refs/heads/main");
  CHECK(w.repo.status().empty());
}

TEST_CASE("branches are put back, and what they were moved to is kept", "[git]") {
  const Watched w;
  w.repo.git({"reset", "-q", "--hard", w.first});
  w.repo.git("branch -D other");
  const Names done = w.put_back();
  CHECK(w.changes().empty());
  CHECK(w.repo.oid("main") == w.second);
  CHECK(w.repo.oid("other") == w.second);
  CHECK(w.repo.oid("refs/chant/foreign/1") == w.first);
  CHECK(w.repo.status().empty());
  CHECK(w.repo.read("a") == "1+");
  CHECK(std::any_of(done.begin(), done.end(), [](const std::string& line) {
    return line.find("refs/chant/foreign/1") != std::string::npos;
  }));
  // The next one gets a name of its own.
  w.repo.git({"branch", "-f", "other", w.first});
  (void)w.put_back();
  CHECK(w.repo.oid("refs/chant/foreign/2") == w.first);
}

TEST_CASE("what cannot be put back is said", "[git]") {
  const Watched w;
  w.repo.git("branch -D other");
  w.repo.git("branch other/below");
  const Names done = w.put_back();
  REQUIRE(done.size() == 1);
  CHECK(done[0].find("not put back: branch 'other' was deleted") == 0);
}

TEST_CASE("a landing of ours is how it should be, and does not hide what others did", "[git]") {
  const Watched w;
  w.repo.write("src/b", "by an agent");
  w.repo.git("add src/b");
  // As a landing does: only its own paths.
  w.repo.write("a", "landed");
  w.repo.git("commit -q -m landed -- a");
  w.watch->accept("refs/heads/main", w.repo.oid("HEAD"));
  CHECK(w.changes() == Names{"'src/b' was changed in the main checkout"});
  CHECK(w.put_back().size() == 1);
  CHECK(w.repo.read("a") == "landed");
  CHECK(w.repo.read("src/b") == "2");
  CHECK(w.changes().empty());
  CHECK(w.repo.status().empty());
}

TEST_CASE("after a landing of ours nothing looks changed", "[git]") {
  const Watched w;
  w.repo.git({"branch", "-f", "other", w.repo.commit({{"a", "landed"}, {"new", "x"}})});
  w.watch->accept("refs/heads/main", w.repo.oid("HEAD"));
  w.watch->accept("refs/heads/other", w.repo.oid("other"));
  CHECK(w.changes().empty());
  CHECK(w.processes == 0);
}

TEST_CASE("a main checkout that an agent of ours works in is left to it", "[git]") {
  const Watched w;
  w.watch->leave_main();
  w.repo.write("src/b", "changed");
  w.repo.git("checkout -q other");
  CHECK(w.changes().empty());
}

TEST_CASE("many changed files are counted after the first", "[git]") {
  Watched w;
  test::Files files;
  for (int n = 10; n < 50; ++n) files["many/f" + std::to_string(n)] = "x";
  w.repo.commit(files);
  w.look();
  fs::remove_all(w.repo.path() / "many");
  const Names lines = w.changes();
  CHECK(lines.size() == 21);
  CHECK(std::count(lines.begin(), lines.end(), "20 other files changed in the main checkout") == 1);
}

TEST_CASE("a watch of many refs and files costs little more than a glance at each", "[git]") {
  Watched w;
  for (int n = 0; n < 10000; ++n) {
    w.repo.write("many/d" + std::to_string(n / 100) + "/f" + std::to_string(n), "x");
  }
  w.repo.commit({});
  for (int n = 0; n < 1000; ++n) {
    w.repo.write(".git/refs/heads/spec/b" + std::to_string(n), w.first + "\n");
  }
  using Clock = std::chrono::steady_clock;
  const auto ms = [](Clock::duration took) {
    return std::chrono::duration<double, std::milli>(took).count();
  };
  double taken = 1e9, looked = 1e9, floor = 1e9;
  for (int round = 0; round < 10; ++round) {
    const auto start = Clock::now();
    w.look();
    const auto middle = Clock::now();
    REQUIRE(w.changes().empty());
    const auto end = Clock::now();
    for (int n = 0; n < 11000; ++n) {
      struct stat info {};
      (void)lstat(w.repo.path().c_str(), &info);
    }
    taken = std::min(taken, ms(middle - start));
    looked = std::min(looked, ms(end - middle));
    floor = std::min(floor, ms(Clock::now() - end));
  }
  CHECK(w.processes == 0);
  CAPTURE(taken, looked, floor);
  CHECK(looked < 10 * floor);
  CHECK(taken < 20 * floor);
}

TEST_CASE("a branch that work lands on goes forward, and not back", "[git]") {
  const Watched w;
  const std::string third = w.repo.commit({{"new", "n"}});
  w.watch->lands_on("refs/heads/other");
  const std::string text = w.watch->save();
  w.repo.git({"branch", "-f", "other", third});
  CHECK(w.changes().empty());
  CHECK(w.watch->is_kept("refs/heads/other"));
  CHECK(Watch::load(w.repo.repository(), *w.store, text).changes(ours).empty());
  w.repo.git({"branch", "-f", "other", w.first});
  CHECK_FALSE(w.watch->is_kept("refs/heads/other"));
  CHECK(w.changes() ==
        Names{"branch 'other' moved from " + short_id(w.second) + " to " + short_id(w.first)});
}

TEST_CASE(
    "a branch that a person moved back in the main checkout is told from one moved from elsewhere",
    "[git]") {
  const Watched w;
  const auto in_main = [&] {
    const auto found = w.watch->find_changes(ours);
    REQUIRE(found.size() == 1);
    return found.front().in_main;
  };
  w.repo.git("commit -q --amend -m amended");
  CHECK(in_main());
  w.repo.git({"reset", "-q", "--soft", w.second});
  GitRepo::git_in(w.wt(),
                  {"update-ref", "refs/heads/main", w.repo.git("commit-tree -m x HEAD^{tree}")});
  CHECK_FALSE(in_main());
}

TEST_CASE("files are put back as a landing that was not accepted left them", "[git]") {
  const Watched w;
  w.repo.commit({{"a", "landed"}});
  w.repo.write("a", "by an agent");
  CHECK(w.put_back().size() == 1);
  CHECK(w.repo.read("a") == "landed");
  CHECK(w.repo.status().empty());
}

TEST_CASE("nothing is removed through a link that stands in the main checkout", "[git]") {
  const Watched w;
  w.repo.git("checkout -q -b away");
  w.repo.commit({{"dir/new", "x"}});
  const fs::path outside = w.repo.beside("outside");
  fs::create_directories(outside);
  std::ofstream(outside / "new") << "precious";
  fs::remove_all(w.repo.path() / "dir");
  fs::create_directory_symlink(outside, w.repo.path() / "dir");
  (void)w.put_back();
  CHECK(w.repo.git("symbolic-ref HEAD") == "refs/heads/main");
  CHECK(fs::exists(outside / "new"));
}
