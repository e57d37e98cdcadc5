#include "land/entry.h"

#include "git/worktree.h"
#include "record/branch_work.h"
#include "record/sweep.h"
#include "support/catch.h"
#include "support/sealed_repo.h"
#include "util/file.h"
#include "util/lock.h"

#include <fstream>

using namespace chant;
using namespace chant::land;
using test::SealedRepo;

namespace {

using Strings = std::vector<std::string>;

// The reason, or "" for one that lands or is not mentioned.
std::string why(const Intake& intake, const std::string& id) {
  for (const LeftOut& left : intake.left_out) {
    if (left.id == id) return left.reason;
  }
  return "";
}

Strings ids(const Intake& intake) {
  Strings all;
  for (const Entry& entry : intake.entries) all.push_back(entry.id);
  return all;
}

void add_attempt(const SealedRepo& repo, const std::string& id, const std::string& branch,
                 const std::string& exit_class, const std::string& tip) {
  record::Workspace workspace = repo.workspace();
  journal::Attempt attempt;
  attempt.run = workspace.journal().begin_run("worktree");
  attempt.spec = id;
  attempt.branch = branch;
  workspace.journal().begin_attempt(attempt);
  attempt.exit_class = exit_class;
  attempt.reason = exit_class == "ok" ? "" : "the agent ended with exit 3";
  attempt.tip = tip;
  workspace.journal().end_attempt(attempt);
}

struct Fixture {
  SealedRepo repo;
  std::string base = repo.commit_specs({"x", "y"});
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a finished branch is taken as it is", "[entry]") {
  const std::string work = repo.work_on("x", base, {{"new", "1\n"}, {"file", "2\n"}});
  const std::string seal = repo.seal("x");
  repo.commit({{"other", "2\n"}}, "meanwhile");
  const Intake intake = repo.take_in();
  CHECK(intake.left_out.empty());
  REQUIRE(intake.entries.size() == 1);
  const Entry& entry = intake.entries.front();
  CHECK(entry.id == "x");
  CHECK(entry.title == "Title of x");
  CHECK(entry.branch == "refs/heads/spec/x");
  CHECK(entry.branch_tip == seal);
  CHECK(entry.tip == seal);
  CHECK(entry.commits == Strings{work});
  CHECK(entry.paths == Strings{"file", "new"});
  CHECK(entry.depends_on.empty());
  CHECK_FALSE(entry.unsealed);
  CHECK(std::to_string(entry.finished_at) == repo.git("show -s --format=%ct " + seal));
}

TEST_CASE_METHOD(Fixture, "a branch is known whatever its prefix", "[entry]") {
  SECTION("of branch mode") { repo.finish("x", base, {{"new", "1\n"}}, "chant/"); }
  SECTION("by its record") { repo.finish("x", base, {{"new", "1\n"}}, "team-a/"); }
  SECTION("by the journal") {
    repo.work_on("x", base, {{"new", "1\n"}}, "w");
    add_attempt(repo, "x", "refs/heads/wx", "ok", "");
  }
  SECTION("by its trailers") { repo.work_on("x", base, {{"new", "1\n"}}, "alice.smith/y-"); }
  const Intake intake = repo.take_in();
  CHECK(ids(intake) == Strings{"x"});
  CHECK(intake.left_out.empty());
}

TEST_CASE_METHOD(Fixture, "a branch that only has the name of a spec is nobody's", "[entry]") {
  repo.commit_on("feature/x", base, {{"new", "1\n"}});
  const Intake intake = repo.take_in();
  CHECK(intake.entries.empty());
  CHECK(intake.left_out.empty());
  CHECK(why(repo.take_in({"x"}), "x") == "it has no branch");
}

TEST_CASE_METHOD(Fixture, "two branches of one spec are told, and neither is taken", "[entry]") {
  repo.work_on("x", base, {{"new", "1\n"}}, "a/");
  repo.work_on("x", base, {{"new", "2\n"}}, "b/");
  CHECK(why(repo.take_in(), "x") == "'a/x' and 'b/x' both have commits of it");
}

TEST_CASE_METHOD(Fixture, "work that is ticked and not sealed is sealed now", "[entry]") {
  repo.git("update-ref refs/chant/spec/x/base " + base);
  const std::string one =
      repo.commit_on("chant/x", base, {{"new", "1\n"}}, "One\n\nChant-Model: m\n");
  const std::string two =
      repo.commit_on("chant/x", base, {{".chant/specs/x.md", test::ticked("Title of x")}}, "Two");
  const std::string refs = repo.git("show-ref");
  const Intake intake = repo.take_in();
  CHECK(repo.git("show-ref") == refs);
  REQUIRE(intake.entries.size() == 1);
  const Entry& entry = intake.entries.front();
  CHECK(entry.unsealed);
  CHECK(entry.branch_tip == two);
  CHECK(repo.oid(entry.tip + "^") == two);
  CHECK(repo.git("show -s --format=%s|%ct " + entry.tip) == "chant(x): finalize|1800000000");
  const spec::Spec sealed = repo.spec_at(entry.tip, "x");
  CHECK(sealed.status == "completed");
  CHECK(sealed.completed_at == "2027-01-15T08:00:00Z");
  CHECK(sealed.model == "m");
  CHECK(sealed.branch == "chant/x");
  CHECK(record::names_exactly(sealed.commits, {one, two}));
  CHECK(entry.commits == Strings{one, two});
}

TEST_CASE_METHOD(Fixture, "what was done after the seal is sealed, too", "[entry]") {
  const std::string work = repo.work_on("x", base, {{"new", "1\n"}});
  repo.seal("x");
  const std::string more = repo.commit_on("spec/x", base, {{"new", "2\n"}}, "More");
  const Entry entry = repo.entry("x");
  CHECK(repo.oid(entry.tip + "^") == more);
  CHECK(record::names_exactly(repo.spec_at(entry.tip, "x").commits, {work, more}));
  CHECK(entry.commits == Strings{work, more});
}

TEST_CASE_METHOD(Fixture, "a merge of the target into the branch is no reason to seal", "[entry]") {
  repo.finish("x", base, {{"new", "1\n"}});
  repo.commit({{".chant/specs/z.md", test::spec_text("Z")}, {"other", "2\n"}}, "meanwhile");
  repo.git("checkout -q spec/x");
  repo.git("merge -q --no-edit main");
  repo.git("checkout -q main");
  const Entry entry = repo.entry("x");
  CHECK(entry.tip == entry.branch_tip);
  CHECK(entry.paths == Strings{"new"});
}

TEST_CASE_METHOD(Fixture, "what is not finished is left out with the reason", "[entry]") {
  const std::string path = record::spec_path("x");
  SECTION("a criterion is open") {
    repo.commit_on("spec/x", base, {{path, test::spec_text("X", "", "- [x] A\n- [ ] B\n")}});
    CHECK(why(repo.take_in(), "x") == "1 of its 2 criteria are not ticked, the first: B");
    CHECK(why(repo.take_in({"x"}), "x") == why(repo.take_in(), "x"));
  }
  SECTION("no criterion says that it is done") {
    repo.commit_on("spec/x", base, {{path, test::spec_text("X", "", "")}});
    CHECK(why(repo.take_in(), "x") == "nobody has finished it: it has no criteria");
    CHECK(ids(repo.take_in({"x"})) == Strings{"x"});
  }
  SECTION("there is no work") {
    repo.git("branch spec/x " + base);
    repo.commit({{"other", "2\n"}});
    CHECK(why(repo.take_in(), "x") == "everything on 'spec/x' is in 'main' already");
  }
  SECTION("somebody works on it") {
    repo.work_on("x", base, {{"new", "1\n"}});
    make_private_directories(repo.repository().chant_dir() / "locks");
    const FileLock claim = FileLock::acquire(record::claim_path(repo.repository(), "x"));
    CHECK(why(repo.take_in(), "x") == "it is in progress");
  }
  SECTION("its last attempt failed") {
    const std::string tip = repo.work_on("x", base, {{"new", "1\n"}});
    add_attempt(repo, "x", "refs/heads/spec/x", "failed", tip);
    CHECK(why(repo.take_in(), "x") == "its last attempt failed: the agent ended with exit 3");
    CHECK(ids(repo.take_in({"x"})) == Strings{"x"});
    repo.commit_on("spec/x", base, {{"new", "2\n"}}, "a person's");
    CHECK(ids(repo.take_in()) == Strings{"x"});
  }
  SECTION("its file is broken") {
    repo.work_on("x", base, {{"new", "1\n"}});
    repo.write(path, "---\nstatus: [\n---\n");
    CHECK_THAT(why(repo.take_in(), "x"), Catch::StartsWith(".chant/specs/x.md:"));
  }
  SECTION("its file is gone from the branch") {
    repo.work_on("x", base, {{"new", "1\n"}});
    repo.git("checkout -q spec/x");
    repo.git("rm -q .chant/specs/x.md");
    repo.git("commit -q -m gone");
    repo.git("checkout -q main");
    CHECK(why(repo.take_in(), "x") == "'.chant/specs/x.md' on its branch is not a spec");
  }
}

TEST_CASE_METHOD(Fixture, "what has landed or never will is left out", "[entry]") {
  repo.finish("x", base, {{"new", "1\n"}});
  SECTION("landed") {
    repo.git("merge -q --no-edit spec/x");
    CHECK(why(repo.take_in(), "x") == "it has landed already: 'main' says completed");
  }
  SECTION("squashed by hand") {
    repo.git("merge -q --squash spec/x");
    repo.git("commit -q -m squashed");
    CHECK(why(repo.take_in(), "x") == "it has landed already: 'main' says completed");
  }
  SECTION("merged, and its content dropped") {
    repo.git("merge -q -s ours --no-edit spec/x");
    record::Workspace workspace = repo.workspace();
    (void)record::sweep(workspace);
    CHECK(why(repo.take_in(), "x") == "it was merged into 'main', but its content is not there");
  }
  SECTION("cancelled") {
    repo.commit({{".chant/specs/x.md", test::spec_text("X", "status: cancelled\n")}});
    CHECK(why(repo.take_in(), "x") == "it is cancelled");
  }
  CHECK(repo.take_in().entries.empty());
}

TEST_CASE_METHOD(Fixture, "a group is not landed itself", "[entry]") {
  repo.commit({{".chant/specs/x.1.md", test::spec_text("Member")}});
  repo.work_on("x", base, {{"new", "1\n"}});
  CHECK(why(repo.take_in(), "x") == "it is a group");
}

TEST_CASE_METHOD(Fixture, "a person's uncommitted work keeps the branch", "[entry]") {
  repo.finish("x", base, {{"new", "1\n"}});
  const std::filesystem::path place = repo.beside("place");
  repo.git({"worktree", "add", "-q", place.string(), "spec/x"});
  CHECK(ids(repo.take_in()) == Strings{"x"});
  { std::ofstream(place / "new") << "changed\n"; }
  SECTION("theirs") {
    CHECK(why(repo.take_in(), "x") ==
          "'" + place.string() + "', which has it checked out, has uncommitted changes");
    git::mark_worktree(place, "x", git::Owner::person);
    CHECK(repo.take_in().entries.empty());
  }
  SECTION("an attempt's") {
    git::mark_worktree(place, "x", git::Owner::run);
    CHECK(ids(repo.take_in()) == Strings{"x"});
  }
  SECTION("in the middle of a rebase") {
    test::GitRepo::git_in(place, "checkout -q -f");
    repo.commit({{"new", "main\n"}}, "in the way");
    git::mark_worktree(place, "x", git::Owner::person);
    (void)test::GitRepo::try_git(place, {"rebase", "-q", "main"});
    CHECK(why(repo.take_in(), "x") == "a rebase is in progress in '" + place.string() + "'");
  }
}

TEST_CASE_METHOD(Fixture, "a branch with what is not its own is left out", "[entry]") {
  SECTION("another spec's file") {
    repo.work_on("x", base, {{".chant/specs/y.md", test::ticked("Y")}});
    const std::string tip = repo.oid("spec/x").substr(0, 10);
    repo.seal("x");
    CHECK(why(repo.take_in(), "x") ==
          "its commit " + tip + " changes '.chant/specs/y.md', which is not its own spec");
  }
  SECTION("configuration, in a merge") {
    repo.work_on("x", base, {{"new", "1\n"}});
    repo.commit({{"other", "2\n"}}, "meanwhile");
    repo.git("checkout -q spec/x");
    repo.git("merge -q --no-commit main");
    repo.write(".chant/config.yaml", "target: other\n");
    repo.git("add .chant");
    repo.git("commit -q -m evil");
    repo.git("checkout -q main");
    CHECK_THAT(why(repo.take_in(), "x"), Catch::Contains("changes '.chant/config.yaml'"));
  }
  SECTION("another spec's commit") {
    repo.work_on("x", base, {{"new", "1\n"}});
    const std::string stray =
        repo.commit_on("spec/x", base, {{"new", "2\n"}}, "Stray\n\nChant-Spec: y\n");
    CHECK(why(repo.take_in(), "x") ==
          "its branch has a commit of 'y', too: " + stray.substr(0, 10));
  }
  SECTION("another history") {
    repo.git("checkout -q --orphan spec/x");
    repo.commit({{"new", "1\n"}, {".chant/specs/x.md", test::ticked("X")}});
    repo.git("checkout -q main");
    CHECK(why(repo.take_in(), "x") == "its branch has no history in common with the target");
  }
  CHECK(repo.take_in().entries.empty());
}

TEST_CASE("what a spec depends on lands with it, or has landed", "[entry]") {
  SealedRepo repo;
  const auto text = [](const std::string& needs) {
    return test::spec_text("T", "status: pending\ndepends_on: [" + needs + "]\n");
  };
  const std::string base = repo.commit({{".chant/specs/a.md", test::spec_text("A")},
                                        {".chant/specs/g.md", test::spec_text("G")},
                                        {".chant/specs/g.1.md", test::spec_text("G1")},
                                        {".chant/specs/b.md", text("a, g")},
                                        {".chant/specs/c.md", text("b")}});
  const auto finish = [&](const std::string& id, const std::string& needs) {
    repo.git("update-ref refs/chant/spec/" + id + "/base " + base);
    repo.commit_on(
        "spec/" + id, base,
        {{id, "1\n"},
         {record::spec_path(id),
          test::spec_text("T", "status: pending\ndepends_on: [" + needs + "]\n", "- [x] Done\n")}},
        "Work\n\nChant-Spec: " + id);
    repo.seal(id);
  };
  finish("b", "a, g");
  finish("c", "b");
  finish("g.1", "");
  CHECK(ids(repo.take_in()) == Strings{"g.1"});
  CHECK(why(repo.take_in(), "b") == "it needs a, which is neither completed nor here");
  CHECK(why(repo.take_in(), "c") == "it needs b, which is neither completed nor here");
  finish("a", "");
  const Intake intake = repo.take_in();
  CHECK(intake.left_out.empty());
  CHECK(ids(intake) == Strings{"a", "b", "c", "g.1"});
  CHECK(intake.entries.at(1).depends_on == Strings{"a", "g.1"});
  CHECK(intake.entries.at(2).depends_on == Strings{"b"});
  CHECK(ids(repo.take_in({"c", "b"})).empty());
  repo.git("merge -q --no-edit spec/a");
  CHECK(ids(repo.take_in({"b", "g.1"})) == Strings{"b", "g.1"});
  CHECK(repo.take_in({"b", "g.1"}).entries.front().depends_on == Strings{"g.1"});
}

TEST_CASE_METHOD(Fixture, "specs in a circle are left out, and so is a need of nothing",
                 "[entry]") {
  for (const auto& [id, needs] : test::Files{{"x", "y"}, {"y", "x"}, {"z", "nothing"}}) {
    repo.commit(
        {{record::spec_path(id),
          test::spec_text("T", "status: pending\ndepends_on: [" + needs + "]\n", "- [x] Done\n")}});
  }
  for (const std::string id : {"x", "y", "z"}) repo.commit_on("spec/" + id, "main", {{id, "1\n"}});
  CHECK(ids(repo.take_in()).empty());
  CHECK(why(repo.take_in(), "x") == "it needs y, which is neither completed nor here");
  CHECK(why(repo.take_in(), "z") == "a dependency of it does not exist");
}

TEST_CASE_METHOD(Fixture, "a branch needs the one that it stands on, and has only its own commits",
                 "[entry]") {
  const std::string x = repo.finish("x", base, {{"new", "1\n"}});
  const std::string work = repo.work_on("y", x, {{"new", "2\n"}});
  SECTION("sealed") { repo.seal("y"); }
  SECTION("stacked by hand") { repo.git("update-ref -d refs/chant/spec/y/base"); }
  const Entry entry = repo.entry("y");
  CHECK(entry.commits == Strings{work});
  CHECK(entry.depends_on == Strings{"x"});
  CHECK(entry.stands_on == Strings{x});
  CHECK(why(repo.take_in({"y"}), "y") == "it needs x, which is neither completed nor here");
  // Of x only the ids have changed.
  repo.land(test::SealedTrain(repo, config::Strategy::squash).all({repo.entry("x")}),
            {repo.entry("x")});
  CHECK(ids(repo.take_in()) == Strings{"y"});
  CHECK(repo.entry("y").commits == Strings{work});
  CHECK(repo.entry("y").stands_on == Strings{x});
  CHECK(repo.entry("y").depends_on.empty());
}

TEST_CASE_METHOD(Fixture, "a branch that was only begun on another does not own its work",
                 "[entry]") {
  const std::string one = repo.commit_on("spec/x", base, {{"new", "1\n"}}, "By a person");
  repo.commit_on("spec/x", base, {{record::spec_path("x"), test::ticked("X")}}, "Ticked");
  repo.git("update-ref refs/chant/spec/y/base " + one);
  repo.git("branch spec/y " + one);
  CHECK(repo.entry("x").depends_on.empty());
  CHECK(repo.entry("x").commits.size() == 2);
  CHECK(why(repo.take_in(), "y") == "its branch has no commits of its own");
}

TEST_CASE_METHOD(Fixture, "another target is asked for itself", "[entry]") {
  repo.finish("x", base, {{"new", "1\n"}});
  repo.git("branch release");
  repo.git("merge -q --no-edit spec/x");
  record::Workspace workspace = repo.workspace();
  const record::Snapshot snapshot = record::take_snapshot(workspace);
  CHECK(ids(take_in(workspace, snapshot, "refs/heads/release", {}, 1)) == Strings{"x"});
  CHECK(take_in(workspace, snapshot, "refs/heads/main", {}, 1).entries.empty());
  CHECK_THROWS_WITH(take_in(workspace, snapshot, "refs/heads/none", {}, 1),
                    "the branch 'none' is gone");
}
