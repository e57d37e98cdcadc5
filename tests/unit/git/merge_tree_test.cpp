#include "git/merge_tree.h"

#include "git/tree.h"
#include "support/catch.h"
#include "support/git_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::git;
using test::GitRepo;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// "path kind" of each.
std::vector<std::string> shown(const TreeMerge& merge) {
  std::vector<std::string> lines;
  for (const ConflictedPath& file : merge.conflicts) lines.push_back(file.path + " " + file.kind);
  return lines;
}

std::string lines(const std::string& first, int count) {
  std::string text = first + "\n";
  for (int i = 0; i < count; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

// As lines of output and of standard input of git: both are of use to a merge driver only.
std::string driver(const GitRepo& repo, const std::string& script) {
  repo.write("driver", "#!/bin/sh\n" + script);
  std::filesystem::permissions(repo.path() / "driver", std::filesystem::perms::all);
  repo.git({"config", "merge.mine.driver", (repo.path() / "driver").string() + " %O %A %B"});
  repo.write(".git/info/attributes", "*.mine merge=mine\n");
  return repo.commit({{"a.mine", "1\n"}, {"b.mine", "1\n"}, {"plain", "1\n"}}, "start");
}

}  // namespace

TEST_CASE("a merge of commits is a tree", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}, {"b", "1\n"}});
  const std::string left = repo.commit_on("left", base, {{"a", "2\n"}});
  const std::string right = repo.commit_on("right", base, {{"b", "2\n"}});
  const TreeMerge merge = merge_commits(repo.path(), left, right);
  CHECK(merge.clean());
  repo.git("merge -q --no-edit left right");
  CHECK(merge.tree == repo.oid("HEAD^{tree}"));
}

TEST_CASE("a conflict has its kind and the blobs of its sides", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit(
      {{"both", "1\n"}, {"gone", "1\n"}, {"sub/é \t\n", "1\n"}, {"moved", lines("m", 9)}});
  const std::string left = repo.commit_on(
      "left", base, {{"both", "l\n"}, {"gone", "l\n"}, {"sub/é \t\n", "l\n"}, {"new", "l\n"}});
  repo.git("checkout -q -b right " + base);
  repo.git("rm -q gone");
  repo.git("mv moved elsewhere");
  const std::string right = repo.commit({{"both", "r\n"}, {"sub/é \t\n", "r\n"}, {"new", "r\n"}});
  const std::string lost = repo.commit_on("lost", left, {});
  repo.git("checkout -q lost");
  repo.git("rm -q moved");
  const std::string left_without = repo.commit({});
  const TreeMerge merge = merge_commits(repo.path(), left, right);
  CHECK(shown(merge) == std::vector<std::string>{"both contents", "gone modify/delete",
                                                 "new add/add", "sub/é \t\n contents"});
  const ConflictedPath& both = merge.conflicts.at(0);
  CHECK(both.base == repo.oid(base + ":both"));
  CHECK(both.ours == repo.oid(left + ":both"));
  CHECK(both.theirs == repo.oid(right + ":both"));
  CHECK(merge.conflicts.at(1).theirs.empty());
  CHECK(merge.conflicts.at(2).base.empty());
  CHECK(repo.git({"show", merge.tree + ":both"}).find("<<<<<<< ") != std::string::npos);
  const TreeMerge renamed = merge_commits(repo.path(), left_without, right);
  CHECK(shown(renamed).at(1) == "elsewhere rename/delete");
}

TEST_CASE("ids may be longer", "[merge_tree]") {
  const GitRepo repo("--object-format=sha256");
  const std::string base = repo.commit({{"a", "1\n"}, {"b", "1\n"}});
  const std::string left = repo.commit_on("left", base, {{"a", "l\n"}});
  const std::string right = repo.commit_on("right", base, {{"a", "r\n"}});
  const std::string other = repo.commit_on("other", base, {{"b", "o\n"}});
  const TreeMerge merge = merge_commits(repo.path(), left, right);
  REQUIRE(shown(merge) == std::vector<std::string>{"a contents"});
  CHECK(merge.conflicts[0].ours == repo.oid("left:a"));
  std::vector<bool> clean;
  merge_pairs(repo.path(), {{left, other}, {left, right}, {right, other}},
              [&](std::size_t, const TreeMerge& one) { clean.push_back(one.clean()); });
  CHECK(clean == std::vector<bool>{true, false, true});
}

