#include "record/task.h"

#include "git/tree.h"
#include "record/beside.h"
#include "record/seal.h"
#include "record/snapshot.h"
#include "record/sweep.h"
#include "record/target.h"
#include "spec/lint.h"
#include "support/catch.h"
#include "support/list_repo.h"
#include "util/error.h"
#include "util/lock.h"

using namespace chant;
using namespace chant::record;
using test::ListRepo;

namespace {

using Strings = std::vector<std::string>;

const std::string& kPath = test::kListPath;
const tasks::Feature& kFeature = test::kListFeature;

tasks::Dependency on(const std::string& key) {
  tasks::Dependency dependency;
  dependency.on = key;
  return dependency;
}

// A list by hand: each task is a line of `text` that begins with "- [".
struct Handmade {
  tasks::List list;
  std::string text;

  explicit Handmade(std::string with) : text(std::move(with)) {
    list.path = kPath;
    list.dialect = tasks::Dialect::github;
  }
  tasks::Task& add(const std::string& key, const std::string& line) {
    tasks::Task& task = list.tasks.emplace_back();
    task.key = task.id = task.title = key;
    task.line_text = line;
    task.begin = text.find(line);
    task.end = task.begin + line.size();
    return task;
  }
  [[nodiscard]] spec::Spec render(const tasks::Task& task) const {
    const std::string id = task_id(kFeature, task);
    return spec::parse_spec(id, task_text(kFeature, list, text, task), "x.md");
  }
};

}  // namespace

TEST_CASE("a task becomes a spec with what its list says", "[task]") {
  Handmade made("- [ ] 4. **Parse**\n  - read it\n  - _Requirements: 1.1_\n- [ ] 5. Next\n");
  tasks::Task& task = made.add("4", "- [ ] 4. **Parse**\n  - read it\n  - _Requirements: 1.1_\n");
  task.title = "Parse";
  task.track = "A";
  task.group = "1";
  task.phase = "A";
  task.agent = "gopher";
  task.files = {"src/a b.c", "#x"};
  task.requirements = "1.1, 2.3";
  task.depends_on = {on("10"), on("9")};
  made.add("9", "");
  made.add("10", "");
  const spec::Spec spec = made.render(made.list.tasks.front());
  CHECK(spec.id == "feat.4");
  CHECK(spec.type == "task");
  CHECK(spec.status == "pending");
  CHECK(spec.title == "Parse");
  CHECK(spec.depends_on == Strings{"feat.9", "feat.10"});
  CHECK(spec.labels == Strings{"A", "1"});
  CHECK(spec.target_files == Strings{"src/a b.c", "#x"});
  CHECK(spec.agent == "gopher");
  CHECK(spec.criteria.empty());
  REQUIRE(spec.source);
  CHECK(spec.source->list == kPath);
  CHECK(spec.source->dialect == "github");
  CHECK(spec.source->task == "4");
  CHECK(spec.source->key == "4");
  CHECK(spec.source->fingerprint == tasks::fingerprint_of(made.list.tasks.front()));
  CHECK(
      spec.body_text() ==
      "\n# Parse\n\n- [ ] 4. **Parse**\n\n- read it\n- _Requirements: 1.1_\n"
      "\n## Documents\n\n- docs/design.md\n\n## Requirements\n\n1.1, 2.3\n"
      "\n## This task only\n\nDo this task and no other one. Do not edit `docs/tasks.md`: its box "
      "is ticked when your work has landed.\n");
}

TEST_CASE("a task without an id, without anything else, is a spec, too", "[task]") {
  Handmade made("- [ ]");
  tasks::Task& task = made.add("t1", "- [ ]");
  task.id = task.title = "";
  const spec::Spec spec = made.render(task);
  CHECK(spec.title == "t1");
  CHECK(spec.depends_on == Strings{});
  REQUIRE(spec.source);
  CHECK(spec.source->task.empty());
}

