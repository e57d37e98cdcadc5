#include "record/patches.h"

#include "git/reflog.h"
#include "record/history.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

std::string tree(const SpecRepo& repo, const std::string& revision) {
  return repo.oid(revision + "^{tree}");
}

}  // namespace

TEST_CASE("the same change has the same patch id wherever it is", "[sweep]") {
  SpecRepo repo;
  const std::string base = repo.oid("HEAD");
  const std::string one = repo.commit_on("a", base, {{"new", "1\n2\n"}, {"other", "2\n"}});
  const std::string two = repo.commit_on("b", base, {{"new", "1\n2\n"}, {"file", "2\n"}});
  const std::string three = repo.commit_on("c", base, {{"new", "3\n"}});
  Workspace workspace = repo.workspace();
  const std::vector<Change> changes = {
      {"", one}, {"", two}, {"", three}, {tree(repo, base), tree(repo, "a")}};
  auto ids = patch_ids(workspace, changes, {"new"});
  CHECK(ids.at(changes[0]) == ids.at(changes[1]));
  CHECK(ids.at(changes[0]) == ids.at(changes[3]));
  CHECK(ids.at(changes[0]) != ids.at(changes[2]));
  ids = patch_ids(workspace, changes, {"new", "other", "file"});
  CHECK(ids.at(changes[0]) != ids.at(changes[1]));
  CHECK(ids.at(changes[0]) == ids.at(changes[3]));
  CHECK(patch_ids(workspace, changes, {"elsewhere"}).empty());
}

TEST_CASE("patches of files that are not text differ by their content", "[sweep]") {
  SpecRepo repo;
  const std::string base = repo.oid("HEAD");
  const std::string one = repo.commit_on("a", base, {{"bin", std::string("\0a", 2)}});
  const std::string two = repo.commit_on("b", base, {{"bin", std::string("\0b", 2)}});
  const std::string same = repo.commit_on("c", base, {{"bin", std::string("\0a", 2)}}, "Again");
  Workspace workspace = repo.workspace();
  const auto ids = patch_ids(workspace, {{"", one}, {"", two}, {"", same}}, {"bin"});
  CHECK(ids.at({"", one}) != ids.at({"", two}));
  CHECK(ids.at({"", one}) == ids.at({"", same}));
}

TEST_CASE("a merge that changes nothing outside of .chant is told from one that does", "[sweep]") {
  SpecRepo repo;
  const std::string base = repo.oid("HEAD");
  const std::string there = repo.commit_on("a", base, {{"new", "1\n"}, {".chant/note", "a\n"}});
  const std::string not_there = repo.commit_on("b", base, {{"b", "1\n"}});
  const std::string conflict = repo.commit_on("c", base, {{"new", "2\n"}});
  const std::string target = repo.commit({{"new", "1\n"}, {".chant/note", "main\n"}});
  Workspace workspace = repo.workspace();
  CHECK(tips_without_change(workspace, target, {conflict, not_there, there}) ==
        std::set<std::string>{there});
  CHECK(tips_without_change(workspace, target, {}).empty());
}

TEST_CASE("the history knows what came, by what, and what is not there", "[sweep]") {
  SpecRepo repo;
  const std::string since = repo.oid("HEAD");
  const std::string one = repo.commit_on("a", since, {{"a", "1\n"}});
  const std::string two = repo.commit_on("a", since, {{"a", "2\n"}});
  const std::string open = repo.commit_on("b", since, {{"b", "1\n"}});
  repo.git("merge -q --no-ff --no-edit a");
  const std::string merge = repo.oid("HEAD");
  const std::string last = repo.commit({{"file", "2\n"}});
  for (const auto use : {git::Use::heavy, git::Use::light}) {
    Workspace workspace = repo.workspace(use);
    History history(workspace, last, since, {{two, ""}, {open, ""}});
    CHECK(history.added() == std::vector<std::string>{one, two, merge, last});
    CHECK(history.chain() == std::vector<std::string>{last, merge});
    CHECK(history.arrival(one) == merge);
    CHECK(history.is_in_target(two));
    CHECK(history.is_in_target(since));
    CHECK_FALSE(history.is_in_target(open));
    CHECK(history.unmerged(open) == std::vector<std::string>{open});
    CHECK(history.fork(open) == since);
    History unseen(workspace, last, "", {{two, ""}, {open, ""}});
    CHECK(unseen.added() == history.added());
  }
}

TEST_CASE("a reflog is read newest first", "[git]") {
  SpecRepo repo;
  const std::string one = repo.oid("HEAD");
  const std::string two = repo.commit({{"file", "2\n"}}, "second");
  const auto entries = git::load_reflog(repo.repository(), "refs/heads/main");
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].oid == two);
  CHECK(entries[0].message == "commit: second");
  CHECK(entries[1].oid == one);
  CHECK(git::load_reflog(repo.repository(), "refs/heads/none").empty());
}
