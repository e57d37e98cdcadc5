#include "land/packet.h"

#include "land/merge.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::land;
using record::Parked;
using test::SpecRepo;

namespace {

Entry entry_of(const SpecRepo& repo, const std::string& id) {
  Entry entry;
  entry.id = id;
  entry.branch = "refs/heads/spec/" + id;
  entry.branch_tip = entry.tip = repo.oid(entry.branch);
  return entry;
}

Parked conflict_of(const SpecRepo& repo, const std::string& id) {
  record::Workspace workspace = repo.workspace();
  const Entry entry = entry_of(repo, id);
  const std::string ours = repo.oid("main");
  return describe_conflict(workspace, repo.path(), "refs/heads/main", entry,
                           {ours, entry.tip, merge(workspace, repo.path(), ours, entry.tip)});
}

}  // namespace

TEST_CASE("a conflict is described with both sides", "[land]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  const std::string theirs = repo.work_on("x", "main", {{"file", "theirs\n"}});
  repo.commit({{"other", "2\n"}}, "Other file");
  const std::string ours = repo.commit({{"file", "ours\n"}}, "Ours\n\nText.");
  const Parked parked = conflict_of(repo, "x");
  CHECK(parked.kind == "conflict");
  CHECK(parked.reason == "conflicts with 'main' in 'file'");
  CHECK(parked.next == "git chant reconcile --resolve x");
  CHECK(parked.branch == "refs/heads/spec/x");
  CHECK(parked.tip == theirs);
  CHECK(parked.ours == ours);
  CHECK(parked.theirs == theirs);
  REQUIRE(parked.files.size() == 1);
  CHECK(parked.files[0].path == "file");
  CHECK(parked.files[0].kind == "contents");
  REQUIRE(parked.our_commits.size() == 1);
  CHECK(parked.our_commits[0].commit == ours);
  CHECK(parked.our_commits[0].subject == "Ours");
  CHECK(parked.our_commits[0].spec.empty());
  REQUIRE(parked.their_commits.size() == 1);
  CHECK(parked.their_commits[0].spec == "x");
  const std::string marked = repo.git({"show", parked.merged + ":file"});
  CHECK_THAT(marked, Catch::Contains("<<<<<<<") && Catch::Contains("ours"));
}

