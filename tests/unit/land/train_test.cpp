#include "land/train.h"

#include "record/sweep.h"
#include "support/catch.h"
#include "support/sealed_repo.h"
#include "util/text.h"

using namespace chant;
using namespace chant::land;
using config::Strategy;
using test::SealedRepo;
using test::SealedTrain;

namespace {

using Lines = std::vector<std::string>;

// Subjects of the commits that a landing brings, oldest first.
Lines subjects(const SealedRepo& repo, const std::string& commit) {
  return split(repo.git({"log", "--reverse", "--topo-order", "--format=%s", "main.." + commit}),
               '\n');
}

// Where work records the commits that the target has: short ids, as subjects.
Lines recorded(const SealedRepo& repo, const std::string& commit, const std::string& id) {
  Lines lines;
  for (const std::string& oid : repo.spec_at(commit, id).commits) {
    repo.git({"merge-base", "--is-ancestor", oid, commit});
    lines.push_back(repo.git({"show", "-s", "--format=%s", oid}));
  }
  return lines;
}

std::size_t count_of(const Lines& lines, const std::string& wanted) {
  return static_cast<std::size_t>(std::count(lines.begin(), lines.end(), wanted));
}

void dated_commit(SealedRepo& repo, const std::string& id, const test::Files& files,
                  const std::string& message) {
  repo.environment().set("GIT_AUTHOR_NAME", "Some Body");
  repo.environment().set("GIT_AUTHOR_DATE", "1700000000 +0545");
  repo.commit_on("spec/" + id, "main", files, message);
  repo.environment().set("GIT_AUTHOR_NAME", "A U Thor");
  repo.environment().set("GIT_AUTHOR_DATE", std::nullopt);
}

}  // namespace

TEST_CASE("a train of merges is what git merge makes of the branches", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  const std::string x = repo.finish("x", base, {{"file", "x\n"}});
  repo.finish("y", base, {{"other", "y\n"}});
  SealedTrain train(repo, Strategy::merge);
  const std::string last = train.all(repo.take_in().entries);
  CHECK(train.train.candidate(0) == base);
  const std::string first = train.train.candidate(1);
  CHECK(repo.git("show -s --format=%P " + first) == base + " " + x);
  CHECK(repo.git("show -s --format=%P " + last) == first + " " + repo.oid("spec/y"));
  CHECK(repo.git("show -s --format=%B%ct " + first) ==
        "Merge spec/x: Title of x\n\nChant-Spec: x\n1800000000");
  CHECK(train.train.tip() == last);
  CHECK(repo.oid("main") == base);
  repo.git("merge -q --no-ff --no-edit spec/x");
  repo.git("merge -q --no-ff --no-edit spec/y");
  CHECK(repo.oid("main^{tree}") == repo.oid(last + "^{tree}"));
}

TEST_CASE("the same train is the same commits again", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.finish("x", base, {{"file", "x\n"}});
  repo.work_on("y", base, {{"other", "y\n"}});  // sealed by the intake
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  const std::string once = SealedTrain(repo, strategy).all(repo.take_in().entries);
  repo.environment().set("GIT_COMMITTER_DATE", "1700000000 +0000");
  CHECK(SealedTrain(repo, strategy).all(repo.take_in().entries) == once);
}

TEST_CASE("a branch that does not fit leaves the train as it was", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.finish("x", base, {{"file", "x\n"}});
  const std::string y = repo.finish("y", base, {{"file", "y\n"}, {"other", "y\n"}});
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  SealedTrain train(repo, strategy);
  REQUIRE_FALSE(train.train.add(repo.entry("x")));
  const std::string tip = train.train.tip();
  const auto clashing = train.train.add(repo.entry("y"));
  REQUIRE(clashing);
  CHECK(clashing->ours == tip);
  CHECK(clashing->theirs == (strategy == Strategy::rebase ? repo.oid("spec/y^") : y));
  REQUIRE(clashing->merge.conflicts.size() == 1);
  CHECK(clashing->merge.conflicts.front().path == "file");
  CHECK_THAT(repo.git("show " + clashing->merge.tree + ":file"), Catch::Contains("======="));
  CHECK(train.train.steps().size() == 1);
  CHECK(train.train.tip() == tip);
}