TEST_CASE("what stands in a task cannot be taken for a part of its spec file", "[task]") {
  const std::string line =
      "- [ ] 1. T\n---\nstatus: completed\n---\n# Other\n- [ ] a step\n~~~\nnever closed\n";
  Handmade made(line);
  const spec::Spec spec = made.render(made.add("1", line));
  CHECK(spec.title == "1");
  CHECK(spec.status == "pending");
  CHECK(spec.criteria.empty());
  const std::string odd = "- [ ] 1. \xFF\xFE" + std::string(1, '\0') + " caf\xC3\xA9\r\n  two\r\n";
  Handmade bytes(odd);
  const spec::Spec text = bytes.render(bytes.add("1", odd));
  CHECK_THAT(text.text, Catch::Contains("- [ ] 1. \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD "
                                        "caf\xC3\xA9\n\ntwo\n"));
  CHECK(text.text.find('\r') == std::string::npos);
  Handmade title("- [ ] x");
  title.add("1", "- [ ] x").title = "two\n## Acceptance Criteria\n- [ ] x";
  CHECK(title.render(title.list.tasks.front()).criteria.empty());
  CHECK(spec::lint({{{"feat.1", {spec, {}, {}}}}, {}}).empty());
}

TEST_CASE("fences, criteria and their commands in a task are those of its spec", "[task]") {
  const std::string line =
      "    - [ ] 1. T\n\n        ```sh run\n        echo 1\n          echo 2\n        ```\n\n"
      "        ### Acceptance Criteria\n\n        - [ ] good `run: make test`\n";
  Handmade made(line);
  const spec::Spec spec = made.render(made.add("1", line));
  const auto blocks = spec::find_run_blocks(spec);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks.front().script == "echo 1\n  echo 2\n");
  REQUIRE(spec.criteria.size() == 1);
  CHECK(spec.criteria.front().text == "good `run: make test`");
}

TEST_CASE("tasks wait for tasks: not for containers, nor for what may be left out", "[task]") {
  Handmade made("");
  for (const char* key : {"1", "2", "2.1", "2.2", "3", "4", "5", "6"}) made.add(key, "");
  auto& all = made.list.tasks;
  all[1].kind = tasks::Kind::container;
  all[2].parent = all[3].parent = "2";
  all[3].depends_on = {on("2.1"), on("2")};  // its own container
  all[4].kind = tasks::Kind::optional;
  all[4].depends_on = {on("2")};
  all[5].kind = tasks::Kind::conditional;
  all[5].depends_on = {on("3"), on("1")};
  all[6].depends_on = {on("4"), on("absent")};
  all[6].depends_on[1].dangling = true;
  all[7].depends_on = {on("5"), on("4")};
  all[7].depends_on[1].conditional = true;
  CHECK(made.render(all[3]).depends_on == Strings{"feat.2.1"});
  CHECK(made.render(all[6]).depends_on == Strings{"feat.1", "feat.2.1", "feat.2.2"});
  CHECK(made.render(all[7]).depends_on == Strings{"feat.5"});
  all[2].state = tasks::State::dropped;
  all[2].depends_on = {on("1")};
  CHECK(made.render(all[3]).depends_on == Strings{"feat.1"});
  const auto items = task_items(kFeature, made.list, made.text);
  CHECK(items.count("feat.2") == 0);
  CHECK(items.count("feat.2.1") == 0);
  CHECK(items.count("feat.2.2") == 1);
  // Ids of tasks look like those of members of a group, and are none.
  auto states = spec::compute_states(
      {{"feat.5", items.at("feat.5")}, {"feat.5.1", items.at("feat.2.2")}, {"feat", {}}});
  CHECK(states.at("feat.5").state != spec::State::driver);
  CHECK(states.at("feat").state == spec::State::ready);
}

TEST_CASE("a task that cannot be named as a spec is refused with its line", "[task]") {
  Handmade made("");
  tasks::Task& task = made.add(std::string(120, 'k'), "");
  task.line = 7;
  CHECK_THROWS_WITH(task_id(kFeature, task), Catch::StartsWith("docs/tasks.md:7: "));
}

