// What a run does with tasks of a list: who is chosen, what is judged, what needs trust.
#include "support/catch.h"
#include "support/list_repo.h"
#include "util/error.h"
#include "work/executables.h"
#include "work/judge.h"
#include "work/selection.h"

using namespace chant;
using namespace chant::work;
using test::GitRepo;
using test::kListPath;
using test::ListRepo;

namespace {

using Ids = std::vector<std::string>;

// The worktree of an attempt at the task `two`.
struct Scene {
  ListRepo repo;
  std::string id = repo.id("two");
  std::string base = repo.begin_task("two");
  std::filesystem::path worktree = repo.beside("worktree");

  Scene() {
    repo.git({"worktree", "add", "-q", worktree.string(), "spec/" + id});
    GitRepo::git_in(worktree, "config core.hooksPath /dev/null");
  }
  void commit(const test::Files& files) const {
    for (const auto& [name, text] : files) {
      std::filesystem::create_directories((worktree / name).parent_path());
      std::ofstream(worktree / name) << text;
    }
    GitRepo::git_in(worktree, "add -A");
    GitRepo::git_in(worktree, "commit -q -m work");
  }
  [[nodiscard]] Verdict verdict() const {
    Evidence evidence;
    evidence.id = id;
    evidence.branch = "refs/heads/spec/" + id;
    evidence.base = base;
    evidence.target_tip = repo.oid("main");
    evidence.status = git::parse_status(process::run(git::status_command(worktree)).out);
    evidence.list = kListPath;
    record::Workspace workspace = repo.workspace();
    return judge(workspace, evidence, {}).verdict;
  }
};

const std::vector<config::Agent> kAgents = [] {
  config::Agent agent;
  agent.name = "main";
  agent.profile = "command";
  return std::vector{agent};
}();

Ids ids_of(const Selection& selection) {
  Ids ids;
  for (const sched::Job& job : selection.jobs) ids.push_back(job.id);
  return ids;
}
std::map<std::string, std::string> reasons(const Selection& selection) {
  std::map<std::string, std::string> result;
  for (const sched::Skip& skip : selection.left_out) result[skip.id] = skip.reason;
  return result;
}

// Tasks f.1, f.2 …, each with what it waits for.
struct Feature {
  record::Snapshot snapshot;
  Choice choice;

  explicit Feature(const std::vector<std::pair<std::string, std::string>>& all) {
    choice.tasks.emplace();
    for (const auto& [id, needs] : all) {
      const std::string text =
          "---\nlist: l\ndialect: github\ntask: \"\"\nkey: k\nfingerprint: f\ndepends_on: [" +
          needs + "]\nagent: somebody-elses\n---\n# T\n";
      snapshot.items[id].spec = spec::parse_spec(id, text, id);
      choice.tasks->push_back({id, text, ""});
    }
  }
  Selection select_now() {
    snapshot.states = spec::compute_states(snapshot.items);
    return select(snapshot, choice, kAgents);
  }
};

}  // namespace

TEST_CASE("work on a task is good without criteria", "[task]") {
  const Scene scene;
  scene.commit({{"file", "2\n"}, {record::spec_path(scene.id), scene.repo.spec_of("two").text}});
  CHECK(scene.verdict().good());
}

TEST_CASE("the list of a task is not to be changed", "[task]") {
  const Scene scene;
  const auto check_failed = [&] {
    const Verdict verdict = scene.verdict();
    CHECK(verdict.exit_class == "failed");
    CHECK_THAT(verdict.reason, Catch::Contains("'docs/tasks.md'"));
    CHECK_THAT(verdict.reason, Catch::Contains("only git chant ticks"));
  };
  SECTION("a box") {
    scene.commit({{kListPath, "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three"}, {"file", "2\n"}});
    check_failed();
    // It is told, and puts it back.
    scene.commit({{kListPath, test::kList}});
    CHECK(scene.verdict().good());
  }
  SECTION("its mode") {
    scene.commit({{"file", "2\n"}});
    GitRepo::git_in(scene.worktree, "update-index --chmod=+x docs/tasks.md");
    GitRepo::git_in(scene.worktree, "commit -q -m work");
    GitRepo::git_in(scene.worktree, "reset -q --hard");
    check_failed();
  }
  SECTION("all of it") {
    GitRepo::git_in(scene.worktree, "rm -q docs/tasks.md");
    scene.commit({{"file", "2\n"}});
    check_failed();
  }
}