TEST_CASE("a conflict that leaves no file unmerged is one all the same", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"d/a", lines("a", 9)}, {"d/b", lines("b", 9)}});
  const std::string left = repo.commit_on("left", base, {{"d/new", "new\n"}});
  repo.git("checkout -q -b right");
  std::filesystem::create_directories(repo.path() / "e");
  std::filesystem::create_directories(repo.path() / "f");
  repo.git("mv d/a e/a");
  repo.git("mv d/b f/b");
  const std::string right = repo.commit({});
  const TreeMerge merge = merge_commits(repo.path(), left, right);
  REQUIRE(merge.conflicts.size() == 1);
  CHECK(merge.conflicts[0].path == "d");
  CHECK(merge.conflicts[0].kind == "directory rename unclear split");
}

TEST_CASE("a conflict of submodules is one, though git adds advice", "[merge_tree]") {
  const GitRepo module;
  const std::string first = module.commit({{"file", "1\n"}});
  const std::string one = module.commit_on("one", first, {{"file", "one\n"}});
  const std::string two = module.commit_on("two", first, {{"file", "two\n"}});
  const GitRepo repo;
  repo.git({"-c", "protocol.file.allow=always", "submodule", "add", "-q", module.path().string(),
            "module"});
  const std::string base = repo.commit({{"a", "1\n"}});
  std::vector<std::string> tips;
  for (const std::string& commit : {one, two}) {
    repo.git("checkout -q -b to-" + commit + " " + base);
    GitRepo::git_in(repo.path() / "module", "checkout -q " + commit);
    tips.push_back(repo.commit({}));
  }
  const std::size_t before = process::started_count();
  std::vector<std::string> conflicts;
  merge_pairs(repo.path(), {{tips[0], tips[1]}, {base, tips[0]}, {tips[1], tips[0]}},
              [&](std::size_t, const TreeMerge& merge) {
                conflicts.push_back(merge.clean() ? "" : shown(merge).front());
              });
  CHECK(process::started_count() == before + 1);
  CHECK(conflicts == std::vector<std::string>{"module submodule", "", "module submodule"});
  CHECK(shown(merge_commits(repo.path(), tips[0], tips[1])).front() == "module submodule");
}

TEST_CASE("commits without a common ancestor do not merge", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}});
  repo.git("checkout -q --orphan other");
  const std::string other = repo.commit({{"a", "2\n"}});
  const TreeMerge merge = merge_commits(repo.path(), base, other);
  CHECK(shown(merge) == std::vector<std::string>{" unrelated histories"});
  CHECK(merge.tree == repo.oid(base + "^{tree}"));
  std::vector<bool> clean;
  merge_pairs(repo.path(), {{base, base}, {base, other}, {other, other}},
              [&](std::size_t, const TreeMerge& one) { clean.push_back(one.clean()); });
  CHECK(clean == std::vector<bool>{true, false, true});
}

TEST_CASE("a merge that git crashes at is a conflict, and not of the others", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = driver(repo, "");
  repo.git({"config", "merge.mine.driver", "kill -ABRT $PPID"});
  const std::string left = repo.commit_on("left", base, {{"a.mine", "l\n"}});
  const std::string right = repo.commit_on("right", base, {{"a.mine", "r\n"}});
  std::vector<std::string> kinds;
  merge_pairs(repo.path(), {{base, left}, {left, right}, {base, right}},
              [&](std::size_t, const TreeMerge& one) {
                kinds.push_back(one.clean() ? "" : one.conflicts.front().kind);
              });
  CHECK(kinds == std::vector<std::string>{"", "git failed: killed by signal 6", ""});
}

TEST_CASE("when git fails it is an error", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}});
  const std::string absent(40, '1');
  CHECK_THROWS_AS(merge_commits(repo.path(), base, absent), Error);
  CHECK_THROWS_AS(merge_pairs(repo.path(), {{base, absent}}, [](std::size_t, const TreeMerge&) {}),
                  Error);
}

