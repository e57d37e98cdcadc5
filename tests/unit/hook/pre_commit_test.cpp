#include "hook/pre_commit.h"

#include "git/run.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::hook;
using Catch::Contains;
using test::spec_text;
using test::SpecRepo;

namespace {

const std::string kBad = spec_text("Bad", "status: whatever\n");

Place place_of(const SpecRepo& repo, const std::string& spec = "") {
  const auto directory = repo.path();
  return {directory,          directory / ".git",
          directory / ".git", directory / ".git/index",
          "refs/heads/main",  spec};
}

struct Answer {
  int code = 0;
  std::string report;
};

Answer ask(const Place& place) {
  Answer answer;
  answer.code = check_staged(place, answer.report);
  return answer;
}

}  // namespace

TEST_CASE("a staged spec with an error is refused, and how to skip that is said", "[pre-commit]") {
  const SpecRepo repo;
  repo.commit_specs({"x"});
  repo.write(".chant/specs/x.md", kBad);
  CHECK(ask(place_of(repo)).code == 0);
  repo.git("add .chant");
  const Answer answer = ask(place_of(repo));
  CHECK(answer.code == 1);
  CHECK_THAT(answer.report,
             Contains(".chant/specs/x.md:3: error: unknown status 'whatever'\n") &&
                 Contains("git chant: nothing was committed: 1 error in staged specs\n") &&
                 Contains("git commit --no-verify"));
}

TEST_CASE("warnings are said and refuse nothing, notes are not said", "[pre-commit]") {
  const SpecRepo repo;
  repo.write(".chant/specs/w.md", "# No criteria\n");
  repo.write(".chant/specs/n.md", spec_text("N", "status: completed\n"));
  repo.git("add .chant");
  const Answer answer = ask(place_of(repo));
  CHECK(answer.code == 0);
  CHECK_THAT(answer.report, Catch::StartsWith(".chant/specs/w.md: warning: there are no criteria"));
  CHECK(answer.report.find("note") == std::string::npos);
}

TEST_CASE("without staged specs nothing is said, with at most one git process", "[pre-commit]") {
  const SpecRepo repo;
  const auto before = process::started_count();
  CHECK(ask(place_of(repo)).code == 0);
  CHECK(process::started_count() == before);
  repo.write(".chant/specs/bad.md", kBad);
  repo.commit({});
  repo.write("file", "2\n");
  repo.git("add file");
  const auto later = process::started_count();
  CHECK(ask(place_of(repo)).report.empty());
  CHECK(process::started_count() == later + 1);
}

TEST_CASE("with staged specs two git processes do", "[pre-commit]") {
  const SpecRepo repo;
  repo.commit_specs({"a", "b", "c"});
  repo.write(".chant/specs/a.md", spec_text("Changed"));
  repo.git("add .chant");
  const auto before = process::started_count();
  CHECK(ask(place_of(repo)).code == 0);
  CHECK(process::started_count() <= before + 2);
}

TEST_CASE("the index of this commit is looked at", "[pre-commit]") {
  const SpecRepo repo;
  repo.commit_specs({"x"});
  std::filesystem::copy(repo.path() / ".git/index", repo.path() / ".git/next-index");
  repo.write(".chant/specs/x.md", kBad);
  repo.git("add .chant");
  Place place = place_of(repo);
  place.index_file = repo.path() / ".git/next-index";
  CHECK(ask(place).code == 0);
}

TEST_CASE("the first commit is checked as well", "[pre-commit]") {
  const SpecRepo repo;
  repo.git("checkout -q --orphan fresh");
  repo.write(".chant/specs/x.md", kBad);
  repo.git("add .chant");
  Place place = place_of(repo);
  place.head_ref = "refs/heads/fresh";
  CHECK(ask(place).code == 1);
  repo.write(".chant/specs/x.md", spec_text("Good"));
  repo.git("add .chant");
  CHECK(ask(place).code == 0);
}

TEST_CASE("a detached HEAD is read", "[pre-commit]") {
  const SpecRepo repo;
  repo.commit_specs({"a"});
  repo.git("checkout -q --detach");
  repo.write(".chant/specs/b.md", spec_text("B", "depends_on: [a]\n"));
  repo.git("add .chant");
  Place place = place_of(repo);
  place.head_ref = "";
  CHECK(ask(place).code == 0);
}

TEST_CASE("a spec's worktree commits its own spec and nothing else below .chant", "[pre-commit]") {
  const SpecRepo repo;
  repo.commit_specs({"own", "other"});
  repo.write(".chant/specs/own.md", spec_text("Changed"));
  repo.write("file", "2\n");
  repo.git("add -A");
  CHECK(ask(place_of(repo, "own")).code == 0);
  repo.write(".chant/specs/other.md", spec_text("Changed"));
  repo.write(".chant/config.yaml", "check: 'true'\n");
  repo.git("add -A");
  const Answer answer = ask(place_of(repo, "own"));
  CHECK(answer.code == 1);
  CHECK_THAT(answer.report,
             Contains(".chant/config.yaml: error: not the file of this worktree's spec 'own'") &&
                 Contains(".chant/specs/other.md: error: not the file") && Contains("(2 staged)"));
  CHECK(ask(place_of(repo)).code == 0);
}

TEST_CASE("what a merge brings in is taken as it is", "[pre-commit]") {
  const SpecRepo repo;
  const std::string base = repo.commit_specs({"own", "gone"});
  repo.commit_on("other", base, {{".chant/specs/bad.md", kBad}});
  repo.git("checkout -q other");
  repo.git("rm -q .chant/specs/gone.md");
  repo.git("commit -q -m gone");
  repo.git("checkout -q main");
  repo.commit({{"file", "2\n"}});
  repo.git("merge -q --no-commit other");
  CHECK(ask(place_of(repo)).report.empty());
  CHECK(ask(place_of(repo, "own")).code == 0);
  repo.write(".chant/specs/bad.md", kBad + "more\n");
  repo.git("add -A");
  CHECK(ask(place_of(repo)).code == 1);
  CHECK(ask(place_of(repo, "own")).code == 1);
}

TEST_CASE("a check that fails is said in one line and refuses nothing", "[pre-commit]") {
  const SpecRepo repo;
  repo.commit_specs({"x"});
  repo.write(".git/broken", "no index\n");
  Place place = place_of(repo);
  place.index_file = repo.path() / ".git/broken";
  const Answer answer = ask(place);
  CHECK(answer.code == 0);
  CHECK_THAT(answer.report, Catch::StartsWith("git chant: cannot check what is staged: "));
  CHECK(std::count(answer.report.begin(), answer.report.end(), '\n') == 1);
}
