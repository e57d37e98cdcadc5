#include "tasks/details.h"

#include "support/catch.h"
#include "tasks/owner.h"

using namespace chant::tasks;

namespace {

Details details(const std::string& text, const std::string& id,
                const std::string& path = "tasks.md",
                std::optional<Dialect> dialect = std::nullopt) {
  const List list = read_list(text, path, dialect);
  const Task* task = list.find_id(id);
  REQUIRE(task != nullptr);
  return details_of(list, text, *task);
}

std::string words(Dialect dialect, const std::string& path, const std::string& id,
                  const std::string& tag = "") {
  const auto found = find_owner_command(dialect, path, id, tag);
  const auto* command = std::get_if<OwnerCommand>(&found);
  if (command == nullptr) return "none";
  std::string line = command->directory + ":";
  for (const std::string& word : command->words) line += " " + word;
  return line;
}

}  // namespace

TEST_CASE("what stands below a task is its text without the indentation of the list", "[tasks]") {
  const Details found = details(
      "# Plan\n\n- [ ] 1. Parse the settings\n  Read them once.\n\n  ```sh\n  make\n  ```\n"
      "    - deeper\n- [ ] 2. Next\n",
      "1");
  CHECK(found.line.empty());
  REQUIRE(found.sections.size() == 1);
  CHECK(found.sections.front().heading.empty());
  CHECK(found.sections.front().text == "Read them once.\n\n```sh\nmake\n```\n  - deeper\n");
  CHECK(found.boxes.empty());
  CHECK_FALSE(found.priority);
}

TEST_CASE("the own line of a task is kept when it says more than the title", "[tasks]") {
  const std::string list = "- [ ] 1. **Parse** (4h) ⏳\n- [ ] 2. Write\n- [ ] 3. Say it – twice\n";
  CHECK(details(list, "1").line.find("(4h)") != std::string::npos);
  CHECK(details(list, "2").line.empty());
  CHECK(details(list, "2").sections.empty());
  CHECK(details(list, "3").line.empty());
}

TEST_CASE("boxes in the block of a task are taken out with what belongs to them", "[tasks]") {
  const Details found = details(
      "- [ ] 1. Parse\n"
      "  - read the file\n"
      "  - [ ] unit tests\n"
      "    - for the parser\n"
      "\n"
      "    ```\n"
      "    - [ ] no box\n"
      "    ```\n"
      "  - [X] docs\n"
      "    that go on\n"
      "  - [~] nobody knows\n"
      "  - [ ]* may be left out\n"
      "  - _Requirements: 1.1_\n",
      "1", "tasks.md", Dialect::pimzino);
  CHECK(found.boxes ==
        "- [ ] unit tests\n"
        "  - for the parser\n"
        "\n"
        "  ```\n"
        "  - [ ] no box\n"
        "  ```\n"
        "- [x] docs\n"
        "  that go on\n"
        "- [ ] nobody knows\n");
  REQUIRE(found.sections.size() == 1);
  CHECK(found.sections.front().text ==
        "- read the file\n- may be left out\n- _Requirements: 1.1_\n");
}

TEST_CASE("a heading below which only boxes stood goes with them", "[tasks]") {
  const Details found = details(
      "# Packages\n\n## WP01 — Store\n\nKeep it small.\n\n### Subtasks\n\n- [ ] T001 One\n"
      "- [ ] T002 Two\n\n### Notes\n\nNone.\n",
      "WP01", "kitty-specs/001-store/tasks.md");
  CHECK(found.boxes == "- [ ] T001 One\n- [ ] T002 Two\n");
  REQUIRE(found.sections.size() == 1);
  CHECK(found.sections.front().text.find("### Subtasks") == std::string::npos);
  CHECK(found.sections.front().text.find("### Notes\n\nNone.\n") != std::string::npos);
}

TEST_CASE("priorities are read where a format has them", "[tasks]") {
  const auto written = [](const std::string& word) {
    return details("- [ ] 1. One\n  - Priority: " + word + "\n- [ ] 2. Two\n", "1").priority;
  };
  CHECK(written("P0") == 2);
  CHECK(written("High (soon)") == 1);
  CHECK(written("medium") == 0);
  CHECK(written("low") == -1);
  CHECK(written("P4") == -2);
  CHECK_FALSE(written("purple"));
  const std::string stories =
      "# Tasks\n\n## Phase 1: User Story 1 - Login (Priority: P1)\n\n- [ ] T001 [US1] One\n"
      "\n## Phase 2: User Story 2 - Logout (Priority: P3)\n\n- [ ] T002 [US2] Two\n";
  CHECK(details(stories, "T001", "specs/001-x/tasks.md").priority == 1);
  CHECK(details(stories, "T002", "specs/001-x/tasks.md").priority == -1);
}

TEST_CASE("the fields of Taskmaster are sections", "[tasks]") {
  const std::string list =
      R"({"tasks":[{"id":1,"title":"One","description":"Do it.","details":"- [ ] a\n\nText",)"
      R"("testStrategy":"Run it.","priority":"high","status":"pending","dependencies":[],)"
      R"("subtasks":[]}]})";
  const Details found = details(list, "1", ".taskmaster/tasks/tasks.json");
  REQUIRE(found.sections.size() == 3);
  CHECK(found.sections[0].text == "Do it.\n");
  CHECK(found.sections[1].heading == "Details");
  CHECK(found.sections[1].text == "Text\n");
  CHECK(found.sections[2].heading == "Test strategy");
  CHECK(found.boxes == "- [ ] a\n");
  CHECK(found.priority == 1);
}