TEST_CASE("rebased work keeps author, date and message, and records its new commits", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.git("update-ref refs/chant/spec/x/base " + base);
  dated_commit(repo, "x", {{"new", "1\n"}, {".chant/specs/x.md", test::ticked("Title of x")}},
               "One\n\nBody\n");
  dated_commit(repo, "x", {{"new", "2\n"}}, "Two");
  repo.seal("x");
  repo.commit({{"other", "2\n"}}, "meanwhile");
  SealedTrain train(repo, Strategy::rebase);
  const std::string last = train.all(repo.take_in().entries);
  CHECK(subjects(repo, last) == Lines{"One", "Two", "chant(x): finalize"});
  CHECK(repo.git("show -s --format=%an|%at|%ai|%ct " + last + "^^") ==
        "Some Body|1700000000|2023-11-15 03:58:20 +0545|1800000000");
  CHECK(repo.git("show -s --format=%b " + last + "^^") == "Body\n");
  CHECK(repo.oid(last + "^^^") == repo.oid("main"));
  CHECK(recorded(repo, last, "x") == Lines{"One", "Two"});
  const spec::Spec sealed = repo.spec_at(last, "x");
  CHECK(sealed.completed_at == "2026-11-21T01:02:03Z");
  CHECK(sealed.model == "a-model");
  CHECK(sealed.unticked() == 0);
  CHECK(repo.oid(train.train.tip() + "^{tree}") == repo.oid(last + "^{tree}"));
  repo.git({"merge-base", "--is-ancestor", repo.oid("spec/x"), train.train.tip()});
}

TEST_CASE("a commit that has nothing left to change is left out of a rebase", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"new", "1\n"}});
  repo.commit_on("spec/x", base, {{"other", "2\n"}}, "The same");
  repo.commit_on("spec/x", base, {}, "Empty by intent");
  repo.seal("x");
  repo.commit({{"other", "2\n"}}, "Came first");
  const std::string last = SealedTrain(repo, Strategy::rebase).all(repo.take_in().entries);
  CHECK(subjects(repo, last) == Lines{"Work", "Empty by intent", "chant(x): finalize"});
  CHECK(recorded(repo, last, "x") == Lines{"Work", "Empty by intent"});
}

TEST_CASE("commits that stand where they would land are not made again", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  const std::string work = repo.work_on("x", base, {{"new", "1\n"}});
  repo.seal("x");
  SealedTrain train(repo, Strategy::rebase);
  CHECK(repo.oid(train.all(repo.take_in().entries) + "^") == work);
  CHECK(train.train.steps().front().commits == Lines{work});
}

TEST_CASE("what only a merge on the branch holds is not lost by a rebase", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}});
  repo.commit({{"file", "main\n"}}, "meanwhile");
  repo.git("checkout -q spec/x");
  (void)test::GitRepo::try_git(repo.path(), {"merge", "-q", "main"});
  repo.write("file", "x and main\n");
  repo.git("commit -q -a -m resolved");
  repo.git("checkout -q main");
  repo.seal("x");
  const std::string last = SealedTrain(repo, Strategy::rebase).all(repo.take_in().entries);
  CHECK(repo.git("show " + last + ":file") == "x and main");
  CHECK(subjects(repo, last) == Lines{"Title of x", "chant(x): finalize"});
  CHECK(recorded(repo, last, "x") == Lines{"Title of x"});
}

TEST_CASE("a branch that fits only as a whole is rebased as one commit", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}, {"new", "x\n"}});
  repo.commit_on("spec/x", base, {{"file", "1\n"}}, "Back");
  repo.seal("x");
  repo.commit({{"file", "main\n"}}, "meanwhile");
  const std::string last = SealedTrain(repo, Strategy::rebase).all(repo.take_in().entries);
  CHECK(subjects(repo, last) == Lines{"Title of x", "chant(x): finalize"});
  CHECK(repo.git("show " + last + ":file") == "main");
  CHECK(repo.git("show " + last + ":new") == "x");
}

