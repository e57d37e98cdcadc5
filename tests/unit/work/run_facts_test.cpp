#include "git/worktree.h"
#include "record/names.h"
#include "support/catch.h"
#include "support/sealed_repo.h"
#include "util/lock.h"
#include "util/time.h"
#include "work/pitfalls.h"

using namespace chant;
using namespace chant::work;
using test::SealedRepo;
using Kind = sched::EndedSpec::Kind;

namespace {

// A worktree of a run for the branch of a spec.
std::filesystem::path add_worktree(const SealedRepo& repo, const std::string& id) {
  const std::filesystem::path path = repo.beside("chant-" + id);
  repo.git({"worktree", "add", "-q", path.string(), "spec/" + id});
  git::mark_worktree(path, id, git::Owner::run);
  return path;
}

RunFacts facts_of(const SealedRepo& repo, std::int64_t run,
                  const std::vector<sched::EndedSpec>& specs) {
  record::Workspace workspace = repo.workspace();
  sched::Summary summary;
  summary.specs = specs;
  return gather_facts(workspace, run, summary, {});
}

std::int64_t run_with(const SealedRepo& repo, const std::string& id, const std::string& exit) {
  record::Workspace workspace = repo.workspace();
  journal::Journal& journal = workspace.journal();
  journal::Attempt attempt;
  attempt.run = journal.begin_run("parallel");
  attempt.spec = id;
  journal.begin_attempt(attempt);
  attempt.exit_class = exit;
  journal.end_attempt(attempt);
  return attempt.run;
}

}  // namespace

TEST_CASE("worktrees of runs that are left are found, with what is uncommitted", "[pitfalls]") {
  const SealedRepo repo;
  repo.commit_specs({"a", "b", "c"});
  for (const char* id : {"a", "b", "c"}) repo.work_on(id, "main", {{id, "1\n"}});
  const auto a = add_worktree(repo, "a");
  const auto b = add_worktree(repo, "b");
  add_worktree(repo, "c");
  repo.write("../chant-b/new", "1\n");
  const auto claim = FileLock::acquire(record::claim_path(repo.repository(), "c"));
  const RunFacts facts = facts_of(repo, run_with(repo, "a", "failed"), {});
  CHECK(facts.worktrees ==
        std::map<std::string, std::string>{{"a", a.string()}, {"b", b.string()}});
  CHECK(facts.uncommitted == std::map<std::string, std::string>{{"b", b.string()}});
}

TEST_CASE("git is not run where an agent has tampered", "[pitfalls]") {
  const SealedRepo repo;
  repo.commit_specs({"a"});
  repo.work_on("a", "main", {{"x", "1\n"}});
  add_worktree(repo, "a");
  repo.write("../chant-a/new", "1\n");
  const RunFacts facts = facts_of(repo, run_with(repo, "a", "tampered"), {});
  CHECK(facts.worktrees.size() == 1);
  CHECK(facts.uncommitted.empty());
}

TEST_CASE("who conflicts with whom is found out", "[pitfalls]") {
  const SealedRepo repo;
  repo.commit_specs({"a", "b", "c", "d"});
  const std::string start = repo.oid("main");
  repo.finish("a", start, {{"file", "a\n"}});
  repo.finish("b", start, {{"file", "b\n"}});
  repo.finish("c", start, {{"other", "c\n"}});
  repo.finish("d", start, {{"d", "d\n"}});
  repo.git("merge -q --no-ff spec/a");
  const std::vector<sched::EndedSpec> specs = {{"a", Kind::completed, "", "ok", "", ""},
                                               {"b", Kind::attention, "", "conflict", "", ""},
                                               {"c", Kind::finished, "", "ok", "", ""},
                                               {"d", Kind::finished, "", "ok", "", ""}};
  const RunFacts facts = facts_of(repo, run_with(repo, "a", "ok"), specs);
  CHECK(facts.conflicts ==
        std::map<std::string, std::vector<std::string>>{{"a", {"b"}}, {"b", {"a"}}});
  CHECK(facts.landed_at.count("a") == 1);
  CHECK(facts.landed_at.count("b") == 0);
}

TEST_CASE("accounts that are closed now are told", "[pitfalls]") {
  const SealedRepo repo;
  const std::int64_t run = run_with(repo, "a", "ok");
  {
    record::Workspace workspace = repo.workspace();
    workspace.journal().set_account({"open", 0, ""});
    workspace.journal().set_account({"past", now_ms() - 1000, ""});
    workspace.journal().set_account({"shut", now_ms() + 3'600'000, "limit"});
  }
  const RunFacts facts = facts_of(repo, run, {});
  REQUIRE(facts.closed.size() == 1);
  CHECK(facts.closed[0].agent == "shut");
  CHECK(facts.attempts.size() == 1);
  CHECK(facts.run == run);
}
