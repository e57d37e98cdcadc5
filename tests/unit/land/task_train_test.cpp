#include "land/assembly.h"
#include "land/landing.h"
#include "land/packet.h"
#include "support/catch.h"
#include "support/list_repo.h"
#include "util/error.h"
#include "util/text.h"

using namespace chant;
using namespace chant::land;
using config::Strategy;
using test::kListPath;
using test::ListRepo;
using test::SealedTrain;

namespace {

using Lines = std::vector<std::string>;

const Strategy kStrategies[] = {Strategy::merge, Strategy::rebase, Strategy::squash};

// What a commit has apart from the list.
std::string files_at(const ListRepo& repo, const std::string& commit) {
  return repo.git("ls-tree -r --name-only " + commit);
}

Request request_of(const ListRepo& repo, const std::string& title) {
  const std::string id = repo.id(title);
  return {id, title, "refs/heads/spec/" + id, repo.oid("spec/" + id), "refs/heads/main", "run"};
}

}  // namespace

TEST_CASE("tasks land with their boxes and without their spec files", "[task][train]") {
  const Strategy strategy = GENERATE(from_range(std::begin(kStrategies), std::end(kStrategies)));
  ListRepo repo;
  repo.finish_task("one", {{"file", "1 of one\n"}});
  repo.finish_task("two", {{"new", "2\n"}});
  repo.finish_task("three", {{"other", "3\n"}});
  const std::string base = repo.oid("main");
  SealedTrain train(repo, strategy);
  const auto entries = repo.take_in().entries;
  REQUIRE(entries.size() == 3);
  const std::string last = train.all(entries);
  CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [x] two\n- [x] three");
  CHECK(files_at(repo, last) == "docs/tasks.md\nfile\nnew\nother");
  const std::string first = train.train.candidate(1);
  CHECK(repo.git("diff --numstat " + base + " " + first + " -- docs") == "1\t1\tdocs/tasks.md");
  CHECK(repo.oid("main") == base);
  if (strategy == Strategy::squash) {
    CHECK(repo.git("rev-list --count main.." + last) == "3");  // no seal, for there is nothing
  }
  if (strategy == Strategy::rebase) {
    CHECK(repo.git("rev-list --count main.." + last) == "6");
    CHECK_THAT(repo.git("log --format=%s main.." + last), Catch::Contains("): tick task"));
    CHECK(repo.git("log --format=%s main.." + last).find("take task") == std::string::npos);
  }
}

TEST_CASE("what a task's commits do to its own spec file never lands", "[task][train]") {
  const Strategy strategy = GENERATE(from_range(std::begin(kStrategies), std::end(kStrategies)));
  ListRepo repo;
  const std::string id = repo.id("one");
  const std::string path = record::spec_path(id);
  const std::string base = repo.begin_task("one");
  const std::string text = repo.spec_of("one").text;
  repo.commit_on("spec/" + id, base, {{path, text + "a note\n"}}, "Only a note");
  repo.commit_on("spec/" + id, "spec/" + id, {{path, text + "a note\nmore\n"}, {"file", "2\n"}},
                 "Work and a note");
  repo.seal(id);
  repo.commit({{"other", "2\n"}}, "meanwhile");
  SealedTrain train(repo, strategy);
  const std::string last = train.all(repo.take_in().entries);
  CHECK(files_at(repo, last) == "docs/tasks.md\nfile\nother");
  CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [ ] two\n- [ ] three");
  if (strategy != Strategy::merge) {
    CHECK(repo.git("log --format= --name-only main.." + last + " -- .chant").empty());
    CHECK(repo.git("log --format=%s main.." + last).find("Only a note\n") == std::string::npos);
  }
}

TEST_CASE("tasks and specs land together", "[task][train]") {
  const Strategy strategy = GENERATE(from_range(std::begin(kStrategies), std::end(kStrategies)));
  ListRepo repo;
  const std::string base = repo.commit_specs({"x"});
  repo.finish("x", base, {{"file", "x\n"}});
  repo.finish_task("one", {{"new", "2\n"}});
  SealedTrain train(repo, strategy);
  const std::string last = train.all(repo.take_in().entries);
  CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [ ] two\n- [ ] three");
  CHECK(repo.spec_at(last, "x").status == "completed");
  CHECK(files_at(repo, last) == ".chant/specs/x.md\ndocs/tasks.md\nfile\nnew\nother");
}

