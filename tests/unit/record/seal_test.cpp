#include "record/seal.h"

#include "git/tree.h"
#include "support/catch.h"
#include "support/spec_repo.h"
#include "util/error.h"

using namespace chant;
using namespace chant::record;
using test::SpecRepo;

namespace {

const std::string kOne(40, '1');
const std::string kTwo(40, '2');

}  // namespace

TEST_CASE("a result changes only the lines of its keys", "[record]") {
  const std::string text =
      "---\ntype: code # kept\nstatus: pending\nother: [a, b]\n---\n# T\n\n- status: pending\n";
  const spec::Spec spec = spec::parse_spec("x", text, "x.md");
  CHECK(with_result(spec, {{kOne, kTwo}, "2026-11-21T01:02:03Z", "some-model", "chant/x"}) ==
        "---\ntype: code # kept\nstatus: completed\nother: [a, b]\n"
        "commits:\n  - \"1111111111\"\n  - \"2222222222\"\ncompleted_at: 2026-11-21T01:02:03Z\n"
        "model: some-model\nbranch: chant/x\n---\n# T\n\n- status: pending\n");
  const spec::Spec plain =
      spec::parse_spec("x", with_result(spec, {{kOne}, "2026-11-21T01:02:03Z", "", ""}), "x.md");
  CHECK(plain.status == "completed");
  CHECK(plain.commits == std::vector<std::string>{"1111111111"});
  CHECK(plain.completed_at == "2026-11-21T01:02:03Z");
  CHECK(plain.model.empty());
  CHECK(plain.branch.empty());
}

TEST_CASE("a seal is a commit on the branch that changes the spec's own file", "[record]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x", "y"});
  const std::string tip = repo.work_on("x", base, {{"file", "2\n"}});
  Workspace workspace = repo.workspace();
  const std::string seal = make_seal(workspace, "x", tip, {{tip}, "2026-11-21T01:02:03Z", "m", ""});
  CHECK(repo.oid("spec/x") == tip);  // no ref has moved
  CHECK(repo.oid(seal + "^") == tip);
  CHECK(repo.git("diff --name-only " + tip + " " + seal) == ".chant/specs/x.md");
  CHECK(repo.git("show -s --format=%s " + seal) == "chant(x): finalize");
  CHECK(repo.git("show -s --format=%(trailers:key=Chant-Spec,valueonly) " + seal) == "x\n");
  const spec::Spec sealed = repo.spec_at(seal, "x");
  CHECK(sealed.status == "completed");
  CHECK(sealed.commits == std::vector<std::string>{abbreviated(tip)});
  CHECK(sealed.model == "m");
  CHECK(sealed.unticked() == 0);
  CHECK_THROWS_WITH(make_seal(workspace, "absent", tip, {}),
                    Catch::Contains("is not in the branch"));
}

TEST_CASE("own commits are those of the branch, without seals and the target's", "[record]") {
  SpecRepo repo;
  const std::string base = repo.commit_specs({"x"});
  const std::string one = repo.work_on("x", base, {{"a", "1"}});
  Workspace workspace = repo.workspace();
  const std::string seal = make_seal(workspace, "x", one, {{one}, "2026-11-21T01:02:03Z", "", ""});
  repo.git("update-ref refs/heads/spec/x " + seal);
  const std::string target = repo.commit({{"other", "2\n"}}, "on the target");
  repo.git("checkout -q spec/x");
  repo.git("merge -q --no-edit main");
  const std::string merge = repo.oid("HEAD");
  // Only the trailer makes a seal; the subject may be a person's.
  const std::string two = repo.commit({{"a", "2"}}, "chant(x): finalize");
  CHECK(own_commits(workspace, two, {base, target}) == std::vector<std::string>{one, merge, two});
  CHECK(own_commits(workspace, base, {base}).empty());
}

TEST_CASE("a seal can have a time that is given", "[record]") {
  SpecRepo repo;
  const std::string tip = repo.commit_specs({"x"});
  Workspace workspace = repo.workspace();
  const Result result{{tip}, "2026-11-21T01:02:03Z", "", ""};
  const std::string seal = make_seal(workspace, "x", tip, result, 1800000000);
  CHECK(repo.git("show -s --format=%at|%ct " + seal) == "1800000000|1800000000");
  CHECK_THAT(repo.git("show -s --format=%b " + seal),
             Catch::Contains("Chant-Seal: 2027-01-15T08:00:00Z"));
  CHECK(make_seal(workspace, "x", tip, result, 1800000000) == seal);
}

TEST_CASE("one seal can be that of several specs, and can be left out again", "[record]") {
  SpecRepo repo;
  const std::string tip = repo.commit_specs({"x", "y"});
  Workspace workspace = repo.workspace();
  const Result two{{kOne, kTwo}, "2026-11-21T01:02:03Z", "m", "chant/x"};
  const Result one{{kTwo}, "2026-11-22T01:02:03Z", "", ""};
  const std::string seal = make_common_seal(workspace, tip, {{"x", two}, {"y", one}}, 1800000000);
  CHECK(is_seal(git::load_commit(workspace.store(), seal)));
  CHECK(repo.git("show -s --format=%s|%P " + seal) == "chant: finalize 2 specs|" + tip);
  CHECK(repo.git("show -s --format=%(trailers:key=Chant-Spec,valueonly) " + seal) == "x\ny\n");
  CHECK(repo.spec_at(seal, "x").commits ==
        std::vector<std::string>{abbreviated(kOne), abbreviated(kTwo)});
  CHECK(repo.spec_at(seal, "y").completed_at == "2026-11-22T01:02:03Z");
  const std::string before = repo.oid(tip + "^{tree}");
  const std::string without_x = without_seal(workspace, "x", repo.oid(seal + "^{tree}"), before);
  CHECK(repo.spec_at(without_x, "x").text == repo.spec_at(tip, "x").text);
  CHECK(repo.spec_at(without_x, "y").status == "completed");
  CHECK(without_seal(workspace, "y", without_x, before) == before);
  CHECK(without_seal(workspace, "absent", before, before) == before);
}