TEST_CASE("the fields of beads are sections, and its criteria are boxes", "[tasks]") {
  const std::string list =
      R"({"id":"bd-1","title":"One","description":"Do it.","design":"Small.","notes":"None.",)"
      R"("acceptance_criteria":"It must:\n- work\n- [x] be small\n2. be fast\n-- no item",)"
      R"("status":"open","priority":0,"issue_type":"bug","labels":["ui","a b"]})"
      "\n";
  const Details found = details(list, "bd-1", ".beads/issues.jsonl");
  REQUIRE(found.sections.size() == 4);
  CHECK(found.sections[1].heading == "Design");
  CHECK(found.sections[2].text == "It must:\n-- no item\n");
  CHECK(found.boxes == "- [ ] work\n- [x] be small\n- [ ] be fast\n");
  CHECK(found.priority == 2);
  CHECK(found.labels == std::vector<std::string>{"bug", "ui", "a b"});
}

TEST_CASE("the tools that keep lists have commands that say a task is done", "[tasks]") {
  CHECK(words(Dialect::taskmaster, ".taskmaster/tasks/tasks.json", "3.2") ==
        ": task-master set-status --id=3.2 --status=done");
  CHECK(words(Dialect::taskmaster, "sub/tasks/tasks.json", "7") ==
        "sub/: task-master set-status --id=7 --status=done");
  CHECK(words(Dialect::taskmaster, "tasks/tasks.json", "loop/3", "master") == "none");
  CHECK(words(Dialect::taskmaster, "tasks/tasks.json", "loop/3", "loop") ==
        ": task-master set-status --id=3 --status=done");
  CHECK(words(Dialect::beads, ".beads/issues.jsonl", "bd-28sq.3") == ": bd close bd-28sq.3");
  CHECK(words(Dialect::beads, "a/b/.beads/issues.jsonl", "x-1") == "a/b/: bd close x-1");
  CHECK(words(Dialect::spec_kitty, "kitty-specs/001-store/tasks.md", "WP02") ==
        ": spec-kitty agent tasks move-task WP02 --to done --mission 001-store --no-auto-commit");
}

TEST_CASE("Taskmaster is told of tasks of the tag that it has chosen", "[tasks]") {
  const std::string state = R"({"currentTag":"loop"})";
  const std::string config = R"({"models":{},"global":{"defaultTag":"dev"}})";
  CHECK(chosen_tag(state, config) == "loop");
  CHECK(chosen_tag("no JSON", config) == "dev");
  CHECK(chosen_tag("", R"({"global":[]})") == "master");
  const auto tell = [](const std::string& id) {
    return find_owner_command(Dialect::taskmaster, "tasks/tasks.json", id, "loop");
  };
  using Variables = std::vector<std::pair<std::string, std::string>>;
  CHECK(std::get<OwnerCommand>(tell("loop/3")).variables == Variables{{"TASKMASTER_TAG", "loop"}});
  CHECK(std::get<OwnerCommand>(tell("3")).variables == Variables{{"TASKMASTER_TAG", ""}});
  CHECK(std::get<NoCommand>(tell("dev/3")).why ==
        "Taskmaster has chosen another tag: task-master use-tag dev");
}

TEST_CASE("an id that its tool would not have is never part of a command", "[tasks]") {
  const std::string path = ".taskmaster/tasks/tasks.json";
  for (const char* id : {"-rf", "1;x", "$(x)", "1 2", "", "\x1b[1m", "1\n2", "all", "-1", "../1",
                         "--tag=x/1", "a b/1"}) {
    INFO(id);
    CHECK(words(Dialect::taskmaster, path, id) == "none");
  }
  for (const char* id : {"-rf", "--all", "$(x)", "a b", "", ".x", "a/b", "\xe4\xb8\xad"}) {
    INFO(id);
    CHECK(words(Dialect::beads, ".beads/issues.jsonl", id) == "none");
  }
  CHECK(words(Dialect::beads, ".beads/issues.jsonl", std::string(101, 'a')) == "none");
  CHECK(words(Dialect::spec_kitty, "kitty-specs/001-store/tasks.md", "WP01 --force") == "none");
  CHECK(words(Dialect::spec_kitty, "kitty-specs/-x/tasks.md", "WP01") == "none");
}

TEST_CASE("a list that is not where its tool has it, or that has boxes, has no command",
          "[tasks]") {
  CHECK(words(Dialect::taskmaster, "export/plan.json", "1") == "none");
  CHECK(words(Dialect::taskmaster, "mytasks/tasks.json", "1") == "none");
  CHECK(words(Dialect::beads, "backup/issues.jsonl", "bd-1") == "none");
  CHECK(words(Dialect::spec_kitty, "docs/tasks.md", "WP01") == "none");
  CHECK(words(Dialect::github, "TODO.md", "1") == "none");
}
