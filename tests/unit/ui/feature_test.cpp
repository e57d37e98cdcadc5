#include "ui/feature.h"

#include "support/catch.h"
#include "support/git_repo.h"
#include "ui/feature_plan.h"
#include "util/fd.h"
#include "util/text.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

using namespace chant;
using namespace chant::ui;
using Kind = sched::EndedSpec::Kind;
using tasks::Place;

namespace {

tasks::Task task(const std::string& id, const std::string& track, const std::string& group,
                 const std::vector<std::string>& needs = {}) {
  tasks::Task one;
  one.key = one.id = id;
  one.title = "Title of " + id;
  one.track = track;
  one.group = group;
  for (const std::string& need : needs) one.depends_on.push_back({need, false, false, 7, "task"});
  return one;
}

// Three tracks, two groups; 1 is done, RW-A is rework.
tasks::List some_list() {
  tasks::List list;
  list.path = "documentation/features/login/tasks.md";
  list.tasks = {task("1", "A", "1"),
                task("2", "A", "1"),
                task("3", "B", "1"),
                task("4", "B", "1"),
                task("5", "C", "2", {"2", "3", "4"}),
                task("6", "C", "2", {"5"}),
                task("RW-A", "A", "")};
  list.tasks[0].state = tasks::State::done;
  list.tasks[6].kind = tasks::Kind::conditional;
  return list;
}

tasks::Plan plan_of(const tasks::List& list) {
  tasks::Plan plan;
  const std::vector<Place> places = {Place::done,       Place::ready,   Place::ready,
                                     Place::ready,      Place::waiting, Place::waiting,
                                     Place::conditional};
  const std::vector<int> waves = {0, 1, 1, 1, 2, 3, 0};
  for (std::size_t i = 0; i < list.tasks.size(); ++i) {
    plan.rows.push_back({list.tasks[i].key, places[i], waves[i], {}, ""});
  }
  plan.rows[4].why = "needs 2, 3, 4 (line 7)";
  plan.rows[5].why = "needs 5 (line 8)";
  plan.waves = 3;
  plan.total = 6;
  plan.done = 1;
  plan.open = 5;
  return plan;
}

Terminal wide() {
  Terminal terminal;
  terminal.columns = 1000;
  return terminal;
}

Terminal live() {
  Terminal terminal;
  terminal.interactive = terminal.cursor = true;
  return terminal;
}

ShownFeature shown_of(const tasks::List& list) {
  return {"login", list, {"1", "2", "3", "4", "5", "6"}, {"1"}};
}

std::string written(const std::function<void(Stream&)>& write) {
  const test::TempDir directory;
  const std::string path = directory.path() / "out";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  Stream stream(file.number());
  write(stream);
  stream.flush();
  return directory.read("out");
}

std::string reported(const Terminal& terminal, const std::function<void(FeatureReport&)>& tell) {
  const tasks::List list = some_list();
  return written([&](Stream& out) {
    FeatureReport report(out, terminal, shown_of(list), {"login.2", "login.3"},
                         [] { return Milliseconds(8100'000); });
    tell(report);
  });
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("the plan of a list with tracks and groups has a line for each", "[ui]") {
  const tasks::List list = some_list();
  CHECK(plan_text({"login", list, plan_of(list), {}, false}, wide()) ==
        "Execution Plan for feature: login\n"
        "\n"
        "Ready to Execute (Group 1):\n"
        "- Track A: Task 2 (1 task)\n"
        "- Track B: Tasks 3-4 (2 tasks)\n"
        "\n"
        "Waiting on Dependencies:\n"
        "- Group 2: Tasks 5-6 (depends on Group 1)\n"
        "\n"
        "Only when a review asks for it: Task RW-A (1 task)\n"
        "Done: Task 1 (1 task)\n"
        "\n"
        "Total: 6 tasks, 1 done, 5 open, in 3 waves\n"
        "Not counted: 1 conditional\n");
}

TEST_CASE("a verbose plan has a line for each open task, with the reason for its place", "[ui]") {
  const tasks::List list = some_list();
  const std::string text = plan_text({"login", list, plan_of(list), {}, true}, wide());
  CHECK(count(text, "  - 2: Title of 2\n") == 1);
  CHECK(count(text, "  - 5: Title of 5 (needs 2, 3, 4 (line 7))\n") == 1);
  CHECK(count(text, "Title of") == 5);
}

TEST_CASE("what waits is told in the order of its waves, with what it waits for directly", "[ui]") {
  tasks::List list;
  list.tasks = {task("1", "A", "1"), task("2", "A", "1", {"1"}), task("5", "A", "3", {"4"}),
                task("3", "B", "2", {"1", "2"}), task("4", "B", "2", {"1", "2", "3"})};
  tasks::Plan plan;
  const std::vector<int> waves = {1, 2, 5, 3, 4};
  for (std::size_t i = 0; i < waves.size(); ++i) {
    plan.rows.push_back(
        {list.tasks[i].key, i == 0 ? Place::ready : Place::waiting, waves[i], {}, ""});
  }
  const std::string text = plan_text({"login", list, plan, {}, false}, wide());
  CHECK(text.find("Waiting on Dependencies:\n"
                  "- Group 1: Task 2 (depends on Task 1)\n"
                  "- Group 2: Tasks 3-4 (depends on Group 1)\n"
                  "- Group 3: Task 5 (depends on Task 4)\n") != std::string::npos);
}

TEST_CASE("why a task is held up is always said", "[ui]") {
  const tasks::List list = some_list();
  tasks::Plan plan = plan_of(list);
  plan.rows[5].wave = 0;
  plan.rows[5].why = "needs 5 (line 8): track B was not asked for";
  const std::string text = plan_text({"login", list, plan, {}, false}, wide());
  CHECK(count(text, "  - 6: Title of 6 (needs 5 (line 8): track B was not asked for)\n") == 1);
  CHECK(count(text, "Title of") == 1);
}

TEST_CASE("a list without tracks and groups has a line for each task", "[ui]") {
  tasks::List list;
  list.tasks = {task("1", "", ""), task("2", "", "", {"1"})};
  list.tasks[1].title = "A title that is so long that the reason for its place does not fit";
  list.tasks.push_back(task("", "", ""));
  list.tasks[2].key = "no-id";
  list.tasks[2].title = "Without \x1b[31man id";
  list.notes.push_back({tasks::Note::Kind::contradiction, 9, "two 1 \x1b[2J", {}});
  list.ignored.push_back({3, "box", "no id"});
  tasks::Plan plan;
  plan.rows = {{"1", Place::ready, 1, {}, "needs nothing"},
               {"2", Place::waiting, 2, {"1"}, "needs 1 (order of the list)"},
               {"no-id", Place::failed, 0, {}, "no commit"}};
  plan.total = plan.open = 3;
  plan.waves = 2;
  CHECK(plan_text({"login", list, plan, {{"1", "in progress"}}, false}, Terminal{}) ==
        "Execution Plan for feature: login\n"
        "\n"
        "Ready to Execute:\n"
        "- 1: Title of 1 (needs nothing; in progress)\n"
        "\n"
        "Waiting on Dependencies:\n"
        "- 2: A title that is so long that the reason for its place does not fit\n"
        "    needs 1 (order of the list)\n"
        "\n"
        "Waiting for a person:\n"
        "- Without an id (no commit)\n"
        "\n"
        "Total: 3 tasks, 0 done, 3 open, in 2 waves\n"
        "Not counted: 1 box that is no task\n"
        "\n"
        "Contradictions:\n"
        "- line 9: two 1\n");
}

TEST_CASE("a large plan keeps to the width of the terminal", "[ui]") {
  tasks::List list;
  tasks::Plan plan;
  for (int i = 0; i < 120; i += 2) {
    list.tasks.push_back(task(std::to_string(i), "A", "1"));
    plan.rows.push_back({std::to_string(i), Place::ready, 1, {}, "needs nothing"});
  }
  const std::string text = plan_text({"login", list, plan, {}, true}, Terminal{});
  for (const std::string& line : split(text, '\n')) CHECK(display_width(line) <= 80);
  CHECK(text.find("- Track A: Tasks 0, 2, 4,") != std::string::npos);
  CHECK(text.find("\n  ") != std::string::npos);
}

TEST_CASE("errors of a list are named with file and line", "[ui]") {
  tasks::List list;
  list.path = "x/tasks.md";
  list.notes = {{tasks::Note::Kind::error, 4, "cannot read 'when it is time'", {"1"}},
                {tasks::Note::Kind::info, 5, "read so", {}}};
  CHECK(error_lines(list) ==
        std::vector<std::string>{"x/tasks.md:4: cannot read 'when it is time'"});
}

TEST_CASE("ids that follow each other are a range", "[ui]") {
  const auto text = [](const std::vector<std::string>& ids) {
    std::vector<tasks::Task> tasks;
    for (const std::string& id : ids) tasks.push_back(task(id, "", ""));
    std::vector<const tasks::Task*> all;
    for (const tasks::Task& one : tasks) all.push_back(&one);
    return tasks_text(all);
  };
  CHECK(text({"5"}) == "Task 5");
  CHECK(text({"2", "4", "5", "6"}) == "Tasks 2, 4-6");
  CHECK(text({"T008", "T009", "T010", "T012"}) == "Tasks T008-T010, T012");
  CHECK(text({"1.2", "1.3", "2.1"}) == "Tasks 1.2-1.3, 2.1");
  CHECK(text({"9", "10", "099", "0100"}) == "Tasks 9-10, 099, 0100");
  CHECK(text({"CR-A", "CR-B"}) == "Tasks CR-A, CR-B");
}

TEST_CASE("progress is told as the list has come on", "[ui]") {
  const tasks::List list = some_list();
  Progress progress(shown_of(list));
  progress.start("login.2");
  progress.start("login.3");
  progress.start("other.4");
  CHECK(progress.block(Milliseconds(8100'000)) ==
        std::vector<std::string>{"Progress: 1/6 tasks complete",
                                 "Active: Track A (Task 2), Track B (Task 3)", "Completed: Task 1",
                                 "Failed: None", "Time Elapsed: 2h 15m"});
  progress.end({"login.2", Kind::completed, "abc", "ok", "", ""});
  progress.end({"login.3", Kind::failed, "", "check", "it fails", ""});
  progress.end({"login.4", Kind::finished, "abc", "ok", "", ""});
  progress.end({"login.5", Kind::skipped, "", "", "it depends on 3", ""});
  progress.end({"login.6", Kind::skipped, "", "ok", "done by another run", ""});
  CHECK(progress.block(Milliseconds(192'000)) ==
        std::vector<std::string>{"Progress: 3/6 tasks complete", "Active: None",
                                 "Completed: Tasks 1-2, 6", "Waiting to land: Task 4",
                                 "Failed: Task 3", "Skipped: Task 5", "Time Elapsed: 3m 12s"});
  progress.start("login.3");
  CHECK(progress.line(Milliseconds(42'000)) ==
        "Progress: 3/6 tasks complete; active: Track B (Task 3); failed: None; 42s");
  progress.pause("login.3");
  CHECK(progress.line(Milliseconds(0)) ==
        "Progress: 3/6 tasks complete; active: None; failed: None; 0s");
}

TEST_CASE("without a terminal each change is one line", "[ui]") {
  const std::string text = reported(wide(), [](FeatureReport& report) {
    report.started({"login.2", "main", "task"});
    report.output("login.2", "working");
    report.tick();
    report.ended({"login.2", Kind::completed, "abc1234", "ok", "", ""});
  });
  CHECK(text ==
        "[2] Working with prompt 'task' on agent 'main'\n"
        "Progress: 1/6 tasks complete; active: Track A (Task 2); failed: None; 2h 15m\n"
        "[2] working\n"
        "[2] ✓ Completed (commit: abc1234)\n"
        "Progress: 2/6 tasks complete; active: None; failed: None; 2h 15m\n");
}

TEST_CASE("at a terminal the block stays below the output", "[ui]") {
  const std::string text = reported(live(), [](FeatureReport& report) {
    report.started({"login.2", "main", "task"});
    report.output("login.2", "working");
    report.tick();
    report.summary({{}, 8100'000, false, {}});
  });
  const std::string block =
      "Progress: 1/6 tasks complete\nActive: Track A (Task 2)\nCompleted: Task 1\nFailed: None\n"
      "Time Elapsed: 2h 15m\n";
  const std::string erased = "\r\033[5A\033[J";
  CHECK(text == "[2] Working with prompt 'task' on agent 'main'\n" + block + erased +
                    "[2] working\n" + block + erased + block + erased + "\n" + block);
}

TEST_CASE("a line of the block never takes two lines of the screen", "[ui]") {
  Terminal narrow = live();
  narrow.columns = 20;
  const std::string text = reported(narrow, [](FeatureReport& report) {
    report.note("", "a note");
    report.tick();
  });
  for (const std::string& line : split(text, '\n')) {
    const auto text_of_line =
        line.substr(line.rfind('J') == std::string::npos ? 0 : line.rfind('J') + 1);
    CHECK(display_width(printable_line(text_of_line)) < 20);
  }
}

TEST_CASE("what a failure skips is told at the end, not one by one", "[ui]") {
  const std::string text = reported(wide(), [](FeatureReport& report) {
    report.ended({"login.5", Kind::skipped, "", "", "depends on login.3", ""});
  });
  CHECK(text.empty());
}

TEST_CASE("what another run has completed meanwhile is complete in the end", "[ui]") {
  const std::string text = reported(wide(), [](FeatureReport& report) {
    report.ended({"login.2", Kind::skipped, "", "", "another run works on it", ""});
    report.summary(
        {{{"login.2", Kind::skipped, "", "ok", "completed meanwhile", ""}}, 0, false, {}});
  });
  CHECK(text.find("Progress: 2/6 tasks complete\n") != std::string::npos);
  CHECK(text.find("Skipped") == std::string::npos);
}

TEST_CASE("a block that was drawn in a wider terminal is erased as it stands there now", "[ui]") {
  const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  const auto resize = [&](unsigned short columns) {
    const struct winsize size { 24, columns, 0, 0 };
    return ::ioctl(terminal.number(), TIOCSWINSZ, &size) == 0;
  };
  if (!terminal || !resize(60)) return;
  Terminal seen = live();
  seen.fd = terminal.number();
  const std::string text = reported(seen, [&](FeatureReport& report) {
    report.started({"login.2", "main", "task"});
    CHECK(resize(20));
    report.tick();
    report.tick();
  });
  // "Progress: 1/6 tasks complete" and "Active: Track A (Task 2)" take two lines each now.
  CHECK(text.find("\r\033[7A\033[J"
                  "Progress: 1/6 task…\n") != std::string::npos);
  CHECK(count(text, "\r\033[5A\033[J") == 1);
}

TEST_CASE("the completion report names agent, commits and time of each task, and what is left",
          "[ui]") {
  const tasks::List list = some_list();
  const ShownFeature shown = shown_of(list);
  const sched::Summary summary{
      {{"login.2", Kind::completed, "abc1234", "ok", "", ""},
       {"login.3", Kind::failed, "", "check", "make test: exit 1", "git chant log login.3"},
       {"login.5", Kind::skipped, "", "", "it depends on login.3", ""},
       {"login.4", Kind::skipped, "", "ok", "completed meanwhile by another run", ""}},
      8100'000,
      false,
      {1200, 340'000, true, true}};
  CHECK(completion_text({shown,
                         summary,
                         3,
                         {{"login.2", {"main", {"abc1234", "def5678"}, 192'000}},
                          {"login.3", {"a\x1b[31mlt", {}, 42'000}}},
                         {"Task RW-A: only when a review asks for it"}}) ==
        "# Completion Report: login\n"
        "\n"
        "3 of 6 tasks complete: 2 in this run, 1 before, 1 failed, 1 skipped\n"
        "\n"
        "- list: documentation/features/login/tasks.md\n"
        "- run: 3\n"
        "- time: 2h 15m\n"
        "- usage: 1200 tokens, $0.34\n"
        "\n"
        "## Complete\n"
        "\n"
        "- Task 2: Title of 2; agent main; commits abc1234, def5678; 3m 12s\n"
        "- Task 4: Title of 4; completed meanwhile by another run\n"
        "\n"
        "## Failed\n"
        "\n"
        "- Task 3: Title of 3; agent alt; 42s; check: make test: exit 1; next: git chant log "
        "login.3\n"
        "\n"
        "## Skipped\n"
        "\n"
        "- Task 5: Title of 5; it depends on login.3\n"
        "\n"
        "## Not run\n"
        "\n"
        "- Task RW-A: only when a review asks for it\n");
}
