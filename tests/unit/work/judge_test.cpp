#include "work/judge.h"

#include "record/names.h"
#include "support/catch.h"
#include "support/spec_repo.h"

using namespace chant;
using namespace chant::work;
using test::GitRepo;
using test::SpecRepo;

namespace {

using Report = agent::Report;

struct Scene {
  SpecRepo repo;
  std::string base = repo.commit_specs({"x", "y"});
  std::filesystem::path worktree = repo.beside("worktree");
  Verdict agent;
  Verdict excuse;
  std::vector<std::string> checked_later;

  Scene() {
    repo.git({"worktree", "add", "-q", "-b", "spec/x", worktree.string()});
    GitRepo::git_in(worktree, "config core.hooksPath /dev/null");
  }

  // The work begins anew, with another text of its spec.
  void begin_with(const std::string& text) {
    base = repo.commit({{record::spec_path("x"), text}});
    GitRepo::git_in(worktree, "reset -q --hard main");
  }
  std::string commit(const test::Files& files) const {
    for (const auto& [name, text] : files) {
      std::filesystem::create_directories((worktree / name).parent_path());
      std::ofstream(worktree / name) << text;
    }
    GitRepo::git_in(worktree, "add -A");
    GitRepo::git_in(worktree, "commit -q --allow-empty -m work");
    return GitRepo::git_in(worktree, "rev-parse HEAD");
  }
  Judgement judged() const {
    const auto status = git::parse_status(process::run(git::status_command(worktree)).out);
    Evidence evidence{"x", "refs/heads/spec/x", base,  repo.oid("main"), status,
                      {},  checked_later,       excuse};
    for (const auto& entry : status.entries) evidence.leftovers.push_back(entry.path);
    record::Workspace workspace = repo.workspace();
    return judge(workspace, evidence, agent);
  }
  void check(const std::string& exit_class, const std::string& words) const {
    const Judgement judgement = judged();
    CHECK(judgement.verdict.exit_class == exit_class);
    CHECK_THAT(judgement.verdict.reason, Catch::Contains(words));
  }
};

const std::string kSpec = record::spec_path("x");
const std::string kDone = test::ticked("Title of x");

std::string verdict(const process::Outcome& outcome, const Report& report,
                    const std::string& error = "") {
  const Verdict made = verdict_of_agent(outcome, report, error);
  return made.exit_class + ": " + made.reason;
}

Report report(Report::Kind kind, const std::string& error) {
  Report made;
  made.kind = kind;
  made.error = error;
  return made;
}

}  // namespace

TEST_CASE("work that is whole is good", "[work]") {
  const Scene scene;
  const std::string one = scene.commit({{"file", "2\n"}});
  const std::string two = scene.commit({{kSpec, kDone}});
  const Judgement judgement = scene.judged();
  CHECK(judgement.verdict.good());
  CHECK(judgement.verdict.reason.empty());
  CHECK(judgement.tip == two);
  CHECK(judgement.commits == std::vector<std::string>{one, two});
}

TEST_CASE("an agent that made no commit is not believed", "[work]") {
  Scene scene;
  scene.check("no_commit", "made no commit");
  scene.excuse = {"rate_limited", "error 429"};
  scene.check("rate_limited", "error 429");
}

TEST_CASE("leftovers are seen before anything is good", "[work]") {
  const Scene scene;
  scene.commit({{"file", "2\n"}, {kSpec, kDone}});
  std::ofstream(scene.worktree / "left over") << "x";
  scene.check("leftovers", "left 1 file uncommitted: 'left over'");
  CHECK(scene.judged().commits.size() == 1);
}

TEST_CASE("open criteria are named", "[work]") {
  const Scene scene;
  scene.commit({{"file", "2\n"}});
  scene.check("unchecked", "1 of 1 criteria not ticked, the first: Done");
}

TEST_CASE("an agent cannot do without its criteria", "[work]") {
  Scene scene;
  SECTION("they count when the spec said so at the beginning") {
    scene.commit({{"file", "2\n"}, {kSpec, test::spec_text("X", "criteria: ignore\n")}});
    scene.check("unchecked", "1 of 1 criteria not ticked");
  }
  SECTION("or did not") {
    scene.begin_with(test::spec_text("X", "criteria: ignore\n"));
    scene.commit({{"file", "2\n"}, {kSpec, test::spec_text("X")}});
    CHECK(scene.judged().verdict.good());
  }
  SECTION("one that is gone is not met") {
    scene.commit({{"file", "2\n"}, {kSpec, test::spec_text("X", "", "- [x] Started\n")}});
    scene.check("unchecked", "1 of 1 criteria taken out of the spec or reworded, the first: Done");
    scene.commit({{kSpec, test::spec_text("X", "", "")}});
    scene.check("unchecked", "taken out of the spec");
  }
  SECTION("nor one that is to be told by a command which is not its own") {
    scene.begin_with(test::spec_text("X", "", "- [ ] Done\n- [ ] Built `run: make`\n"));
    scene.checked_later = {"make"};
    scene.commit(
        {{"file", "2\n"},
         {kSpec, test::spec_text("X", "", "- [ ] Done `run: make`\n- [ ] Built `run: make`\n")}});
    scene.check("unchecked", "the first: Done");
  }
  SECTION("a remark behind it does no harm") {
    scene.commit({{"file", "2\n"}, {kSpec, test::spec_text("X", "", "- [x] Done (in file)\n")}});
    CHECK(scene.judged().verdict.good());
  }
  SECTION("what a person took out on the target is not the agent's doing") {
    const std::string text = test::spec_text("X", "", "- [x] Other\n");
    scene.commit({{"file", "2\n"}, {kSpec, text}});
    scene.check("unchecked", "taken out of the spec");
    scene.repo.commit({{kSpec, text}});
    CHECK(scene.judged().verdict.good());
  }
}

