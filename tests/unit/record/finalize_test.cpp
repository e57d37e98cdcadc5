#include "record/finalize.h"

#include "record/seal.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"
#include "util/lock.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

Finalized finalize_now(const SpecRepo& repo, const std::string& id) {
  Workspace workspace = repo.workspace();
  const Snapshot snapshot = take_snapshot(workspace);
  return finalize(workspace, snapshot, id);
}

// Why it was refused, and that nothing was changed by that.
std::string refusal(const SpecRepo& repo, const std::string& id) {
  const std::string before = repo.oid("main");
  try {
    (void)finalize_now(repo, id);
  } catch (const Error& error) {
    CHECK(error.code() == Exit::no);
    CHECK(repo.oid("main") == before);
    CHECK(repo.status().empty());
    return error.what();
  }
  return "";
}

using Commits = std::vector<std::string>;

}  // namespace

TEST_CASE("a branch that a person merged is finalized with its own commits", "[record]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.environment().set("GIT_COMMITTER_DATE", "1700000000 +0000");
  const std::string one = repo.work_on("x", base, {{"file", "2\n"}});
  const std::string two =
      repo.commit_on("spec/x", base, {{"file", "3\n"}}, "More\n\nChant-Model: some-model");
  repo.environment().set("GIT_COMMITTER_DATE", std::nullopt);
  repo.commit({{"other", "2\n"}});
  repo.git("merge -q --no-edit spec/x");
  const Finalized done = finalize_now(repo, "x");
  CHECK(done.commits == Commits{one, two});
  CHECK_FALSE(done.already);
  const spec::Spec spec = repo.spec_at("main", "x");
  CHECK(spec.status == "completed");
  CHECK(spec.commits == Commits{abbreviated(one), abbreviated(two)});
  CHECK(spec.completed_at == "2023-11-14T22:13:20Z");
  CHECK(spec.model == "some-model");
  CHECK(repo.git("show --format=%s --name-only main") == "chant(x): finalize\n\n.chant/specs/x.md");
  CHECK(repo.status().empty());
  CHECK(finalize_now(repo, "x").already);
}

TEST_CASE("work whose branch is gone is told by its recorded tip", "[record]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  const std::string tip = repo.work_on("x", base, {{"file", "2\n"}});
  repo.git("update-ref refs/chant/spec/x/tip " + tip);
  repo.git("merge -q --ff-only spec/x");
  repo.git("branch -D spec/x");
  CHECK(finalize_now(repo, "x").commits == Commits{tip});
}

TEST_CASE("work of a squash or of an older history is told by what its commits say", "[record]") {
  SpecRepo repo;
  repo.commit({{spec_path("x.1"), test::ticked("X")}, {spec_path("xa1"), test::ticked("X")}});
  SECTION("the trailer") {
    const std::string one = repo.commit({{"a", "1"}}, "Do it\n\nChant-Spec: x.1");
    repo.commit({{"a", "2"}}, "Other\n\nChant-Spec: xa1");
    repo.commit({{"a", "3"}}, "chant(x.1): the subject does not count then");
    const std::string two = repo.commit({{"a", "4"}}, "Do more\n\nChant-Spec: x.1");
    CHECK(finalize_now(repo, "x.1").commits == Commits{one, two});
  }
  SECTION("the subject") {
    const std::string one = repo.commit({{"a", "1"}}, "chant(x.1): do it");
    repo.commit({{"a", "2"}}, "chant(xa1): another");
    repo.commit({{"a", "3"}}, "Revert chant(x.1): no");
    CHECK(finalize_now(repo, "x.1").commits == Commits{one});
  }
}

TEST_CASE("what is not done is not finalized, with the reason", "[record]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x", "named"});
  CHECK(refusal(repo, "x") == "no commit in 'main' belongs to x");
  repo.work_on("x", base, {{"file", "2\n"}});
  CHECK(refusal(repo, "x") == "the work of x is not in 'main'");
  repo.commit({{"a", "1"}}, "chant(named): do it");
  CHECK_THAT(refusal(repo, "named"),
             Catch::StartsWith(
                 "named is not done: 1 criterion is open, the first at .chant/specs/named.md:"));
  {
    repo.git("merge -q --no-edit spec/x");
    const auto claim = FileLock::try_acquire(claim_path(repo.repository(), "x"));
    CHECK(refusal(repo, "x") == "x is being worked on");
  }
  CHECK(refusal(repo, "x").empty());
}

TEST_CASE("a spec that is not on the target is not finalized", "[record]") {
  SpecRepo repo;
  repo.write(spec_path("new"), test::ticked("New"));
  Workspace workspace = repo.workspace();
  const Snapshot snapshot = take_snapshot(workspace);
  CHECK_THROWS_WITH(finalize(workspace, snapshot, "new"), "'.chant/specs/new.md' is not in 'main'");
}

TEST_CASE("criteria that are to be ignored do not stop a finalization", "[record]") {
  SpecRepo repo;
  repo.commit({{spec_path("x"), test::spec_text("X", "criteria: ignore\n")}});
  repo.commit({{"a", "1"}}, "chant(x): do it");
  CHECK(finalize_now(repo, "x").commits.size() == 1);
}