TEST_CASE("what the list has from the target is not the agent's doing", "[task]") {
  const Scene scene;
  scene.commit({{"file", "2\n"}});
  scene.repo.commit({{kListPath, "- [x] one\n- [ ] two\n"}, {".chant/specs/other.md", "# O\n"}},
                    "landed");
  GitRepo::git_in(scene.worktree, "merge -q --no-edit main");
  CHECK(scene.verdict().good());
  scene.repo.commit({{kListPath, "- [x] one\n- [ ] two\n- [ ] new\n"}}, "goes on");
  CHECK(scene.verdict().good());
  scene.commit({{kListPath, "- [x] one\n- [x] two\n"}});
  CHECK(scene.verdict().exit_class == "failed");
}

TEST_CASE("the run of a feature has its tasks alone, in their order", "[task]") {
  Feature feature({{"f.1", ""}, {"f.10", "f.1"}, {"f.2", ""}, {"f.3", "f.2, f.10"}});
  feature.snapshot.items["plain"].spec = spec::parse_spec("plain", "# P\n", "plain");
  feature.choice.tasks->at(2).lane = "f.A";
  const Selection selection = feature.select_now();
  CHECK(ids_of(selection) == Ids{"f.1", "f.10", "f.2", "f.3"});
  CHECK(selection.jobs[0].agents == Ids{"main"});  // the list names one that is not ours
  CHECK(selection.jobs[2].lane == "f.A");
  CHECK(selection.jobs[3].depends_on == Ids{"f.2", "f.10"});
  CHECK(selection.jobs[0].priority > selection.jobs[1].priority);
  CHECK(selection.jobs[1].priority > selection.jobs[2].priority);
  feature.choice.tasks->erase(feature.choice.tasks->begin() + 2);
  const Selection less = feature.select_now();
  CHECK(ids_of(less) == Ids{"f.1", "f.10"});
  CHECK(reasons(less).at("f.3") == "it depends on f.2, which is not done");
}

TEST_CASE("who cannot be worked on is left out of the run of a feature", "[task]") {
  Feature feature({{"f.1", ""},
                   {"f.2", "f.1"},
                   {"f.3", "f.2"},
                   {"f.4", ""},
                   {"f.5", ""},
                   {"f.6", "f.4"},
                   {"f.7", "f.5"}});
  auto& items = feature.snapshot.items;
  items.at("f.1").facts.last = spec::Facts::Last::attention;
  items.at("f.1").facts.reason = "tampered";
  items.at("f.4").facts.claimed = true;
  items.at("f.5").facts.target_status = "completed";
  const Selection selection = feature.select_now();
  CHECK(ids_of(selection) == Ids{"f.6", "f.7"});  // f.6 waits for the other run
  CHECK(reasons(selection) == std::map<std::string, std::string>{
                                  {"f.1", "it needs attention: tampered (git chant reset f.1)"},
                                  {"f.2", "it depends on f.1, which is not done"},
                                  {"f.3", "it depends on f.2, which is not done"},
                                  {"f.4", "another run works on it"}});
  items.at("f.1").facts.last = spec::Facts::Last::failed;
  CHECK(ids_of(feature.select_now()) == Ids{"f.1", "f.2", "f.3", "f.6", "f.7"});
}

TEST_CASE("other runs only land what is finished of tasks", "[task]") {
  Feature feature({{"f.1", ""}, {"f.2", "absent"}, {"f.3", ""}});
  feature.choice.tasks.reset();
  feature.snapshot.items.at("f.3").facts.sealed = true;
  feature.snapshot.branches["f.3"] = {"refs/heads/spec/f.3", "", true, true};
  CHECK(ids_of(feature.select_now()) == Ids{"f.3"});
  feature.choice.ids = {"f.3"};
  CHECK(ids_of(feature.select_now()) == Ids{"f.3"});
  feature.choice.ids = {"f.1"};
  CHECK_THROWS_WITH(feature.select_now(), "f.1 is a task of 'l'");
}

TEST_CASE("what a task would run is told with its list", "[task]") {
  const spec::Spec spec = spec::parse_spec(
      "f.4",
      "---\nlist: docs/l.md\ndialect: kiro\ntask: \"4\"\nkey: \"4\"\nfingerprint: f\n---\n# T\n\n"
      "```sh run\ntrue\n```\n\n## Acceptance Criteria\n\n- [ ] Good `run: make`\n",
      "x");
  REQUIRE(executables_of(spec).size() == 1);
  CHECK(executables_of(spec).front().what == "script in task 4 of docs/l.md");
  CHECK(checks_of(spec).front().what == "criterion in task 4 of docs/l.md");
}
