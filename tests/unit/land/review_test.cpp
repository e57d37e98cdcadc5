#include "land/review.h"

#include "land/merge.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::land;
using test::Files;
using test::SpecRepo;

namespace {

std::string numbered(int from, int to, const std::map<int, std::string>& instead = {}) {
  std::string text;
  for (int n = from; n <= to; ++n) {
    const auto other = instead.find(n);
    text += other == instead.end() ? "line " + std::to_string(n) + "\n" : other->second;
  }
  return text;
}

// A file `a` of 40 lines: the target has changed lines 5 and 20 and added after 35, the branch has
// changed line 20; and `b`, which only the target has changed.
class Scene {
 public:
  Scene() {
    repo_.commit({{"a", numbered(1, 40)}, {"b", numbered(1, 9)}, {"gone", "1\n"}});
    repo_.commit_specs({"x", "y"});
    repo_.work_on("x", "main", {{"a", numbered(1, 40, {{20, "branch twenty\n"}})}});
    repo_.git("rm -q gone");
    repo_.commit({{"a", target_a("target twenty\n")},
                  {"b", numbered(1, 9, {{3, ""}, {8, "target eight\n"}})},
                  {"new", "one\ntwo\nthree\n"}});
  }

  static std::string target_a(const std::string& twenty) {
    return numbered(1, 40, {{5, "target five\n"}, {20, twenty}, {35, "line 35\nadded 35\n"}});
  }
  // The fault of a resolution with `a` as given and other files changed.
  std::string fault(const std::string& a, By by = By::agent, const Files& others = {},
                    const std::string& removed = "") {
    record::Workspace workspace = repo_.workspace();
    const std::string ours = repo_.oid("main");
    const std::string theirs = repo_.oid("spec/x");
    Handmade handmade{"x",          "refs/heads/main",
                      repo_.path(), ours,
                      theirs,       merge(workspace, repo_.path(), ours, theirs),
                      "",           by};
    CHECK(handmade.merge.conflicts.size() == 1);
    repo_.git("checkout -q -B made main");
    if (!removed.empty()) repo_.git("rm -q " + removed);
    Files files = others;
    files["a"] = a;
    files[record::spec_path("x")] = test::ticked("Title of x");
    repo_.commit(files);
    handmade.result = repo_.oid("made^{tree}");
    repo_.git("checkout -q main");
    return find_fault(workspace, handmade);
  }
  SpecRepo& repo() { return repo_; }

 private:
  SpecRepo repo_;
};

const std::string kGood = Scene::target_a("target and branch twenty\ntarget twenty\n");

}  // namespace

TEST_CASE("a resolution with everything of both sides is without fault", "[land]") {
  Scene scene;
  CHECK(scene.fault(kGood).empty());
  CHECK(scene.fault(kGood, By::person).empty());
  CHECK(scene.fault(kGood, By::agent, {{"other", "fitted to the target\n"}}).empty());
}

TEST_CASE("a conflict marker that is left is found", "[land]") {
  Scene scene;
  for (const char* mark : {"<<<<<<< HEAD\n", "=======\n", ">>>>>>> 1234 (x)\n", "||||||| base\n"}) {
    CHECK(scene.fault(kGood + mark, By::person) == "a conflict marker is left in 'a', line 43");
  }
  CHECK(scene.fault(kGood, By::agent, {{"other", "<<<<<<< HEAD\n"}}) ==
        "a conflict marker is left in 'other', line 1");
  for (const char* text : {"=========\n", "<<<<<<<x\n", "<<<<<< a\n", "======= x\n"}) {
    CHECK(scene.fault(kGood + text).empty());
  }
}

TEST_CASE("lines that look like a marker and were there before are none", "[land]") {
  SpecRepo repo;
  const std::string heading = "Title\n=======\n";
  repo.commit({{"a", heading + "1\n"}});
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"a", heading + "theirs\n"}});
  repo.commit({{"a", heading + "ours\n"}});
  record::Workspace workspace = repo.workspace();
  Handmade handmade{"x", "refs/heads/main", repo.path(), repo.oid("main"), repo.oid("spec/x"), {},
                    "",  By::agent};
  handmade.merge = merge(workspace, repo.path(), handmade.ours, handmade.theirs);
  repo.git("checkout -q -b made");
  repo.commit({{"a", heading + "ours\ntheirs\n"}});
  handmade.result = repo.oid("made^{tree}");
  CHECK(find_fault(workspace, handmade).empty());
}

TEST_CASE("the size of markers is that of the attribute", "[land]") {
  Scene scene;
  scene.repo().commit({{".gitattributes", "a conflict-marker-size=9\n"}});
  CHECK(scene.fault(kGood + "<<<<<<< seven\n").empty());
  CHECK(scene.fault(kGood + "<<<<<<<<< nine\n") == "a conflict marker is left in 'a', line 43");
}