TEST_CASE("the base commit adds the spec file and counts as ours", "[task]") {
  const ListRepo repo;
  Workspace workspace = repo.workspace();
  const std::string tip = repo.oid("main");
  const std::string id = repo.id("two");
  const std::string base = make_base_commit(workspace, id, tip, repo.spec_of("two").text);
  CHECK(repo.oid(base + "^") == tip);
  CHECK(repo.git("diff --name-only " + tip + " " + base) == spec_path(id));
  CHECK(is_seal(git::load_commit(workspace.store(), base)));
  CHECK_FALSE(find_source(workspace, id));
  REQUIRE(find_source(workspace, id, base));
  repo.git("update-ref refs/chant/spec/" + id + "/base " + base);
  CHECK(find_source(workspace, id, tip)->key == repo.spec_of("two").source->key);
  CHECK_THROWS_WITH(make_base_commit(workspace, "x", tip, "# Just a spec\n"),
                    Catch::Contains("is not the task of a list"));
}

TEST_CASE("the tree that lands has the box and not the spec file", "[task]") {
  const ListRepo repo;
  const std::string id = repo.id("two");
  const std::string seal = repo.finish_task("two", {{"file", "2\n"}});
  Workspace workspace = repo.workspace();
  const auto source = find_source(workspace, id);
  const auto done_of = [&](const std::string& revision) {
    return with_task_done(workspace, id, source, repo.oid(revision + "^{tree}"));
  };
  const DoneTree done = done_of(seal);
  REQUIRE(done.why.empty());
  workspace.store().flush();
  CHECK(repo.git({"show", done.tree + ":" + kPath}) ==
        "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three");
  CHECK(repo.git("ls-tree -r --name-only " + done.tree) == "docs/tasks.md\nfile\nother");
  CHECK(with_task_done(workspace, id, std::nullopt, "tree").tree == "tree");
  SECTION("in the list as it is there") {
    repo.commit({{kPath, "- [ ] zero\n- [x] three\n- [ ] two\n"}}, "edited");
    const std::string tree = done_of("main").tree;
    workspace.store().flush();
    CHECK(repo.git({"show", tree + ":" + kPath}) == "- [ ] zero\n- [x] three\n- [x] two");
  }
  SECTION("with its mode, its line ends and no end of the last line") {
    repo.write(kPath, "- [ ] one\r\n- [ ] two");
    repo.git("add " + kPath);
    repo.git("update-index --chmod=+x " + kPath);
    repo.git("commit -qm edited");
    const std::string tree = done_of("main").tree;
    workspace.store().flush();
    CHECK(repo.git({"show", tree + ":" + kPath}) == "- [ ] one\r\n- [x] two");
    CHECK_THAT(repo.git("ls-tree " + tree + " " + kPath), Catch::StartsWith("100755 "));
  }
  SECTION("nor those of others of its list, but what is none stays") {
    const std::string other = repo.id("one"), mine = repo.id("two") + "-note";
    repo.commit({{spec_path(other), repo.spec_of("one").text}, {spec_path(mine), "# A note\n"}},
                "merged in another way");
    const std::string tree = done_of("main").tree;
    CHECK_FALSE(git::find_entry_in(workspace.store(), tree, spec_path(other)));
    CHECK(git::find_entry_in(workspace.store(), tree, spec_path(mine)));
  }
  SECTION("as it is when somebody ticked it") {
    repo.commit({{kPath, "- [x] two\n"}}, "ticked");
    CHECK(done_of("main").tree == repo.oid("main^{tree}"));
  }
  SECTION("not when there is no such task any more") {
    repo.commit({{kPath, "- [ ] one\n"}}, "gone");
    CHECK(done_of("main").tree.empty());
    CHECK_THAT(done_of("main").why, Catch::Contains("in 'docs/tasks.md'"));
  }
  SECTION("not when there is no such list any more") {
    repo.git("rm -q docs/tasks.md");
    repo.git("commit -qm gone");
    CHECK(done_of("main").why == "'docs/tasks.md' is not there");
  }
}