TEST_CASE("a merge on the branch that holds nothing is left out of a rebase", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.work_on("x", base, {{"file", "x\n"}});
  repo.commit({{"other", "main\n"}}, "meanwhile");
  repo.git("checkout -q spec/x");
  repo.git("merge -q --no-edit main");
  repo.commit({{"new", "x\n"}}, "More");
  repo.git("checkout -q main");
  repo.seal("x");
  const std::string last = SealedTrain(repo, Strategy::rebase).all(repo.take_in().entries);
  CHECK(subjects(repo, last) == Lines{"Work", "More", "chant(x): finalize"});
}

TEST_CASE("squashed work is one commit for each spec and one record of all", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.git("update-ref refs/chant/spec/x/base " + base);
  repo.commit_on("spec/x", base, {{"new", "1\n"}}, "One\n\nCo-authored-by: C <c@example.com>\n");
  dated_commit(repo, "x", {{"new", "2\n"}, {".chant/specs/x.md", test::ticked("Title of x")}},
               "Two\n\nChant-Spec: x\nChant-Model: m\n");
  repo.seal("x");
  repo.finish("y", base, {{"other", "y\n"}});
  SealedTrain train(repo, Strategy::squash);
  const std::string last = train.all(repo.take_in().entries);
  CHECK(subjects(repo, last) == Lines{"Title of x", "Title of y", "chant: finalize 2 specs"});
  CHECK(repo.git("show -s --format=%B%an|%at " + last + "^^") ==
        "Title of x\n\n* One\n* Two\n\nChant-Spec: x\nCo-authored-by: C <c@example.com>\n"
        "Co-authored-by: A U Thor <author@example.com>\nChant-Model: m\nSome Body|1700000000");
  CHECK(repo.git("show -s --format=%B " + last + "^") == "Title of y\n\nChant-Spec: y\n");
  CHECK_THAT(repo.git("show -s --format=%b " + last),
             Catch::StartsWith("Chant-Spec: x\nChant-Spec: y\nChant-Seal: 2027-01-15T08:00:00Z"));
  CHECK(recorded(repo, last, "x") == Lines{"Title of x"});
  CHECK(recorded(repo, last, "y") == Lines{"Title of y"});
  CHECK(repo.spec_at(last, "y").completed_at == "2026-11-21T01:02:03Z");
  // A shorter landing has a record of its own.
  const std::string first = train.train.candidate(1);
  CHECK(repo.oid(first + "^") == repo.oid(last + "^^"));
  CHECK(subjects(repo, first) == Lines{"Title of x", "chant(x): finalize"});
  const std::string merged = SealedTrain(repo, Strategy::merge).all(repo.take_in().entries);
  CHECK(repo.git({"diff", "--name-only", last, merged, "--", ":!.chant"}).empty());
  CHECK(repo.oid(train.train.tip() + "^{tree}") == repo.oid(last + "~1^{tree}"));
  CHECK(repo.spec_at(last + "^", "y").status == "pending");
  CHECK(repo.spec_at(last + "^", "y").unticked() == 0);
}

TEST_CASE("a title that reads like a trailer of ours is not taken for one", "[train]") {
  SealedRepo repo;
  const std::string base =
      repo.commit({{".chant/specs/x.md", test::spec_text("Chant-Spec: other")}});
  repo.git("update-ref refs/chant/spec/x/base " + base);
  repo.commit_on("spec/x", base,
                 {{"new", "1\n"}, {".chant/specs/x.md", test::ticked("Chant-Spec: other")}});
  repo.seal("x");
  const std::string last = SealedTrain(repo, Strategy::squash).all(repo.take_in().entries);
  CHECK(repo.git("show -s --format=%s " + last + "^") == "chant(x): Chant-Spec: other");
}