TEST_CASE("a task that stands on another one lands with it", "[task][train]") {
  const Strategy strategy = GENERATE(from_range(std::begin(kStrategies), std::end(kStrategies)));
  ListRepo repo;
  repo.finish_task("one", {{"file", "one\n"}});
  repo.finish_task("two", {{"file", "one\ntwo\n"}}, "spec/" + repo.id("one"));
  const auto entries = repo.take_in().entries;
  REQUIRE(entries.size() == 2);
  const auto second = std::find_if(entries.begin(), entries.end(),
                                   [&](const Entry& entry) { return entry.id == repo.id("two"); });
  CHECK(second->depends_on == Lines{repo.id("one")});
  const auto first = second == entries.begin() ? entries.begin() + 1 : entries.begin();
  SECTION("at once") {
    SealedTrain train(repo, strategy);
    const std::string last = train.all({*first, *second});
    CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [x] two\n- [ ] three");
    CHECK(files_at(repo, last) == "docs/tasks.md\nfile\nother");
    CHECK(repo.git("show " + last + ":file") == "one\ntwo");
  }
  SECTION("after it") {
    SealedTrain train(repo, strategy);
    repo.land(train.all({*first}), {*first});
    CHECK(repo.list_at("main") == "# Tasks\n\n- [x] one\n- [ ] two\n- [ ] three");
    const auto rest = repo.take_in().entries;
    REQUIRE(rest.size() == 1);
    SealedTrain next(repo, strategy);
    const std::string last = next.all(rest);
    CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [x] two\n- [ ] three");
    CHECK(files_at(repo, last) == "docs/tasks.md\nfile\nother");
  }
}

// As after a landing that was taken back, a pull that rebased, or beside another clone that ticks.
TEST_CASE("ticks on both sides, beside each other, are no conflict", "[task][train]") {
  const Strategy strategy = GENERATE(from_range(std::begin(kStrategies), std::end(kStrategies)));
  ListRepo repo;
  const std::string planned = repo.oid("main");
  repo.finish_task("one", {{"new", "1\n"}});
  repo.git("merge -q --no-ff --no-commit spec/" + repo.id("one"));
  repo.git("rm -qf " + record::spec_path(repo.id("one")));
  repo.commit({{kListPath, "# Tasks\n\n- [x] one\n- [ ] two\n- [ ] three"}}, "landed");
  repo.finish_task("two", {{"file", "2\n"}});
  repo.git("reset -q --hard " + planned);
  SECTION("the target has other ticks") {
    repo.commit({{kListPath, "# Tasks\n\n- [ ] one\n- [ ] two\n- [x] three"}}, "elsewhere");
    SealedTrain train(repo, strategy);
    const std::string last = train.all(repo.take_in().entries);
    CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [x] two\n- [x] three");
    CHECK(files_at(repo, last) == "docs/tasks.md\nfile\nnew\nother");
  }
  SECTION("the target has the same landing in another merge") {
    repo.git("merge -q --no-ff --no-commit spec/" + repo.id("one"));
    repo.git("rm -qf " + record::spec_path(repo.id("one")));
    repo.commit({{kListPath, "# Tasks\n\n- [x] one\n- [ ] two\n- [x] three"}}, "landed again");
    SealedTrain train(repo, strategy);
    const std::string last = train.all(repo.take_in().entries);
    CHECK(repo.list_at(last) == "# Tasks\n\n- [x] one\n- [x] two\n- [x] three");
    CHECK(files_at(repo, last) == "docs/tasks.md\nfile\nnew\nother");
  }
}

TEST_CASE("a task that is not in the list any more does not come aboard", "[task][train]") {
  const Strategy strategy = GENERATE(from_range(std::begin(kStrategies), std::end(kStrategies)));
  ListRepo repo;
  repo.finish_task("one", {{"file", "1\n2\n"}});
  const auto entry = repo.take_in().entries.front();
  repo.commit({{kListPath, "- [ ] two\n"}}, "edited");
  SealedTrain train(repo, strategy);
  const auto clashing = train.train.add(entry);
  REQUIRE(clashing);
  CHECK(clashing->merge.clean());
  CHECK_THAT(clashing->why, Catch::Contains("in 'docs/tasks.md'"));
  CHECK(train.train.steps().empty());
  const record::Parked parked = describe_conflict(train.workspace, train.place.directory(),
                                                  "refs/heads/main", entry, *clashing);
  CHECK(parked.kind == "task");
  CHECK(parked.reason == clashing->why);
  CHECK(parked.next == "git chant reconcile " + entry.id);
}

TEST_CASE("a branch that changes the list of its task is left out", "[task]") {
  ListRepo repo;
  const std::string id = repo.id("one");
  const std::string base = repo.begin_task("one");
  repo.commit_on("spec/" + id, base, {{kListPath, "- [x] one\n"}, {"file", "2\n"}}, "Ticks");
  repo.seal(id);
  const auto left_out = repo.take_in().left_out;
  REQUIRE(left_out.size() == 1);
  CHECK(left_out.front().reason ==
        "its branch changes 'docs/tasks.md', which only git chant ticks");
  SECTION("until it is put back") {
    repo.commit_on("spec/" + id, "spec/" + id, {{kListPath, test::kList}}, "Back");
    CHECK(repo.take_in().entries.size() == 1);
  }
  SECTION("which a merge of the target is not") {
    repo.commit_on("spec/" + id, "spec/" + id, {{kListPath, test::kList}}, "Back");
    repo.commit({{kListPath, "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three"}}, "landed");
    repo.git("checkout -q spec/" + id);
    repo.git("merge -q --no-edit main");
    repo.git("checkout -q main");
    CHECK(repo.take_in().entries.size() == 1);
  }
}