TEST_CASE("a task is a spec from its base commit until its box is ticked", "[task]") {
  const ListRepo repo;
  const std::string id = repo.id("two");
  CHECK(repo.state(id).empty());
  const std::string seal = repo.finish_task("two", {{"file", "2\n"}});
  CHECK(repo.state(id) == "finished");
  Workspace workspace = repo.workspace();
  const Snapshot snapshot = take_snapshot(workspace);
  CHECK(snapshot.items.at(id).spec.title == "two");
  CHECK(snapshot.branches.at(id).sealed);
  CHECK_FALSE(says_completed(workspace, id, repo.oid("main")));
  repo.commit({{kPath, "- [x] two\n"}}, "ticked");
  CHECK(repo.state(id) == "completed");
  Workspace later = repo.workspace();
  CHECK(says_completed(later, id, repo.oid("main")));
  repo.git("update-ref -d refs/heads/spec/" + id);
  CHECK(repo.state(id).empty());
}

TEST_CASE("an attempt that was not good makes a task a spec while its box is open", "[task]") {
  const ListRepo repo;
  const std::string id = repo.id("two");
  repo.finish_task("two", {{"file", "2\n"}});
  repo.git("update-ref -d refs/heads/spec/" + id);
  const auto end = [&](const std::string& exit_class) {
    Workspace workspace = repo.workspace();
    journal::Attempt attempt;
    attempt.spec = id;
    attempt.branch = "refs/heads/spec/" + id;
    attempt.agent = "main";
    workspace.journal().begin_attempt(attempt);
    attempt.exit_class = exit_class;
    workspace.journal().end_attempt(attempt);
  };
  end("failed");
  CHECK(repo.state(id) == "failed");
  end("ok");
  CHECK(repo.state(id).empty());
  end("failed");
  repo.commit({{kPath, "- [ ] one\n"}}, "gone");
  CHECK(repo.state(id).empty());
}

TEST_CASE("tasks of a run are specs whose boxes say which are completed", "[task]") {
  const ListRepo repo("- [x] one\n- [ ] two\n");
  Workspace workspace = repo.workspace();
  const Snapshot snapshot = take_snapshot(workspace, repo.items());
  CHECK(snapshot.states.at(repo.id("one")).state == spec::State::completed);
  CHECK(snapshot.states.at(repo.id("two")).state == spec::State::ready);
  repo.commit({{kPath, "- [ ] one\n- [x] two\n"}}, "the other way round");
  Workspace later = repo.workspace();
  const Snapshot other = take_snapshot(later, repo.items());
  CHECK(other.states.at(repo.id("one")).state == spec::State::ready);
  CHECK(other.states.at(repo.id("two")).state == spec::State::completed);
}

TEST_CASE("a branch that a person merged is ticked, and its file goes", "[task]") {
  const ListRepo repo;
  const std::string id = repo.id("two");
  const std::string before = repo.oid("main");
  repo.finish_task("two", {{"file", "2\n"}});
  repo.git("merge -q --no-edit spec/" + id);
  const std::string merged = repo.oid("main");
  REQUIRE(repo.has(spec_path(id)));
  const auto check_settled = [&] {
    CHECK(repo.list_at("main") == "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three");
    CHECK(repo.oid("main^") == merged);
    CHECK_FALSE(repo.has(spec_path(id)));
    CHECK(repo.status().empty());
  };
  SECTION("at the beginning of a run") {
    Workspace workspace = repo.workspace();
    const Settled settled = settle_tasks(workspace, merged);
    CHECK(settled.tip == repo.oid("main"));
    CHECK(settled.lines.size() == 1);
    check_settled();
    Workspace again = repo.workspace();
    CHECK(settle_tasks(again, settled.tip).tip == settled.tip);
  }
  SECTION("by the sweep") {
    Workspace workspace = repo.workspace();
    CHECK(sweep(workspace).size() == 1);
    check_settled();
    Workspace again = repo.workspace();
    CHECK(sweep(again).empty());
  }
  SECTION("not while somebody works on it") {
    Workspace workspace = repo.workspace();
    const auto claim = FileLock::try_acquire(claim_path(workspace.repository(), id));
    CHECK(settle_tasks(workspace, merged).tip == merged);
    CHECK(settle_tasks(workspace, merged, std::set<std::string>{}).lines.empty());
  }
  SECTION("as soon as nothing is in the way") {
    repo.write(kPath, "mine\n");
    repo.git("add docs/tasks.md");
    Workspace workspace = repo.workspace();
    const auto lines = sweep(workspace);
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines.front(), Catch::Contains("uncommitted changes in 'docs/tasks.md'"));
    CHECK(repo.oid("main") == merged);
    CHECK(repo.read(kPath) == "mine\n");
    repo.git("checkout -q HEAD docs/tasks.md");
    Workspace again = repo.workspace();
    CHECK(sweep(again).size() == 1);
    check_settled();
  }
  SECTION("not when the list has no such task") {
    const std::string other = repo.commit({{kPath, "- [ ] one\n"}}, "gone");
    Workspace workspace = repo.workspace();
    const Settled settled = settle_tasks(workspace, other);
    CHECK(settled.gone.count(id) == 1);
    CHECK(settled.tip == other);
    const auto lines = sweep(workspace);
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines.front(), Catch::Contains("in 'docs/tasks.md'"));
    CHECK(sweep(workspace).empty());
  }
}