TEST_CASE("a change of the target that git could merge must be there", "[land]") {
  Scene scene;
  const std::string twenty = "target twenty\n";
  for (const By by : {By::agent, By::person}) {
    CHECK(scene.fault(numbered(1, 40, {{20, twenty}, {35, "line 35\nadded 35\n"}}), by) ==
          "a change of 'main' is gone from 'a': target five");
    CHECK(scene.fault(numbered(1, 40, {{5, "target five\n"}, {20, twenty}}), by) ==
          "a change of 'main' is gone from 'a': added 35");
    CHECK(scene.fault(kGood, by, {{"b", numbered(1, 9, {{3, ""}})}}) ==
          "a change of 'main' is gone from 'b': target eight");
    CHECK(scene.fault(kGood, by, {{"b", numbered(1, 9, {{8, "target eight\n"}})}}) ==
          "a change of 'main' is gone from 'b': without line 3");
    CHECK(scene.fault(kGood, by, {}, "new") == "'new' of 'main' is gone");
    CHECK(scene.fault(kGood, by, {{"gone", "1\n"}}) == "'gone' is back, which 'main' has removed");
  }
}

TEST_CASE("a change of the target may be fitted as long as half of it is there", "[land]") {
  Scene scene;
  CHECK(scene.fault(kGood, By::agent, {{"new", "one\nzwei\nthree\n"}}).empty());
  CHECK(scene.fault(kGood, By::agent, {{"new", "eins\nzwei\nthree\n"}}) ==
        "a change of 'main' is gone from 'new': one");
}

TEST_CASE("lines of both sides may be joined to one", "[land]") {
  Scene scene;
  CHECK(scene.fault(Scene::target_a("branch target(twenty)\n")).empty());
  CHECK(scene.fault(Scene::target_a("branch twenty, and more\n")) ==
        "a change of 'main' is gone from 'a': target twenty");
}

TEST_CASE("an agent must not take the branch's side of a conflict, a person may", "[land]") {
  Scene scene;
  const std::string branch = Scene::target_a("branch twenty\n");
  CHECK(scene.fault(branch) == "a change of 'main' is gone from 'a': target twenty");
  CHECK(scene.fault(branch, By::person).empty());
}

TEST_CASE("a file that the target changed and the branch removed is not dropped by an agent") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.git("checkout -q -b spec/x");
  repo.git("rm -q file");
  repo.commit({{record::spec_path("x"), test::ticked("Title of x")}});
  repo.git("checkout -q main");
  repo.commit({{"file", "ours\n"}});
  record::Workspace workspace = repo.workspace();
  Handmade handmade{"x", "refs/heads/main", repo.path(), repo.oid("main"), repo.oid("spec/x"), {},
                    "",  By::agent};
  handmade.merge = merge(workspace, repo.path(), handmade.ours, handmade.theirs);
  handmade.result = repo.oid("spec/x^{tree}");
  CHECK(find_fault(workspace, handmade) == "'file' of 'main' is gone");
  handmade.by = By::person;
  CHECK(find_fault(workspace, handmade).empty());
}

TEST_CASE("what is not text is not taken from the branch by an agent", "[land]") {
  using namespace std::string_literals;
  SpecRepo repo;
  repo.commit({{"file", "\0\1"s}, {"other", "\0\1"s}});
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "\0\2"s}});
  repo.commit({{"file", "\0\3"s}, {"other", "\0\3"s}});
  record::Workspace workspace = repo.workspace();
  Handmade handmade{"x", "refs/heads/main", repo.path(), repo.oid("main"), repo.oid("spec/x"), {},
                    "",  By::agent};
  handmade.merge = merge(workspace, repo.path(), handmade.ours, handmade.theirs);
  const auto fault = [&](const Files& files) {
    repo.git("checkout -q -B made main");
    repo.commit(files);
    handmade.result = repo.oid("made^{tree}");
    repo.git("checkout -q main");
    return find_fault(workspace, handmade);
  };
  CHECK(fault({{"file", "\0\2"s}}) == "a change of 'main' is gone from 'file'");
  CHECK(fault({{"file", "\0\3"s}}).empty());
  CHECK(fault({{"file", "\0\4"s}}).empty());
  CHECK(fault({{"file", "\0\4"s}, {"other", "\0\1"s}}) ==
        "a change of 'main' is gone from 'other'");
}

TEST_CASE("no other spec may change in a resolution", "[land]") {
  Scene scene;
  CHECK(scene.fault(kGood, By::person, {{record::spec_path("y"), test::ticked("Y")}}) ==
        "'.chant/specs/y.md' was changed, which is not its own spec");
}