TEST_CASE("the first pair of commits that conflict is found", "[land]") {
  SpecRepo repo;
  repo.commit({{"a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"}});
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"a", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n"}});
  const std::string second =
      repo.commit_on("spec/x", "", {{"a", "one\n2\n3\n4\n5\n6\n7\n8\nnine\n"}}, "Second");
  repo.commit_on("spec/x", "", {{"a", "one\n2\n3\n4\nfive\n6\n7\n8\nnine\n"}}, "Third");
  repo.commit({{"a", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"}}, "First of ours");
  const std::string clash =
      repo.commit({{"a", "uno\n2\n3\n4\nfive\n6\n7\n8\n9\n"}}, "Clash\n\nChant-Spec: w\n");
  repo.commit({{"a", "uno\n2\n3\n4\ncinque\n6\n7\n8\n9\n"}}, "Last of ours\n\nChant-Spec: w\n");
  const Parked parked = conflict_of(repo, "x");
  REQUIRE(parked.first_pair);
  CHECK(parked.first_pair->first.commit == clash);
  CHECK(parked.first_pair->first.spec == "w");
  CHECK(parked.first_pair->second.commit == second);
  CHECK(parked.our_commits.size() == 3);
  CHECK(parked.their_commits.size() == 3);
}

TEST_CASE("a conflict with one spec names it", "[land]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}});
  repo.commit({{"file", "ours\n"}}, "Ours\n\nChant-Spec: w\n");
  CHECK(conflict_of(repo, "x").reason == "conflicts with spec 'w' in 'file'");
}

TEST_CASE("many files are not all in the reason", "[land]") {
  SpecRepo repo;
  test::Files theirs, ours;
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    theirs[name] = "theirs\n";
    ours[name] = "ours\n";
  }
  repo.commit_specs({"x"});
  repo.work_on("x", "main", theirs);
  repo.commit(ours);
  const Parked parked = conflict_of(repo, "x");
  CHECK(parked.reason == "conflicts with 'main' in 'a', 'b', 'c' and 2 more");
  CHECK(parked.files.size() == 5);
}

TEST_CASE("a change on one side and a deletion on the other have both sides' commits", "[land]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}});
  repo.git("rm -q file");
  const std::string ours = repo.commit({}, "Remove");
  const Parked parked = conflict_of(repo, "x");
  REQUIRE(parked.files.size() == 1);
  CHECK(parked.files[0].kind == "modify/delete");
  CHECK(parked.files[0].ours.empty());
  REQUIRE(parked.first_pair);
  CHECK(parked.first_pair->first.commit == ours);
}

TEST_CASE("histories that were joined do not hinder the description", "[land]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}});
  repo.git("checkout -q --orphan island");
  repo.commit({{"file", "island\n"}}, "Island");
  repo.git("checkout -q main");
  repo.git("merge -q --allow-unrelated-histories -s ours -m Join island");
  repo.commit({{"file", "ours\n"}}, "Ours");
  const Parked parked = conflict_of(repo, "x");
  CHECK(parked.files.at(0).path == "file");
  CHECK_FALSE(parked.our_commits.empty());
}

TEST_CASE("a red gate is described with the end of its log", "[land]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}});
  std::string log;
  for (int line = 1; line <= 100; ++line) log += "line " + std::to_string(line) + "\n";
  repo.write("log", log);
  Parked parked =
      describe_red("refs/heads/main", entry_of(repo, "x"), "exit 2", repo.path() / "log");
  CHECK(parked.kind == "gate");
  CHECK(parked.reason == "the gate failed: exit 2");
  CHECK(parked.next == "git chant show x");
  CHECK_THAT(parked.log_end, Catch::StartsWith("line 61\n") && Catch::EndsWith("line 100"));
  repo.write("log", "only\n");
  parked = describe_red("refs/heads/main", entry_of(repo, "x"), "exit 2", repo.path() / "log");
  CHECK(parked.log_end == "only");
  parked = describe_red("refs/heads/main", entry_of(repo, "x"), "exit 2", repo.path() / "none");
  CHECK(parked.log_end.empty());
}

TEST_CASE("a dependent names what it waits for", "[land]") {
  SpecRepo repo;
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"file", "theirs\n"}});
  const Parked parked = describe_dependent("refs/heads/main", entry_of(repo, "x"), "w");
  CHECK(parked.kind == "dependency");
  CHECK(parked.reason == "needs 'w', which did not land");
  CHECK(parked.tip == repo.oid("spec/x"));
}

TEST_CASE("whoever resolves a conflict is told of both sides, and shown the places", "[land]") {
  SpecRepo repo;
  std::string lines;
  for (int n = 1; n <= 30; ++n) lines += "line " + std::to_string(n) + "\n";
  const auto with = [&](const std::string& text) {
    std::string changed = lines;
    for (const std::string line : {"line 8\n", "line 25\n"}) {
      changed.replace(changed.find(line), line.size(), text);
    }
    return changed;
  };
  repo.commit({{"a", lines}, {"raw", std::string("\0\1", 2)}});
  repo.commit_specs({"x"});
  repo.work_on("x", "main", {{"a", with("theirs\n")}, {"raw", std::string("\0\2", 2)}});
  repo.commit({{"a", with("ours\n")}, {"raw", std::string("\0\3", 2)}}, "Ours");
  const Parked parked = conflict_of(repo, "x");
  const std::string text = conflict_text(parked);
  for (const std::string part : {"  a (contents)\n", "  raw (binary)\n", "commits of main:\n",
                                 "Work (spec x)\n", "first two that conflict:\n"}) {
    CAPTURE(part, text);
    CHECK(text.find(part) != std::string::npos);
  }
  record::Workspace workspace = repo.workspace();
  const auto marked = marked_files(workspace, parked);
  REQUIRE(marked.size() == 1);
  CHECK(marked[0].path == "a");
  CHECK_THAT(marked[0].text, Catch::StartsWith("@@ line 5 @@\nline 5\nline 6\nline 7\n<<<<<<< "));
  CHECK_THAT(marked[0].text, Catch::Contains("line 11\n@@ line 26 @@\n"));
  CHECK_THAT(marked[0].text, Catch::EndsWith("line 28\n"));
}