TEST_CASE("a list that a person edits gets the same tick", "[task]") {
  const ListRepo repo;
  const std::string to = repo.git("rev-parse main");
  Workspace workspace = repo.workspace();
  std::vector<std::string> notes;
  const auto land = [&](const std::string& mine) {
    repo.write(kPath, mine);
    git::Advance advance{"refs/heads/main", to, "", {repo.path()}, {}, {}};
    const std::string blob =
        workspace.store().write_object("blob", "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three");
    advance.to = git::make_commit(workspace.store(), workspace.repository(), workspace.identity(),
                                  git::tree_with_files(workspace.store(), to, {{kPath, blob}}),
                                  {to}, "tick\n");
    workspace.store().flush();
    const auto outcome = record::advance(workspace, "x", advance);
    REQUIRE(std::holds_alternative<git::Advanced>(outcome));
    notes = std::get<git::Advanced>(outcome).notes;
    CHECK(repo.list_at("main") == "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three");
    CHECK(repo.git("diff --cached --name-only").empty());
    return repo.read(kPath);
  };
  SECTION("where the task is somewhere else now") {
    CHECK(land("- [ ] new\n- [ ] three\n- [ ] two\n") == "- [ ] new\n- [ ] three\n- [x] two\n");
  }
  SECTION("when there is nothing else to it") {
    CHECK(land("# Tasks\n\n- [ ] one\n- [ ] two\n- [ ] three\n\n") ==
          "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three\n\n");
    CHECK(notes.empty());
  }
  SECTION("not where it is not any more, which is said") {
    CHECK(land("- [ ] one\n") == "- [ ] one\n");
    REQUIRE(notes.size() == 1);
    CHECK_THAT(notes.front(),
               Catch::StartsWith("a box of 'docs/tasks.md' is not as on the target"));
  }
  SECTION("not in what is no list any more") {
    CHECK(land("no list\n") == "no list\n");
    CHECK(notes.size() == 1);
  }
  SECTION("when the person has ticked it") {
    CHECK(land("# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three") ==
          "# Tasks\n\n- [ ] one\n- [x] two\n- [ ] three");
    CHECK(repo.status().empty());
  }
}

TEST_CASE("a box in a file that is read as no list is ticked in the same line", "[task]") {
  const ListRepo repo;
  const std::string before = "one [ ] a\ntwo [ ] a\ntwo [ ] b\n";
  const std::string from = repo.commit({{"boxes", before}}, "boxes");
  const std::string to = repo.commit({{"boxes", "one [x] a\ntwo [ ] a\ntwo [x] b\n"}}, "ticked");
  Workspace workspace = repo.workspace();
  std::vector<std::string> notes;
  const auto tick_in = [&](const std::string& mine) {
    repo.write("boxes", mine);
    notes = tick_beside(workspace, {"refs/heads/main", from, to, {}, {}, {}},
                        {{repo.path(), {"boxes"}}});
    return repo.read("boxes");
  };
  CHECK(tick_in("mine\ntwo [ ] b\none [ ] a\n") == "mine\ntwo [x] b\none [x] a\n");
  CHECK(notes.empty());
  CHECK(tick_in("one [ ] a\none [ ] a\ntwo [ ] b") == "one [ ] a\none [ ] a\ntwo [x] b");
  CHECK(notes.size() == 1);
  CHECK(tick_in("") == "");
  CHECK(notes.size() == 2);
}