TEST_CASE("a task waits for open tasks of its list and for no others", "[task]") {
  ListRepo repo("- [x] one\n- [ ] two\n- [ ] three");
  repo.finish_task("two", {{"file", "2\n"}});
  repo.finish_task("three", {{"other", "3\n"}});
  CHECK(repo.take_in().entries.size() == 2);
  const auto three = repo.take_in({repo.id("three")});
  REQUIRE(three.left_out.size() == 1);
  CHECK_THAT(three.left_out.front().reason, Catch::Contains("it needs " + repo.id("two")));
  repo.commit({{kListPath, "- [x] one\n- [x] two\n- [ ] three"}}, "by hand");
  CHECK(repo.take_in({repo.id("three")}).entries.size() == 1);
  const auto all = repo.take_in();
  CHECK(all.entries.size() == 1);
  REQUIRE(all.left_out.size() == 1);
  CHECK_THAT(all.left_out.front().reason, Catch::StartsWith("its box is ticked already"));
  CHECK(repo.take_in({repo.id("two")}).entries.size() == 1);
}

TEST_CASE("one task is landed as it is found", "[task]") {
  ListRepo repo;
  const std::string id = repo.id("two");
  const std::string seal = repo.finish_task("two", {{"file", "2\n"}});
  record::Workspace workspace = repo.workspace();
  SECTION("the target has not moved") {
    REQUIRE(std::holds_alternative<Landed>(land::land(workspace, request_of(repo, "two"))));
    CHECK(repo.oid("main^2") == seal);
  }
  SECTION("a person has edited the list") {
    repo.commit({{kListPath, "- [ ] two\n- [ ] one\n"}}, "edited");
    REQUIRE(std::holds_alternative<Landed>(land::land(workspace, request_of(repo, "two"))));
    CHECK(repo.read(kListPath) == "- [x] two\n- [ ] one\n");
    return;
  }
  SECTION("a person has merged it") {
    repo.git("merge -q --no-edit spec/" + id);
    REQUIRE(std::holds_alternative<Landed>(land::land(workspace, request_of(repo, "two"))));
  }
  SECTION("a person has merged it and ticked the box") {
    repo.git("merge -q --no-edit spec/" + id);
    repo.git("rm -q " + record::spec_path(id));
    repo.commit({{kListPath, "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three"}}, "by hand");
    const std::string main = repo.oid("main");
    REQUIRE(std::holds_alternative<Landed>(land::land(workspace, request_of(repo, "two"))));
    CHECK(repo.oid("main") == main);
  }
  CHECK(repo.list_at("main") == "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three");
  CHECK(files_at(repo, "main") == "docs/tasks.md\nfile\nother");
  CHECK_FALSE(repo.has_ref("refs/heads/spec/" + id));
  CHECK(repo.status().empty());
}

TEST_CASE("a task that cannot be ticked does not land", "[task]") {
  ListRepo repo;
  const std::string id = repo.id("two");
  repo.finish_task("two", {{"file", "2\n"}});
  record::Workspace workspace = repo.workspace();
  SECTION("it is not in the list") { repo.commit({{kListPath, "- [ ] one\n"}}, "edited"); }
  SECTION("although a person has merged it") {
    repo.git("merge -q --no-edit spec/" + id);
    repo.commit({{kListPath, "- [ ] one\n"}}, "edited");
  }
  const std::string main = repo.oid("main");
  const Outcome outcome = land::land(workspace, request_of(repo, "two"));
  REQUIRE(std::holds_alternative<Conflict>(outcome));
  CHECK(std::get<Conflict>(outcome).paths.empty());
  CHECK_THAT(std::get<Conflict>(outcome).why, Catch::Contains("in 'docs/tasks.md'"));
  CHECK(repo.oid("main") == main);
  CHECK(repo.has_ref("refs/heads/spec/" + id));
}

TEST_CASE("a task whose merge was taken back has not landed", "[task]") {
  ListRepo repo;
  repo.finish_task("two", {{"file", "2\n"}});
  repo.git("merge -q --no-edit -s ours spec/" + repo.id("two"));
  record::Workspace workspace = repo.workspace();
  CHECK_THROWS_WITH(land::land(workspace, request_of(repo, "two")),
                    Catch::Contains("but its box is not ticked there"));
}
