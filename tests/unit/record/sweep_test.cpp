#include "record/sweep.h"

#include "record/seal.h"
#include "record/seen.h"
#include "record/snapshot.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/file.h"
#include "util/lock.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

using Lines = std::vector<std::string>;

Lines sweep_now(const SpecRepo& repo) {
  Workspace workspace = repo.workspace();
  return sweep(workspace);
}

journal::Finding finding(const SpecRepo& repo, const std::string& id) {
  Workspace workspace = repo.workspace();
  const auto all = workspace.journal().findings("refs/heads/main");
  const auto found = all.find(id);
  return found == all.end() ? journal::Finding{} : found->second;
}

// A spec with a branch of two commits by a person; the sweep has seen the target.
struct Fixture {
  SpecRepo repo;
  std::string base, one, two;

  Fixture() {
    base = repo.commit_specs({"x"});
    (void)sweep_now(repo);
    one = repo.work_on("x", base, {{"new", "1\n"}});
    two = repo.commit_on("spec/x", base, {{"new", "2\n"}}, "More");
    REQUIRE(sweep_now(repo).empty());
  }
  [[nodiscard]] spec::Spec spec() const { return repo.spec_at("main", "x"); }
  [[nodiscard]] std::string state() const {
    Workspace workspace = repo.workspace();
    return std::string(spec::name_of(take_snapshot(workspace).states.at("x").state));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a merged branch is recorded once, by a commit of one path", "[sweep]") {
  repo.git("merge -q --ff-only spec/x");
  CHECK(sweep_now(repo) ==
        Lines{"finalized x (commits: " + abbreviated(one) + " " + abbreviated(two) + ")"});
  CHECK(spec().status == "completed");
  CHECK(repo.git("show --format=%s --name-only main") == "chant(x): finalize\n\n.chant/specs/x.md");
  CHECK(repo.status().empty());
  CHECK(finding(repo, "x").proof == "ancestry");
  const std::string tip = repo.oid("main");
  CHECK(sweep_now(repo).empty());
  std::filesystem::remove(repo.repository().chant_dir() / "seen");
  CHECK(sweep_now(repo).empty());
  CHECK(repo.oid("main") == tip);
}

TEST_CASE_METHOD(Fixture, "an open criterion keeps the spec open until it is ticked", "[sweep]") {
  repo.git("merge -q --no-ff --no-edit spec/x");
  const std::string open = test::spec_text("Title of x");
  repo.commit({{".chant/specs/x.md", open}}, "untick");
  CHECK(sweep_now(repo) == Lines{"x: its work is in 'main', but 1 criterion is open, the first at "
                                 ".chant/specs/x.md:11: Done"});
  CHECK(state() == "needs_attention");
  CHECK(sweep_now(repo).empty());
  repo.commit({{".chant/specs/x.md", test::ticked("Title of x")}}, "tick");
  CHECK(sweep_now(repo).size() == 1);
  CHECK(spec().commits == Lines{abbreviated(one), abbreviated(two)});
}

TEST_CASE_METHOD(Fixture, "a merge that drops the content is no landing", "[sweep]") {
  repo.git("merge -q -s ours --no-edit spec/x");
  CHECK(sweep_now(repo) == Lines{"x: it was merged into 'main', but its content is not there"});
  CHECK(spec().status == "pending");
  CHECK(state() == "needs_attention");
  CHECK(finding(repo, "x").state == "absent");
}

TEST_CASE_METHOD(Fixture, "what is reverted after it was recorded is opened again", "[sweep]") {
  repo.git("merge -q --no-ff --no-edit spec/x");
  const std::string merge = repo.oid("main");
  REQUIRE(sweep_now(repo).size() == 1);
  repo.git("revert --no-edit -m1 " + merge);
  CHECK(sweep_now(repo).at(0).compare(0, 12, "reopened x: ") == 0);
  CHECK(spec().status == "pending");
  CHECK(spec().commits.empty());
  CHECK(state() == "ready");
  CHECK(sweep_now(repo).empty());
}

TEST_CASE_METHOD(Fixture, "a revert of a part is found, though the spec file is as it was",
                 "[sweep]") {
  repo.git("merge -q --no-ff --no-edit spec/x");
  REQUIRE(sweep_now(repo).size() == 1);
  repo.git("revert --no-edit " + two);
  CHECK(sweep_now(repo).at(0).rfind("x: 1 of its 2 commits was reverted by ", 0) == 0);
  CHECK(state() == "needs_attention");
  repo.git("revert --no-edit HEAD");
  CHECK(sweep_now(repo).empty());
  CHECK(state() == "completed");
}

TEST_CASE_METHOD(Fixture, "a squash is recorded by the commit that it is", "[sweep]") {
  repo.git("merge -q --squash spec/x");
  repo.git({"commit", "-qm", "only a title"});
  const std::string squash = repo.oid("main");
  REQUIRE(sweep_now(repo).size() == 1);
  CHECK(spec().commits == Lines{abbreviated(squash)});
  CHECK(finding(repo, "x").proof == "patch-id");
}

TEST_CASE_METHOD(Fixture, "commits that a rebase gave new ids are named by these", "[sweep]") {
  repo.git("merge -q --ff-only spec/x");
  REQUIRE(sweep_now(repo).size() == 1);
  repo.git("checkout -q -b other " + base);
  const std::string onto = repo.commit({{"other", "2\n"}}, "elsewhere");
  repo.git("checkout -q main");
  repo.git("rebase -q other");
  REQUIRE(sweep_now(repo).size() == 1);
  const Lines commits = spec().commits;
  REQUIRE(commits.size() == 2);
  CHECK(repo.git("rev-list --reverse " + onto + "..main").compare(0, 10, commits[0]) == 0);
  CHECK(sweep_now(repo).empty());
}

TEST_CASE_METHOD(Fixture, "one picked commit of two is part of the work", "[sweep]") {
  repo.commit({{"other", "2\n"}}, "in between");
  repo.git("cherry-pick " + one);
  CHECK(sweep_now(repo) == Lines{"x: 1 of its 2 commits is in 'main'"});
  CHECK(spec().status == "pending");
}

TEST_CASE_METHOD(Fixture, "a changed spec file is in the way until it is clean", "[sweep]") {
  repo.git("merge -q --no-ff --no-edit spec/x");
  const std::string mine = repo.read(".chant/specs/x.md") + "\nMore words.\n";
  repo.write(".chant/specs/x.md", mine);
  const std::string tip = repo.oid("main");
  const Lines lines = sweep_now(repo);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("uncommitted changes in '.chant/specs/x.md' are in the way") !=
        std::string::npos);
  CHECK(repo.oid("main") == tip);
  CHECK(repo.read(".chant/specs/x.md") == mine);
  repo.git("checkout -q -- .chant");
  CHECK(sweep_now(repo).size() == 1);
  CHECK(spec().status == "completed");
}