TEST_CASE("stacked branches bring no commit twice", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"a", "b", "c", "d"});
  // A diamond: b and c stand on a, d on both.
  const std::string a = repo.finish("a", base, {{"a", "1\n"}});
  const std::string b = repo.finish("b", a, {{"a", "1\nb\n"}});
  const std::string c = repo.finish("c", a, {{"c", "1\n"}});
  record::Workspace workspace = repo.workspace();
  const std::string both = merged_base(workspace, base, {b, c});
  repo.finish("d", both, {{"a", "1\nb\nd\n"}, {"c", "1\nd\n"}});
  repo.commit({{"other", "2\n"}}, "meanwhile");
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  SealedTrain train(repo, strategy);
  const std::string last = train.all(repo.take_in().entries);
  const Lines lines = subjects(repo, last);
  CHECK(repo.git("show " + last + ":a") == "1\nb\nd");
  CHECK(repo.git("show " + last + ":c") == "1\nd");
  CHECK(count_of(lines, "Work") == (strategy == Strategy::squash ? 0U : 4U));
  if (strategy != Strategy::merge) {
    CHECK(lines.size() == (strategy == Strategy::squash ? 5 : 8));
    CHECK(repo.git("rev-list --merges main.." + last).empty());
  }
  for (const char* id : {"a", "b", "c", "d"}) CHECK(recorded(repo, last, id).size() == 1);
}

TEST_CASE("a branch fits on what it stands on, however that landed", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"a", "b"});
  const std::string a = repo.finish("a", base, {{"file", "a\n"}});
  repo.finish("b", a, {{"file", "b\n"}, {"new", "b\n"}});
  repo.commit({{"other", "2\n"}}, "meanwhile");
  const Strategy first = GENERATE(Strategy::rebase, Strategy::squash);
  const Strategy second = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  const land::Entry entry = repo.entry("a");
  const bool taken_before = GENERATE(true, false);
  const land::Entry before = repo.entry("b");
  repo.land(SealedTrain(repo, first).all({entry}), {entry});
  SealedTrain train(repo, second);
  const std::string last = train.all({taken_before ? before : repo.entry("b")});
  CHECK(repo.git("show " + last + ":file") == "b");
  CHECK(recorded(repo, last, "b").size() == 1);
  if (second != Strategy::merge) CHECK(repo.git("rev-list --merges main.." + last).empty());
}

TEST_CASE("a train is cut, and goes on in another way", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y", "z"});
  for (const char* id : {"x", "y", "z"}) repo.finish(id, base, {{id, "1\n"}});
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  const auto entries = repo.take_in().entries;
  SealedTrain train(repo, strategy);
  (void)train.all(entries);
  train.train.cut(1);
  CHECK(train.train.steps().size() == 1);
  REQUIRE_FALSE(train.train.add(entries.at(2)));
  CHECK(train.train.candidate(2) == SealedTrain(repo, strategy).all({entries[0], entries[2]}));
  train.train.cut(0);
  CHECK(train.train.tip() == repo.oid("main"));
}

TEST_CASE("a resolution is taken as the result of the merge", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.finish("x", base, {{"file", "x\n"}});
  repo.finish("y", base, {{"file", "y\n"}, {"new", "y\n"}});
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  SealedTrain train(repo, strategy);
  REQUIRE_FALSE(train.train.add(repo.entry("x")));
  const auto clashing = train.train.add(repo.entry("y"));
  REQUIRE(clashing);
  repo.git("checkout -q --detach " + train.train.tip());
  (void)test::GitRepo::try_git(repo.path(), {"merge", "-q", "--no-commit", "spec/y"});
  repo.write("file", "x y\n");
  repo.git("add file");
  const std::string tree = repo.git("write-tree");
  repo.git("reset -q --hard");
  repo.git("checkout -q main");
  CHECK_FALSE(train.train.add_resolved(repo.entry("y"), tree));
  const std::string last = train.train.candidate(2);
  CHECK(repo.git("show " + last + ":file") == "x y");
  CHECK(recorded(repo, last, "x").size() == 1);
  CHECK(recorded(repo, last, "y").size() == 1);
  if (strategy != Strategy::merge) CHECK(repo.git("rev-list --merges main.." + last).empty());
}