TEST_CASE("many merges in one process are the same as each alone", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}, {"b", "1\n"}, {"c", lines("c", 20)}});
  std::vector<std::string> tips = {base};
  tips.push_back(repo.commit_on("one", base, {{"a", "one\n"}}));
  tips.push_back(repo.commit_on("two", base, {{"a", "two\n"}, {"b", "two\n"}}));
  tips.push_back(repo.commit_on("three", base, {{"c", lines("changed", 20)}}));
  Pairs pairs;
  for (const std::string& ours : tips) {
    for (const std::string& theirs : tips) pairs.emplace_back(ours, theirs);
  }
  const Pairs once = pairs;
  for (int i = 0; i < 5; ++i) pairs.insert(pairs.end(), once.begin(), once.end());
  const std::size_t before = process::started_count();
  std::vector<TreeMerge> merges;
  merge_pairs(repo.path(), pairs, [&](std::size_t i, const TreeMerge& merge) {
    REQUIRE(i == merges.size());
    merges.push_back(merge);
  });
  CHECK(process::started_count() == before + 1);
  REQUIRE(merges.size() == pairs.size());
  for (std::size_t i = 0; i < 16; ++i) {
    const TreeMerge alone = merge_commits(repo.path(), pairs[i].first, pairs[i].second);
    CHECK(merges[i].tree == alone.tree);
    CHECK(shown(merges[i]) == shown(alone));
    CHECK(merges[i + 64].tree == alone.tree);
  }
  merge_pairs(repo.path(), {}, [](std::size_t, const TreeMerge&) { FAIL("nothing to merge"); });
}

TEST_CASE("a merge driver that writes and reads as it likes spoils nothing", "[merge_tree]") {
  const GitRepo repo;
  std::string script;
  SECTION("text") { script = "echo merging; echo 3 >\"$2\"\n"; }
  SECTION("what looks like an answer") { script = "printf '1\\0%040d\\0' 7; echo 3 >\"$2\"\n"; }
  SECTION("much") { script = "yes | head -c 70000; echo 3 >\"$2\"\n"; }
  SECTION("it eats its input") { script = "cat >/dev/null; echo 3 >\"$2\"\n"; }
  SECTION("it fails") { script = "echo merging; exit 1\n"; }
  const std::string base = driver(repo, script);
  const std::string left = repo.commit_on("left", base, {{"a.mine", "l\n"}, {"b.mine", "l\n"}});
  const std::string right = repo.commit_on("right", base, {{"a.mine", "r\n"}, {"b.mine", "r\n"}});
  const std::string other = repo.commit_on("other", base, {{"plain", "o\n"}});
  const bool fails = script.find("exit 1") != std::string::npos;
  std::vector<TreeMerge> merges;
  merge_pairs(repo.path(), {{left, other}, {left, right}, {right, other}},
              [&](std::size_t, const TreeMerge& merge) { merges.push_back(merge); });
  REQUIRE(merges.size() == 3);
  CHECK(merges[0].clean());
  CHECK(merges[1].clean() == !fails);
  CHECK(merges[2].clean());
  CHECK(repo.git("show " + merges[0].tree + ":plain") == "o");
  if (!fails) CHECK(repo.git("show " + merges[1].tree + ":b.mine") == "3");
  if (fails) CHECK(shown(merges[1]).front() == "a.mine contents");
}

TEST_CASE("a change is brought onto another tree as a cherry-pick does", "[merge_tree]") {
  const GitRepo repo;
  const std::string base = repo.commit({{"a", "1\n"}, {"b", "1\n"}});
  const std::string one = repo.commit_on("one", base, {{"a", "one\n"}});
  const std::string two = repo.commit_on("one", base, {{"b", "two\n"}});
  const std::string main = repo.commit({{"c", "main\n"}});
  const std::string clash = repo.commit_on("clash", base, {{"b", "clash\n"}});
  const auto store = make_coprocess_store(repo.repository());
  const auto tree = [&](const std::string& commit) { return load_commit(*store, commit).tree; };
  const TreeMerge merge = merge_change(*store, repo.path(), tree(one), tree(main), tree(two));
  REQUIRE(merge.clean());
  repo.git("cherry-pick " + two);
  CHECK(merge.tree == repo.oid("HEAD^{tree}"));
  const TreeMerge conflict = merge_change(*store, repo.path(), tree(one), tree(clash), tree(two));
  CHECK(shown(conflict) == std::vector<std::string>{"b contents"});
  CHECK(repo.git("fsck --no-dangling --strict").empty());
}