TEST_CASE("a spec file that is gone or broken is tampering", "[work]") {
  const Scene scene;
  scene.commit({{kSpec, "---\nstatus: [\n---\n"}});
  scene.check("tampered", "is broken");
  GitRepo::git_in(scene.worktree, "rm -q " + kSpec);
  scene.commit({});
  scene.check("tampered", "is gone from the branch");
}

TEST_CASE("another spec or any other file of ours is not to be changed", "[work]") {
  const Scene scene;
  const std::string path = GENERATE(".chant/specs/y.md", ".chant/specs/new.md",
                                    ".chant/config.yaml", ".chant/prompts/standard.md");
  scene.commit({{"file", "2\n"}, {kSpec, kDone}, {path, "x"}});
  scene.check("tampered", path);
}

TEST_CASE("what came in from the target is not the agent's doing", "[work]") {
  // After a merge it has two commits of its own: the work and the merge.
  for (const auto& [how, own] :
       {std::pair{"merge -q --no-edit main", 2U}, {"rebase -q main", 1U}}) {
    const Scene scene;
    scene.commit({{"file", "2\n"}, {kSpec, kDone}});
    scene.repo.commit({{record::spec_path("y"), "changed by somebody"}, {"other", "2\n"}});
    GitRepo::git_in(scene.worktree, how);
    const Judgement judgement = scene.judged();
    CHECK(judgement.verdict.good());
    CHECK(judgement.commits.size() == own);
    scene.commit({{record::spec_path("y"), "changed by the agent"}});
    scene.check("tampered", record::spec_path("y"));
  }
}

TEST_CASE("an agent that left its branch or rewrote history is stopped", "[work]") {
  const Scene scene;
  scene.commit({{"file", "2\n"}, {kSpec, kDone}});
  SECTION("another branch") {
    GitRepo::git_in(scene.worktree, "checkout -q -b mine");
    scene.check("tampered", "left branch 'spec/x' for 'mine'");
  }
  SECTION("a detached HEAD") {
    GitRepo::git_in(scene.worktree, "checkout -q --detach");
    scene.check("tampered", "a detached HEAD");
  }
  SECTION("rewritten history") {
    GitRepo::git_in(scene.worktree, "reset -q --hard HEAD~2");
    scene.commit({{"file", "3\n"}});
    scene.check("tampered", "rewrote history");
  }
  SECTION("no history at all") {
    GitRepo::git_in(scene.worktree, "update-ref -d HEAD");
    scene.check("tampered", "rewrote history");
  }
}

TEST_CASE("what the agent says of itself counts after tampering and before the rest", "[work]") {
  Scene scene;
  scene.agent = {"timeout", "ran out of time"};
  scene.commit({{"file", "2\n"}});
  std::ofstream(scene.worktree / "left") << "x";
  scene.check("timeout", "ran out of time");
  CHECK(scene.judged().commits.size() == 1);  // they are kept in any case
  scene.commit({{record::spec_path("y"), "x"}});
  scene.check("tampered", "y.md");
}

TEST_CASE("the end of an agent has a class and words", "[work]") {
  const process::Outcome ok = process::Exited{0};
  const process::Outcome bad = process::Exited{3};
  CHECK(verdict(ok, {}) == "ok: ");
  CHECK(verdict(bad, {}) == "failed: the agent ended with exit 3");
  CHECK(verdict(process::Signaled{9}, {}) == "killed: the agent was killed by signal 9");
  CHECK(verdict(process::TimedOut{}, {}) == "timeout: ran out of time");
  CHECK(verdict(process::Stopped{}, {}) == "killed: interrupted");
  CHECK(verdict(bad, {}, "cannot start 'x'") == "setup: cannot start 'x'");
  CHECK(verdict(ok, report(Report::Kind::failed, "it said\033[31m no")) == "failed: it said no");
  CHECK(verdict(bad, report(Report::Kind::rate_limited, "wait")) == "rate_limited: wait");
  CHECK(verdict(bad, report(Report::Kind::overloaded, "")) ==
        "overloaded: the agent ended with exit 3");
  CHECK(verdict(bad, report(Report::Kind::auth, "no key")) == "auth: no key");
  CHECK(verdict(ok, report(Report::Kind::rate_limited, "")) == "ok: ");  // it went on after that
  CHECK(verdict(process::Signaled{9}, {}, "its supervisor is lost") ==
        "killed: its supervisor is lost");
  Report guess = report(Report::Kind::rate_limited, "error 429");
  guess.guessed = true;
  CHECK(verdict(ok, guess) == "ok: ");  // its own text may speak of limits
  CHECK(verdict(bad, guess) == "rate_limited: error 429");
  Report cut;
  cut.saw_end = false;
  CHECK(verdict(ok, cut) == "failed: the agent's output ended without its result");
}