TEST_CASE("spec files are merged by key on every train", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.git("update-ref refs/chant/spec/x/base " + base);
  repo.commit_on(
      "spec/x", base,
      {{".chant/specs/x.md", test::spec_text("Title of x", "status: paused\n")}, {"new", "1\n"}},
      "One");
  repo.commit_on("spec/x", base, {{".chant/specs/x.md", test::ticked("Title of x")}}, "Two");
  repo.seal("x");
  repo.commit({{".chant/specs/x.md", test::spec_text("Title of x", "status: in_progress\n")}},
              "status");
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  const std::string last = SealedTrain(repo, strategy).all(repo.take_in().entries);
  CHECK(repo.spec_at(last, "x").status == "completed");
  CHECK(recorded(repo, last, "x").size() == (strategy == Strategy::squash ? 1 : 2));
}

TEST_CASE("the sweep takes a landing of any strategy as it is", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"a", "b", "c"});
  {
    record::Workspace workspace = repo.workspace();
    (void)record::sweep(workspace);
  }
  const std::string a = repo.finish("a", base, {{"file", "a\n"}});
  repo.finish("b", a, {{"file", "b\n"}, {"new", "b\n"}});
  repo.work_on("c", base, {{"c", "1\n"}}, "other/");  // sealed by the intake
  repo.commit({{"other", "2\n"}}, "meanwhile");
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  const bool one_by_one = GENERATE(true, false);
  const auto entries = repo.take_in().entries;
  REQUIRE(entries.size() == 3);
  if (one_by_one) {
    for (const land::Entry& one : entries) repo.land(SealedTrain(repo, strategy).all({one}), {one});
  } else {
    repo.land(SealedTrain(repo, strategy).all(entries), entries);
  }
  const std::string main = repo.oid("main");
  const bool known = GENERATE(true, false);
  if (!known) std::filesystem::remove(repo.repository().chant_dir() / "seen");
  record::Workspace workspace = repo.workspace();
  CHECK(record::sweep(workspace).empty());
  CHECK(repo.oid("main") == main);
  for (const char* id : {"a", "b", "c"}) {
    CHECK(workspace.journal().findings("refs/heads/main").at(id).state == "landed");
    CHECK(recorded(repo, "main", id).size() == 1);
  }
  const record::Snapshot snapshot = record::take_snapshot(workspace);
  for (const char* id : {"a", "b", "c"}) {
    CHECK(snapshot.states.at(id).state == spec::State::completed);
  }
}

TEST_CASE("where commits are signed, everything that lands is", "[train]") {
  SealedRepo repo;
  const std::filesystem::path key = repo.beside("key");
  process::Command make;
  make.argv = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.string()};
  if (!process::find_program("ssh-keygen") || !process::succeeded(process::run(make).outcome)) {
    WARN("skipped: no ssh-keygen");
    return;
  }
  const std::string base = repo.commit_specs({"x", "y"});
  repo.finish("x", base, {{"x", "1\n"}});
  repo.finish("y", base, {{"y", "1\n"}});
  repo.commit({{"other", "2\n"}}, "meanwhile");
  repo.git("config gpg.format ssh");
  repo.git("config user.signingKey " + key.string());
  repo.git("config commit.gpgSign true");
  const Strategy strategy = GENERATE(Strategy::merge, Strategy::rebase, Strategy::squash);
  SealedTrain train(repo, strategy);
  const std::string last = train.all(repo.take_in().entries);
  for (const std::string& oid : split(repo.git("rev-list --first-parent main.." + last), '\n')) {
    CHECK_THAT(repo.git("cat-file commit " + oid), Catch::Contains("\ngpgsig "));
  }
}

TEST_CASE("a revert of a squashed landing is found", "[train]") {
  SealedRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  repo.finish("x", base, {{"x", "1\n"}});
  repo.finish("y", base, {{"y", "1\n"}});
  const auto entries = repo.take_in().entries;
  repo.land(SealedTrain(repo, Strategy::squash).all(entries), entries);
  {
    record::Workspace workspace = repo.workspace();
    REQUIRE(record::sweep(workspace).empty());
  }
  repo.git("revert --no-edit main^^");
  record::Workspace workspace = repo.workspace();
  const auto lines = record::sweep(workspace);
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines.front(), Catch::StartsWith("reopened x: it was landed, and reverted by "));
  CHECK(repo.spec_at("main", "x").status == "pending");
  CHECK(repo.spec_at("main", "y").status == "completed");
}