TEST_CASE_METHOD(Fixture, "nothing is touched while a merge is in progress", "[sweep]") {
  repo.commit({{"new", "mine\n"}}, "a conflict");
  (void)test::GitRepo::try_git(repo.path(), {"merge", "spec/x"});
  REQUIRE(repo.git("ls-files -u") != "");
  const std::string tip = repo.oid("main");
  const std::string index = repo.git("ls-files -s");
  CHECK(sweep_now(repo).empty());
  CHECK(repo.oid("main") == tip);
  CHECK(repo.git("ls-files -s") == index);
}

TEST_CASE_METHOD(Fixture, "a branch without commits of its own says nothing", "[sweep]") {
  repo.commit_specs({"y"});
  repo.git("branch spec/y");
  repo.commit({{".chant/specs/y.md", test::ticked("Title of y")}}, "tick");
  repo.git("branch -f spec/y");
  CHECK(sweep_now(repo).empty());
  CHECK(repo.spec_at("main", "y").status == "pending");
}

TEST_CASE_METHOD(Fixture, "work that came with a pull is not recorded by the sweep", "[sweep]") {
  repo.git("clone -q --bare . ../origin.git");
  repo.git("remote add origin ../origin.git");
  repo.git("fetch -q origin");
  repo.git("branch -q --set-upstream-to=origin/main main");
  repo.git("clone -q ../origin.git ../other");
  const auto other = repo.beside("other");
  test::GitRepo::git_in(other,
                        "-c user.name=o -c user.email=o@example.com merge -q --no-ff "
                        "--no-edit origin/spec/x");
  test::GitRepo::git_in(other, "push -q origin main");
  repo.git("pull -q --ff-only");
  const std::string tip = repo.oid("main");
  CHECK(sweep_now(repo) == Lines{"x: its work came to 'main' from elsewhere and is not recorded"});
  CHECK(repo.oid("main") == tip);
  CHECK(state() == "needs_attention");
}

TEST_CASE_METHOD(Fixture, "what was landed and pushed before the sweep is recorded", "[sweep]") {
  repo.git("clone -q --bare . ../origin.git");
  repo.git("remote add origin ../origin.git");
  repo.git("fetch -q origin");
  repo.git("branch -q --set-upstream-to=origin/main main");
  repo.git("merge -q --no-ff --no-edit spec/x");
  repo.git("push -q origin main");
  CHECK(sweep_now(repo).size() == 1);
  CHECK(spec().status == "completed");
}

TEST_CASE_METHOD(Fixture, "a spec branch is never a target", "[sweep]") {
  repo.git("checkout -q spec/x");
  const std::string tip = repo.oid("HEAD");
  CHECK(sweep_now(repo).empty());
  CHECK(repo.oid("HEAD") == tip);
}

TEST_CASE_METHOD(Fixture, "a spec that somebody works on is left alone", "[sweep]") {
  const auto claim = FileLock::try_acquire(claim_path(repo.repository(), "x"));
  REQUIRE(claim);
  repo.git("merge -q --no-ff --no-edit spec/x");
  CHECK(sweep_now(repo).empty());
  CHECK(spec().status == "pending");
}

TEST_CASE("what a sweep has seen is read back, and not without its journal", "[sweep]") {
  test::TempDir directory;
  const Seen seen{"refs/heads/main", {"refs/heads/spec/"}, {{"refs/heads/main", "0123"}}};
  save_seen(directory.path(), seen);
  CHECK(load_seen(directory.path()).tips.empty());
  (void)directory.write("journal.db", "");
  const Seen back = load_seen(directory.path());
  CHECK(back.target == seen.target);
  CHECK(back.tip("refs/heads/main") == "0123");
  CHECK(back.tip("refs/heads/other").empty());
  CHECK(back.is_spec_branch("refs/heads/spec/x"));
  CHECK_FALSE(back.is_spec_branch("refs/heads/specs"));
}
